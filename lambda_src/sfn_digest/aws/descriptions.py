"""What Step Functions tells of executions: one by its ARN, those that still run, and versions."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.execution_counts import (
    begun_but_successes,
    unsuccessful_ends,
)
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.metrics import QUERIES_A_CALL, Metric
from sfn_digest.aws.pages import pages
from sfn_digest.aws.period_sums import read_rough_sums
from sfn_digest.model.described import Described, ExecutionStatus
from sfn_digest.model.executions import HistoryEvent, StateMachine, Window
from sfn_digest.model.releases import Alias, Route
from sfn_digest.model.stuck import Running

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Versions:
    """The questions: a call each. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, states: "SFNClient") -> None:
        self._calls = calls
        self._states = states

    def released_at(self, version_arn: str) -> datetime:
        """When a version was published."""
        ask = partial(
            self._states.describe_state_machine,
            stateMachineArn=version_arn,
            includedData="METADATA_ONLY",
        )
        return self._calls.make(
            Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.moment("creationDate")
        )

    def alias(self, alias_arn: str) -> Alias:
        """Which versions an alias leads to, and how much of what is started through it."""
        ask = partial(self._states.describe_state_machine_alias, stateMachineAliasArn=alias_arn)
        return self._calls.make(Api.DESCRIBE_STATE_MACHINE_ALIAS, ask, _alias)


def _alias(answer: Answer) -> Alias:
    routes = answer.structures("routingConfiguration")
    return Alias(
        answer.text("name"),
        tuple(
            Route(e.text("stateMachineVersionArn").rpartition(":")[2], e.whole("weight", 0))
            for e in routes
        ),
    )


class Executions:
    """The questions: a call each. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, states: "SFNClient") -> None:
        self._calls = calls
        self._states = states

    def describe(self, arn: str) -> Described:
        """An execution of any status. Raises GoneError where there is none of this ARN."""
        # Without input and output, a machine under a key of its own needs no kms:Decrypt.
        ask = partial(
            self._states.describe_execution, executionArn=arn, includedData="METADATA_ONLY"
        )
        return self._calls.make(Api.DESCRIBE_EXECUTION, ask, _described)

    def redrive(self, arn: str) -> "datetime":
        """When it was redriven: the one call that changes something, which only a person asks for.

        A call that is made again for want of an answer carries the same token, so that no
        execution is redriven twice.
        """
        ask = partial(
            self._states.redrive_execution, executionArn=arn, clientToken=str(uuid.uuid4())
        )
        return self._calls.make(
            Api.REDRIVE_EXECUTION, ask, lambda answer: answer.moment("redriveDate")
        )

    def history(self, arn: str) -> Sequence[Sequence[HistoryEvent]]:
        """Its whole history, newest page first: a call for each 1,000 events."""
        return list(self.pages(arn))

    def pages(self, arn: str) -> Iterator[Sequence[HistoryEvent]]:
        """The same, a page when it is asked for."""
        return history_pages(self._calls, self._states, arn)

    def definition(self, arn: str) -> str:
        """The text of the definition that an execution ran, which may have changed since."""
        ask = partial(self._states.describe_state_machine_for_execution, executionArn=arn)
        api = Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION
        return self._calls.make(api, ask, lambda answer: answer.text("definition"))


def _described(answer: Answer) -> Described:
    arn, redrive = answer.text("executionArn"), answer.text_or_none("redriveStatus")
    return Described(
        arn=arn,
        machine_arn=answer.text("stateMachineArn"),
        name=answer.text_or_none("name") or arn.rsplit(":", 1)[1],
        status=_status(answer.text("status")),
        started_at=answer.moment("startDate"),
        stopped_at=answer.moment_or_none("stopDate"),
        redrive_count=answer.whole("redriveCount", 0),
        redrivable=redrive == "REDRIVABLE" if redrive else None,
        machine_version_arn=answer.text_or_none("stateMachineVersionArn"),
    )


def _status(text: str) -> ExecutionStatus:
    for status in get_args(ExecutionStatus):
        if text == status:
            return cast("ExecutionStatus", status)
    raise UnreadableAnswerError("status")


LOOK_BACK = 4
"""Windows over which executions that began are held against those that closed."""


def _all_ends(machine_arn: str) -> Mapping[Metric, int]:
    return {**begun_but_successes(machine_arn), **unsuccessful_ends(machine_arn)}


_IN_ONE_CALL = QUERIES_A_CALL // len(_all_ends(""))
"""Machines of which one call tells all."""


class RunningExecutions:
    """The questions. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, clients: Clients, now: "datetime") -> None:
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
        every = dict.fromkeys(named, 0)
        if len(named) <= _IN_ONE_CALL:
            return self._above_0(every, _all_ends, span)
        # Few machines are left where their successes are taken off: the rest is asked of these.
        left = self._above_0(every, begun_but_successes, span)
        return self._above_0(left, unsuccessful_ends, span)

    def _above_0(
        self,
        known: Mapping[str, int],
        signed: Callable[[str], Mapping[Metric, int]],
        span: Window,
    ) -> Mapping[str, int]:
        """The known numbers by machine, with the sums of `signed` metrics; those above 0 alone."""
        wanted = {arn: signed(arn) for arn in known}
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
