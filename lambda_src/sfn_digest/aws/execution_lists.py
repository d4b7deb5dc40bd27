"""The executions of one machine, newest first, listed only as far back as needed: those that were
unsuccessful, and those that still run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from sys import intern
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.execution_counts import begun_and_ended
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.metrics import QUERIES_A_CALL, Metric
from sfn_digest.aws.pages import A_PAGE, pages
from sfn_digest.aws.period_sums import read_rough_sums
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Execution,
    ExecutionCounts,
    HistoryEvent,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)
from sfn_digest.model.stuck import Running

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

OVERLAP = timedelta(minutes=5)
"""How far the listing goes on behind the time asked for.

ListExecutions is eventually consistent, so its order may be off by a little.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A machine and status to list, with what CloudWatch counted; None where it is not known."""

    machine: StateMachine
    status: UnsuccessfulStatus
    expected: int | None


def list_executions(
    calls: Calls,
    states: "SFNClient",
    machine_arn: str,
    status: UnsuccessfulStatus,
    since: datetime,
) -> Iterator[Sequence[Execution]]:
    """Pages of at most 1,000 executions that closed at `since` or later, and some before it.

    ListExecutions has no filter by time: it sorts closed executions by stopDate, newest
    first, and the paging ends once that lies before `since`. An execution may come twice
    where one closes while its machine is listed.
    """
    ask = partial(
        states.list_executions, stateMachineArn=machine_arn, statusFilter=status, maxResults=A_PAGE
    )

    def read(answer: Answer) -> tuple[Sequence[Execution], str]:
        listed = answer.structures("executions")
        page = [_execution(each, machine_arn, status) for each in listed]
        return page, "" if _reaches(page, since) else answer.token()

    def fetch(token: str) -> tuple[Sequence[Execution], str]:
        request = partial(ask, nextToken=token) if token else ask
        return calls.make(Api.LIST_EXECUTIONS, request, read)

    return pages(fetch)


def count_listed(
    calls: Calls, states: "SFNClient", machine_arn: str, counted: ExecutionCounts, window: Window
) -> ExecutionCounts:
    """A machine's executions that closed in a window, each counted once as it closed last.

    Only statuses that CloudWatch counted are listed; where listing is refused its numbers stay.
    """
    numbers = zip(UNSUCCESSFUL, (counted.failed, counted.timed_out, counted.aborted), strict=True)
    found = dict[UnsuccessfulStatus, int]()
    try:
        for status, number in numbers:
            listed = list_executions(calls, states, machine_arn, status, window.start)
            pages = listed if number else ()
            found[status] = len({e.arn for page in pages for e in page if e.stopped_at in window})
    except AccountError:
        return counted
    return ExecutionCounts(counted.succeeded, *found.values())


def _reaches(page: Sequence[Execution], since: datetime) -> bool:
    return bool(page) and page[-1].stopped_at < since - OVERLAP


def _execution(item: Answer, machine_arn: str, status: UnsuccessfulStatus) -> Execution:
    version, alias = (
        item.text_or_none("stateMachineVersionArn"),
        item.text_or_none("stateMachineAliasArn"),
    )
    return Execution(
        arn=item.text("executionArn"),
        machine_arn=machine_arn,
        name=item.text("name"),
        status=status,
        started_at=item.moment("startDate"),
        stopped_at=item.moment("stopDate"),
        redrive_count=item.whole("redriveCount", 0),
        machine_version_arn=version and intern(version),
        machine_alias_arn=alias and intern(alias),
    )


LOOK_BACK = 4
"""Windows over which executions that began are held against those that closed."""


_IN_ONE_CALL = QUERIES_A_CALL // sum(map(len, begun_and_ended("")))
"""Machines of which one call tells all."""


def _all(steps: Sequence[Mapping[Metric, int]]) -> Mapping[Metric, int]:
    return {metric: sign for step in steps for metric, sign in step.items()}


class RunningExecutions:
    """Executions that still run. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, clients: Clients, now: datetime) -> None:
        self._calls = calls
        self._clients = clients
        self._now = now

    def open(self, machines: Sequence[StateMachine], window: Window) -> Mapping[str, int]:
        """How many more executions began than closed, by machine ARN; those above 0 alone.

        CloudWatch's figures, over some windows at least, in a few long points: what began before
        them and closed within is taken off, so some machines that have one running are missing.
        """
        named = [each.arn for each in machines if each.arn.isascii() and each.type != "EXPRESS"]
        length = timedelta(seconds=(window.end - window.start).total_seconds() * LOOK_BACK)
        span = Window(window.end - length, window.end)
        left: Mapping[str, int] = dict.fromkeys(named, 0)
        steps = {arn: begun_and_ended(arn) for arn in named}
        if len(named) <= _IN_ONE_CALL:
            return self._above_0(left, {arn: _all(each) for arn, each in steps.items()}, span)
        # Few machines are left where their successes are taken off: the rest is asked of these.
        for at in range(len(begun_and_ended(""))):
            left = self._above_0(left, {arn: steps[arn][at] for arn in left}, span)
        return left

    def _above_0(
        self,
        known: Mapping[str, int],
        wanted: Mapping[str, Mapping[Metric, int]],
        span: Window,
    ) -> Mapping[str, int]:
        """The known numbers by machine, with the sums of `wanted` metrics; those above 0 alone."""
        metrics = [metric for each in wanted.values() for metric in each]
        sums = read_rough_sums(self._calls, self._clients.cloudwatch, metrics, span)
        left = {
            arn: known[arn]
            + round(sum(sign * sums.get(metric, 0.0) for metric, sign in each.items()))
            for arn, each in wanted.items()
        }
        return {arn: number for arn, number in left.items() if number > 0}

    def list(self, machine_arn: str, most_pages: int) -> tuple[Sequence[Running], bool]:
        """The executions of a machine that still run, those that run longest first, and whether
        those are all; a call for each 1,000, which come newest first.
        """
        ask = partial(
            self._clients.states.list_executions,
            stateMachineArn=machine_arn,
            statusFilter="RUNNING",
            maxResults=A_PAGE,
        )
        asked, complete = 0, True

        def fetch(token: str) -> tuple[Sequence[Running], str]:
            nonlocal asked, complete
            asked += 1
            request = partial(ask, nextToken=token) if token else ask
            page, following = self._calls.make(Api.LIST_EXECUTIONS, request, _page)
            if following and asked >= most_pages:
                complete, following = False, ""
            return page, following

        found = {each.arn: each for page in pages(fetch) for each in page}
        return sorted(found.values(), key=lambda each: (each.since, each.arn)), complete

    def history(self, execution_arn: str) -> Iterator[Sequence[HistoryEvent]]:
        """An execution's history, newest page first; a page is a call."""
        return history_pages(self._calls, self._clients.states, execution_arn)


def _page(answer: Answer) -> tuple[Sequence[Running], str]:
    return [_running(each) for each in answer.structures("executions")], answer.token()


def _running(item: Answer) -> Running:
    return Running(
        arn=item.text("executionArn"),
        machine_arn=item.text("stateMachineArn"),
        since=item.moment_or_none("redriveDate") or item.moment("startDate"),
    )
