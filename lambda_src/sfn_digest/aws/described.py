"""What Step Functions tells of an execution, a definition, a version or an alias by its ARN."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.histories import history_pages
from sfn_digest.model.described import Described, ExecutionStatus
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.releases import Alias, Route

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
