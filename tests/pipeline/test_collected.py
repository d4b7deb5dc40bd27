"""A report from collected events is the one from lists, and says how much they lacked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.collecting import Collector, QueuedMessage, collect
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.failures import read_failure
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.stream.histories_to_read import Turns
from sfn_digest.stream.status_change import StatusChange
from simulator.events import MemoryStream, bodies
from simulator.server import Account, serve
from tests.comparison.made import END, machine, run, world
from tests.conftest import PLENTY, set_environment

pytestmark = pytest.mark.slow

WEEK = Window(END - timedelta(days=7), END)
RUNS = [
    *(run("orders", f"o{number}", days_ago=1 + number / 40, error="Both") for number in range(12)),
    *(run("mail", f"m{number}", days_ago=3, error="Bounced") for number in range(4)),
    run("mail", "well", days_ago=3),
    run("other", "x", days_ago=3, error="Nobody"),
]
MADE = world([machine("orders"), machine("mail"), machine("other", tags={})], RUNS)


@pytest.fixture(scope="module")
def served() -> Iterator[Account]:
    with serve(MADE, buckets=PLENTY) as account:
        yield account


@pytest.fixture(autouse=True)
def _environment(served: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, served.environment)


def collected(events: Sequence[str], read: int = 10**9) -> MemoryStream:
    """The table after these events came, of which the first so many were read."""
    stream, account = MemoryStream(), open_account(1.0, SilentProgress())
    left = iter(range(read))

    def read_one(change: StatusChange) -> object:
        execution = change.failed
        assert execution is not None
        if next(left, None) is None:
            raise AccountError("No time is left.")
        pages = account.executions.pages(execution.arn)
        return read_failure(execution, pages, child_history=account.history)

    tagged = {each.arn for each in account.tagged_machines(Request(WEEK).tag)}
    tools = Collector(stream, tagged, lambda _: read_one, Turns())  # type: ignore[arg-type,return-value]
    messages = [QueuedMessage(str(n), each, END) for n, each in enumerate(events)]
    collect(messages, tools, END)
    return stream


def report(stream: MemoryStream | None) -> Report:
    account = open_account(1.0, SilentProgress())
    return make_report(Run(Request(WEEK, successes=0), account, stream=stream))


def alike(one: Report) -> Report:
    """What two reports share that took different calls."""
    return replace(one, coverage=replace(one.coverage, api_calls={}, notes=()))


def lists(served: Account, since: int) -> list[str | None]:
    return [each.machine for each in served.calls[since:] if each.api == "ListExecutions"]


def test_what_events_told_is_neither_listed_nor_read_again(served: Account) -> None:
    events = bodies(MADE)
    listed = report(None)
    stream = collected([*events, *events[::3]])
    before = len(served.calls)
    streamed = report(stream)
    assert alike(streamed) == alike(listed)
    calls = served.calls[before:]
    assert not [call for call in calls if call.api == "GetExecutionHistory"]
    # A few lists are looked at in turn, as always; they bring nothing new.
    assert streamed.coverage.complete
    assert streamed.coverage.failures_read == 16


def test_what_was_lost_is_listed_read_and_said(served: Account) -> None:
    events = [each for each in bodies(MADE) if ":m0" not in each]
    before = len(served.calls)
    stream = collected(events)
    streamed = report(stream)
    assert alike(streamed) == alike(report(None))
    read = [each.resource for each in served.calls[before:] if each.api == "GetExecutionHistory"]
    assert sum(str(each).endswith(":m0") for each in read) == 2
    assert (
        "1 of 16 failures (6.2%) were not among the collected events, for example because "
        "they came before collection began. Found by listing executions: 1."
        in streamed.coverage.notes
    )


def test_what_was_kept_unread_is_counted_and_its_causes_are_estimates() -> None:
    streamed = report(collected(bodies(MADE), read=8))
    # The incidents of failures that were left unread are not known.
    assert replace(streamed.totals, incidents=0) == replace(report(None).totals, incidents=0)
    assert (streamed.coverage.failures_found, streamed.coverage.failures_read) == (16, 8)
    assert not streamed.coverage.complete
    assert sum(each.executions for each in streamed.machines[0].causes) < 16
    assert streamed.estimated


def test_a_stream_that_cannot_be_read_costs_the_lists_and_no_report() -> None:
    class Gone(MemoryStream):
        def machines(self, day: object) -> Iterator[str]:  # noqa: ARG002 - never looked at
            raise AccountError("There is no such table.")

    assert alike(report(Gone())) == alike(report(None))
    notes = report(Gone()).coverage.notes
    assert any("executions were listed instead: There is no such table." in note for note in notes)


def test_events_that_nobody_can_read_are_said() -> None:
    stream = collected(bodies(MADE))
    stream.unreadable = 2
    notes = report(stream).coverage.notes
    assert "2 collected events could not be read and were left out." in notes
