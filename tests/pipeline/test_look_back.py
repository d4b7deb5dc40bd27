"""Two weeks of a scheduled digest: what is new, repeated, resolved and failed again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest import invocation
from sfn_digest.aws import open_account
from sfn_digest.config import request
from sfn_digest.config.request import Request
from sfn_digest.delivery import MemoryLedger, period_id, read_kept
from sfn_digest.delivery.stored_digest import encode
from sfn_digest.handler import handler
from sfn_digest.model.executions import Tag, Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.look_back import MOST_LOOKUPS
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from simulator.demo import CHANNEL, LAMBDA_ENVIRONMENT, DemoContext
from simulator.records import Counted, SimExecution, World
from simulator.served import TOKEN_PARAMETER
from simulator.server import Account, serve
from tests.comparison.made import ACCOUNT_ID, DAY, END, HOUR, REGION, arn, machine, run, world
from tests.conftest import PLENTY, set_environment
from tests.pipeline.late import out_of_time

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

WEEK = timedelta(days=7)
AGAIN = run("orders", "again", days_ago=10, error="Both")
CHANGED_AT = END.timestamp() - 2.5 * DAY
ORDERS = machine("orders", updated_at=(END.timestamp() - 30 * DAY, CHANGED_AT))
MAIL = machine("mail")
THEN = (
    AGAIN,
    run("orders", "both-1", days_ago=9, error="Both"),
    run("orders", "gone-1", days_ago=8, error="Gone"),
    run("orders", "well-1", days_ago=9.5),
    run("mail", "well-1", days_ago=9.5),
)
NOW = (
    run("orders", "both-2", days_ago=5, error="Both"),
    run("orders", "fresh-1", days_ago=2, error="Fresh", version=f"{arn('orders')}:7"),
    run("orders", "fresh-2", days_ago=1, error="Fresh", version=f"{arn('orders')}:7"),
    run("orders", "well-2", days_ago=3),
    run("mail", "failed-1", days_ago=3, error="Bounced"),
)
FAILED_AGAIN = replace(
    AGAIN,
    stopped_at=END.timestamp() - 3 * DAY,
    redrive_count=1,
    earlier_ends=(("FAILED", AGAIN.stopped_at or 0.0),),
    events=run("orders", "again", days_ago=3, error="Both").events,
)
WEEK_BEFORE = world([ORDERS, MAIL], THEN)
THIS_WEEK = world([ORDERS, MAIL], [FAILED_AGAIN, *THEN[1:], *NOW], alias="acme-prod")


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> MemoryLedger:
    """The table that all runs of a test share."""
    kept = MemoryLedger()
    set_environment(monkeypatch, {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_TABLE": "ledger"})
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "0")
    monkeypatch.setattr(invocation, "open_table", lambda *_: kept)
    return kept


@contextmanager
def served(simulated: World, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[Account]:
    parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
    with serve(simulated, buckets=PLENTY, parameters=parameters, **options) as account:
        set_environment(monkeypatch, account.environment)
        yield account


@dataclass(frozen=True)
class Weekly:
    """The scheduled digests of a test."""

    monkeypatch: pytest.MonkeyPatch
    ledger: MemoryLedger

    def digest(self, simulated: World, *, weeks_ago: float = 0, **options: Any) -> dict[str, Any]:
        """The report of the digest that was due so long ago."""
        due = END - weeks_ago * WEEK
        with served(simulated, self.monkeypatch, **options):
            handler({"scheduled_time": due.isoformat()}, cast("LambdaContext", DemoContext()))
        return dict(read_kept(delivery(weeks_ago), self.ledger).report)


def delivery(weeks_ago: float) -> str:
    end = END - weeks_ago * WEEK
    tag = Tag("sfn-digest", "on")
    return period_id(Window(end - WEEK, end), ACCOUNT_ID, REGION, CHANNEL, tag=tag)


@pytest.fixture
def weekly(ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch) -> Weekly:
    return Weekly(monkeypatch, ledger)


def changes(report: Mapping[str, Any]) -> dict[str, tuple[str, int, int]]:
    """What changed, by the error, which stands in the rows of this report or the one before."""
    return {
        each["group"]: (each["change"], each["before"], each["executions"])
        for each in report["before"]["causes"]
    }


def group_of(report: Mapping[str, Any], error: str) -> str:
    rows = [row for each in report["machines"] for row in each["causes"]]
    return str(next(row["group"] for row in rows if row["error"] == error))


def failures(before: Mapping[str, Any]) -> dict[str, int]:
    return {machine: counts["failed"] for machine, counts in before["machines"].items()}


def test_the_second_week_is_held_against_the_report_of_the_first(weekly: Weekly) -> None:
    first = weekly.digest(WEEK_BEFORE, weeks_ago=1)
    assert first["before"]["source"] == "cloudwatch"
    second = weekly.digest(THIS_WEEK)
    before = second["before"]
    assert before["source"] == "kept_report"
    assert before["period"]["window"] == first["window"]
    assert before["period"]["failed"] == first["totals"]["failed"] == 3
    assert failures(before) == {arn("orders"): 3, arn("mail"): 0}
    assert changes(second) == {
        group_of(second, "Fresh"): ("new", 0, 2),
        group_of(second, "Bounced"): ("new", 0, 1),
        group_of(second, "Both"): ("repeated", 2, 2),
        group_of(first, "Gone"): ("resolved", 1, 0),
    }
    assert before["carried_over"] == [AGAIN.arn]
    assert second["coverage"]["complete"]


def test_a_definition_that_changed_shortly_before_a_new_cause_is_named_with_its_version(
    weekly: Weekly,
) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    second = weekly.digest(THIS_WEEK)
    named = {each["group"]: each["definition"] for each in second["before"]["causes"]}
    fresh = named.pop(group_of(second, "Fresh"))
    assert fresh["version"] == f"{arn('orders')}:7"
    assert fresh["at"].startswith(f"{END - timedelta(days=2.5):%Y-%m-%dT%H:%M:%S}")
    assert set(named.values()) == {None}
    assert second["coverage"]["api_calls"]["DescribeStateMachineForExecution"] == 2


def test_the_trend_ends_with_the_two_weeks_that_were_reported(weekly: Weekly) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    older = Counted(arn("orders"), "FAILED", END.timestamp() - 18 * DAY, 5)
    second = weekly.digest(replace(THIS_WEEK, counted=(older,)))
    assert [each["failed"] for each in second["trend"]] == [0, 0, 0, 0, 0, 5, 3, 5]
    assert second["trend"][-1]["executions"] == second["totals"]["executions"]
    assert second["trend"][-2] == second["before"]["period"]
    # A call each for the quotas, the window and the trend, the redrives in it, the minutes before
    # the window, and for what began and did not close.
    assert second["coverage"]["api_calls"]["GetMetricData"] == 5


class PutBack(tzinfo):
    """A zone whose clocks were put back by an hour in the middle of the last week."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        changed = (END - WEEK / 2).replace(tzinfo=None)
        early = moment is not None and moment.replace(tzinfo=None) < changed
        return timedelta(hours=1 if early else 0)

    def dst(self, moment: datetime | None) -> timedelta:
        return self.utcoffset(moment)

    def tzname(self, moment: datetime | None) -> str:  # noqa: ARG002 - tzinfo's own
        return "put back"


def test_the_digest_before_is_found_over_a_change_of_the_clocks(
    weekly: Weekly, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1 + HOUR / WEEK.total_seconds())
    monkeypatch.setattr(request, "parse_time_zone", lambda _: PutBack())
    due = {"scheduled_time": END.isoformat()}
    with served(THIS_WEEK, monkeypatch):
        handler(due, cast("LambdaContext", DemoContext()))
    start = END - WEEK - timedelta(hours=1)
    window = Window(start, END)
    named = period_id(window, ACCOUNT_ID, REGION, CHANNEL, tag=Tag("sfn-digest", "on"))
    before = read_kept(named, weekly.ledger).report["before"]
    assert before["source"] == "kept_report"
    assert before["period"]["window"]["end"] == start.isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )


def test_without_a_kept_report_the_week_before_is_counted_from_cloudwatch(weekly: Weekly) -> None:
    only = weekly.digest(THIS_WEEK)
    before = only["before"]
    assert before["source"] == "cloudwatch"
    # The execution that failed again closed in both weeks.
    assert failures(before) == {arn("orders"): 3, arn("mail"): 0}
    assert (before["failed_attempts"], before["carried_over"]) == (None, [])
    assert changes(only) == {group_of(only, "Bounced"): ("new", 0, 1)}
    assert only["coverage"]["api_calls"]["GetMetricData"] == 4


def test_a_kept_report_that_does_not_know_its_failures_makes_nothing_new(weekly: Weekly) -> None:
    shut = replace(WEEK_BEFORE, denied=frozenset({arn("orders")}))
    first = weekly.digest(shut, weeks_ago=1)
    assert not first["coverage"]["complete"]
    second = weekly.digest(THIS_WEEK)
    assert second["before"]["source"] == "kept_report"
    assert changes(second) == {group_of(second, "Bounced"): ("new", 0, 1)}
    assert second["before"]["failed_attempts"] is None


def test_a_week_that_is_not_wholly_read_resolves_nothing(weekly: Weekly) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    second = weekly.digest(replace(THIS_WEEK, denied=frozenset({arn("orders")})))
    assert {change for change, *_ in changes(second).values()} == {"new"}


def test_a_report_of_another_schema_is_as_none(weekly: Weekly) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    kept = read_kept(delivery(1), weekly.ledger)
    other = replace(kept, report={**kept.report, "schema_version": "0.9"})
    standing = weekly.ledger.edition(delivery(1))
    assert weekly.ledger.store(delivery(1), encode(other), replacing=standing)
    assert weekly.digest(THIS_WEEK)["before"]["source"] == "cloudwatch"


def test_a_refused_lookup_of_definitions_is_noted_and_not_repeated(weekly: Weekly) -> None:
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    denied = frozenset({"states:DescribeStateMachineForExecution", "iam:ListAccountAliases"})
    second = weekly.digest(THIS_WEEK, denied_actions=denied)
    assert second["coverage"]["api_calls"]["DescribeStateMachineForExecution"] == 1
    assert any("Definition changes before" in note for note in second["coverage"]["notes"])
    assert second["coverage"]["complete"]
    assert second["account_alias"] is None
    assert {each["definition"] for each in second["before"]["causes"]} == {None}


def test_without_cloudwatch_there_is_no_trend_and_a_kept_report_is_compared_all_the_same(
    weekly: Weekly,
) -> None:
    denied = frozenset({"cloudwatch:GetMetricData"})
    alone = weekly.digest(THIS_WEEK, denied_actions=denied)
    assert (alone["before"], alone["trend"]) == (None, [])
    assert any("could not be counted" in note for note in alone["coverage"]["notes"])
    weekly.digest(WEEK_BEFORE, weeks_ago=1)
    second = weekly.digest(THIS_WEEK, denied_actions=denied)
    assert (second["before"]["source"], second["trend"]) == ("kept_report", [])


def test_a_run_whose_time_is_over_before_it_reads_still_has_both(
    weekly: Weekly, monkeypatch: pytest.MonkeyPatch
) -> None:
    out_of_time(monkeypatch)
    late = weekly.digest(THIS_WEEK)
    assert late["before"]["source"] == "cloudwatch"
    assert len(late["trend"]) == 8
    assert late["coverage"]["failures_read"] == 0


def report_by_hand(simulated: World, monkeypatch: pytest.MonkeyPatch) -> Report:
    with served(simulated, monkeypatch):
        request = Request(Window(END - WEEK, END), successes=0)
        return make_report(Run(request, open_account(0.25, SilentProgress())))


def test_a_report_by_hand_has_cloudwatch_s_numbers_and_the_account_s_alias(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = report_by_hand(THIS_WEEK, monkeypatch)
    assert report.before is not None
    assert report.before.source == "cloudwatch"
    assert report.account_alias == "acme-prod"
    assert len(report.trend) == 8


def test_of_many_new_causes_the_frequent_ones_are_looked_up_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"m{number}" for number in range(MOST_LOOKUPS + 2)]
    runs: list[SimExecution] = [run(name, "1", days_ago=1, error="Fresh") for name in names]
    runs += [run(name, "0", days_ago=9) for name in names]
    report = report_by_hand(world([machine(name) for name in names], runs), monkeypatch)
    assert report.coverage.api_calls["DescribeStateMachineForExecution"] == MOST_LOOKUPS
    assert (
        "Definition changes were looked up for the 10 most frequent new causes; 2 others were"
        " left out."
    ) in report.coverage.notes


def test_a_second_firing_that_is_denied_the_histories_leaves_the_kept_report(
    weekly: Weekly, caplog: pytest.LogCaptureFixture
) -> None:
    first = weekly.digest(THIS_WEEK)
    second = weekly.digest(THIS_WEEK, denied_actions=frozenset({"states:GetExecutionHistory"}))
    assert second == first
    assert any(told.startswith("This run read less") for told in caplog.messages)
