"""A fault in any part that a digest can do without costs that part: the digest goes out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest import handler as door
from sfn_digest import invocation
from sfn_digest.aws import account as aws_account
from sfn_digest.aws import earlier_periods
from sfn_digest.config import names
from sfn_digest.delivery import MemoryLedger, thread_delivery
from sfn_digest.errors import InternalError
from sfn_digest.pipeline import digest, evaluation, evidence, failure_reading, look_back, posting
from sfn_digest.pipeline.failures import read_failure
from sfn_digest.pipeline.hint_ledger import LedgerMemory
from sfn_digest.report.slack import messages as slack_messages
from sfn_digest.report.slack import picture
from sfn_digest.slack.bot import BotChannel
from simulator.demo import LAMBDA_ENVIRONMENT, DemoContext
from simulator.served import TOKEN_PARAMETER
from simulator.server import Account, serve
from tests.comparison.made import END, machine, run, world
from tests.conftest import PLENTY, set_environment

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

SECRET = "xoxb-" + "1234567890-abcdefghijklmnop"
RUNS = [run("orders", f"failed-{n}", days_ago=n, error="Fresh") for n in (1, 2, 9)]
MADE = world([machine("orders"), machine("mail")], [*RUNS, run("mail", "well", days_ago=3)])


@dataclass
class Lambda:
    """The function on a small account: what it counted, and what it posted."""

    account: Account
    counted: list[str] = field(default_factory=list)
    fired: int = 0

    def fire(self) -> dict[str, Any]:
        """The answer of a scheduled run."""
        event = {"scheduled_time": END.isoformat()}
        self.fired += 1
        context = DemoContext(aws_request_id=str(self.fired))
        answer: dict[str, Any] = door.handler(event, cast("LambdaContext", context))
        return answer

    def roots(self) -> list[str]:
        """What stands in the channel, replies aside."""
        return [each.text for each in self.account.slack.messages if each.thread_ts is None]


@pytest.fixture(scope="module")
def week_before() -> Iterator[tuple[Account, MemoryLedger]]:
    """An account whose week before has been reported, and what was remembered of it."""
    kept = MemoryLedger()
    with (
        serve(MADE, buckets=PLENTY, parameters={TOKEN_PARAMETER: "xoxb-simulated"}) as account,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        set_up(monkeypatch, account, kept)
        event = {"scheduled_time": (END - timedelta(days=7)).isoformat()}
        door.handler(event, cast("LambdaContext", DemoContext()))
        yield account, kept


@pytest.fixture
def function(week_before: tuple[Account, MemoryLedger], monkeypatch: pytest.MonkeyPatch) -> Lambda:
    """The function, with a memory of its own of the week before."""
    account, kept = week_before
    mine = MemoryLedger()
    mine._entries, mine._stored = dict(kept._entries), dict(kept._stored)
    set_up(monkeypatch, account, mine)
    made, count = Lambda(account), door._count

    def counted(name: str, value: float = 1) -> None:
        made.counted.append(name)
        count(name, value)

    monkeypatch.setattr(door, "_count", counted)
    return made


def set_up(monkeypatch: pytest.MonkeyPatch, account: Account, ledger: MemoryLedger) -> None:
    set_environment(monkeypatch, {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_TABLE": "ledger"})
    set_environment(monkeypatch, account.environment)
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "3")
    monkeypatch.setattr(invocation, "open_table", lambda *_: ledger)


def breaks(*_: object, **__: object) -> Any:
    raise RuntimeError(f"the token is {SECRET}")


def breaks_with(what: Callable[[Any], bool]) -> Callable[..., Any]:
    """A face that fails on some reports."""

    def messages(report: Any, texts: Any, *, charts: bool = False) -> Any:
        return breaks() if what(charts or report) else slack_messages(report, texts, charts=charts)

    return messages


def written(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log as Lambda's formatter writes them."""
    return [str(door.logger.registered_formatter.format(record)) for record in caplog.records]


FAULTS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "quotas": (aws_account, "applied_allowances", breaks),
    "counts": (aws_account, "read_counts", breaks),
    "express": (failure_reading, "read_express", breaks),
    "history": (failure_reading, "read_failure", breaks),
    "definition": (evidence, "read_definition", breaks),
    "evidence": (evidence, "worth_reading", breaks),
    "hints": (evaluation, "evaluate_retries", breaks),
    "stored hints": (LedgerMemory, "load", breaks),
    "hints to store": (evaluation, "hints_to_store", breaks),
    "adoption": (evaluation, "judge", breaks),
    "previous report": (invocation, "previous_report", breaks),
    "periods": (earlier_periods, "read_counting_sums", breaks),
    "comparison": (look_back, "compared_with_report", breaks),
    "changes": (look_back, "lookups", breaks),
    "expected": (digest, "mark_expected", breaks),
    "estimates": (digest, "with_estimates", breaks),
    "since": (digest, "causes_since", breaks),
    "trend": (look_back, "trend", breaks),
    "alias": (earlier_periods, "read_alias", breaks),
    "picture": (picture, "picture", breaks),
    "slack charts": (posting, "messages", breaks_with(lambda charts: charts is True)),
    "details": (posting, "messages", breaks_with(lambda report: bool(report.before))),
    "files": (thread_delivery, "to_csv", breaks),
}


@pytest.mark.parametrize("part", FAULTS)
def test_a_fault_in_a_part_is_noted_logged_and_counted_and_the_digest_goes_out(
    function: Lambda,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: str,
) -> None:
    if part == "counts":
        # Else the window is counted with the periods before it.
        monkeypatch.setattr(digest, "has_settled", lambda _: False)
    if part == "slack charts":
        monkeypatch.setenv("SFN_DIGEST_SLACK_CHARTS", "on")
    caplog.clear()
    before = len(function.roots())
    monkeypatch.setattr(*FAULTS[part])
    answer = function.fire()
    assert len(function.roots()) == before + 1
    assert answer["totals"]["failed"] == 2
    assert names.DIGEST_POSTED in function.counted
    assert function.counted.count(names.DEGRADED) == 1
    logged = [json.loads(line) for line in written(caplog)]
    (error,) = [line for line in logged if line["level"] == "ERROR"]
    assert error["part"] == part
    assert "RuntimeError" in error["trace"]
    assert "in breaks" in error["trace"]
    assert SECRET not in json.dumps(logged)
    noted = "\n".join(answer["coverage"]["notes"])
    assert part == "files" or "an internal error in sfn-digest (RuntimeError)." in noted


def test_files_that_cannot_be_sent_are_not_sent_again_and_cost_nobody_the_digest(
    function: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(function.roots())
    monkeypatch.setattr(BotChannel, "attach", breaks)
    for _ in range(2):
        assert function.fire()["posted"]["ts"]
    assert len(function.roots()) == before + 1
    assert function.counted.count(names.DEGRADED) == 1


def test_one_history_that_cannot_be_understood_costs_that_one(
    function: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_breaks(execution: Any, *words: Any, **more: Any) -> Any:
        return breaks() if execution.name == "failed-1" else read_failure(execution, *words, **more)

    monkeypatch.setattr(failure_reading, "read_failure", one_breaks)
    coverage = function.fire()["coverage"]
    assert (coverage["failures_found"], coverage["failures_read"]) == (2, 1)
    assert (
        "1 history of orders could not be read: an internal error in sfn-digest (RuntimeError)."
    ) in coverage["notes"]


def test_an_error_where_a_run_may_end_is_logged_and_counted_and_nothing_of_it_leaks(
    function: Lambda, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(digest, "build_report", breaks)
    with pytest.raises(InternalError, match=r"bug in sfn-digest \(RuntimeError\)") as caught:
        function.fire()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert function.counted == [names.DIGEST_FAILED]
    logged = "".join(written(caplog))
    assert "in breaks" in logged
    assert SECRET not in logged


def test_kept_hints_survive_a_run_that_cannot_judge_them(
    function: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[object] = []
    monkeypatch.setattr(LedgerMemory, "save", lambda *words: saved.append(words))
    monkeypatch.setattr(evaluation, "judge", breaks)
    function.fire()
    assert saved == []
