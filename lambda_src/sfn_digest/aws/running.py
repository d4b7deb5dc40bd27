"""The executions of a machine that still run, and of how many machines there may be any."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.counts import begun_metrics, closed_metrics, counted_span
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.metric_sums import read_sums
from sfn_digest.aws.pages import pages
from sfn_digest.model.executions import HistoryEvent, StateMachine, Window
from sfn_digest.model.stuck import Running

if TYPE_CHECKING:
    from datetime import datetime

LOOK_BACK = 4
"""Windows over which executions that began are held against those that closed."""


class RunningExecutions:
    """The questions. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, clients: Clients, now: "datetime") -> None:
        self._calls = calls
        self._clients = clients
        self._now = now

    def open(self, machines: Sequence[StateMachine], window: Window) -> Mapping[str, int]:
        """How many more executions began than closed, by machine ARN; those above 0 alone.

        CloudWatch's figures, over some windows: what began before them and closed within is taken
        off, so some machines that have one running are missing.
        """
        ascii_named = [each for each in machines if each.arn.isascii() and each.type != "EXPRESS"]
        length = timedelta(seconds=(window.end - window.start).total_seconds() * LOOK_BACK)
        span = counted_span(Window(window.end - length, window.end), self._now)
        metrics = [
            metric
            for each in ascii_named
            for metric in (*begun_metrics(each.arn), *closed_metrics(each.arn))
        ]
        sums = read_sums(self._calls, self._clients.cloudwatch, metrics, span)
        left = {
            each.arn: round(
                sum(sums.get(metric, 0.0) for metric in begun_metrics(each.arn))
                - sum(sums.get(metric, 0.0) for metric in closed_metrics(each.arn))
            )
            for each in ascii_named
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
            maxResults=1000,
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
