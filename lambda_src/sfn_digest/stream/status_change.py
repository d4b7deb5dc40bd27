"""One closed execution as EventBridge's "Step Functions Execution Status Change" shows it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal, cast

from sfn_digest.causes import Symptom, UserRules, diagnose
from sfn_digest.errors import BadEventError
from sfn_digest.model.executions import UNSUCCESSFUL, Execution, UnsuccessfulStatus

EndStatus = UnsuccessfulStatus | Literal["SUCCEEDED"]
"""The statuses of events that are collected: successes, only of redriven executions."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_EVENTS: Mapping[str, str] = {
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An execution that closed; a redriven one closes again, with a higher redrive count.

    `group` is a short hash that failures share which are alike as far as their events tell. No
    text of the execution is held: its error, cause and input stay in the event.
    """

    execution_arn: str
    machine_arn: str
    status: EndStatus
    started_at: datetime
    stopped_at: datetime
    redrive_count: int = 0
    group: str = ""
    machine_version_arn: str | None = None
    machine_alias_arn: str | None = None

    @property
    def name(self) -> str:
        """The execution's name, which ends its ARN."""
        return self.execution_arn.rsplit(":", 1)[1]

    @property
    def key(self) -> tuple[str, int]:
        """What an event shares with its duplicates alone."""
        return self.execution_arn, self.redrive_count

    @property
    def failed(self) -> Execution | None:
        """The execution as ListExecutions would show it; None where it succeeded."""
        if self.status == "SUCCEEDED":
            return None
        return Execution(
            arn=self.execution_arn,
            machine_arn=self.machine_arn,
            name=self.name,
            status=self.status,
            started_at=self.started_at,
            stopped_at=self.stopped_at,
            redrive_count=self.redrive_count,
            machine_version_arn=self.machine_version_arn,
            machine_alias_arn=self.machine_alias_arn,
        )


def read_status_change(body: str) -> StatusChange:
    """The change that an event shows, its group not yet worked out.

    Raises BadEventError where it is none of a closed execution, without a word of its text.
    """
    try:
        return _read(json.loads(body)["detail"])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise BadEventError(
            "A message is no Step Functions Execution Status Change of a closed execution: only "
            "the stack's own EventBridge rule may send to its queue."
        ) from None


def group_of(body: str, change: StatusChange, rules: UserRules | None = None) -> str:
    """The group of a failure by what its event shows of the error; by its status where nothing."""
    detail = json.loads(body)["detail"]
    error, cause = (text if isinstance(text := detail.get(name), str) else None for name in _TEXTS)
    status, kind = change.status, str(change.status)
    if status != "SUCCEEDED" and (error or cause):
        symptom = Symptom(error, cause, _END_EVENTS[status], None, status)
        kind = f"{status} {diagnose(symptom, rules).group}"
    return blake2b(kind.encode(), digest_size=6).hexdigest()


_TEXTS = ("error", "cause")


def _read(detail: Mapping[str, Any]) -> StatusChange:
    status, redrives = detail["status"], detail.get("redriveCount") or 0
    if status not in (*UNSUCCESSFUL, "SUCCEEDED") or type(redrives) is not int or redrives < 0:
        raise ValueError
    arn, machine = detail["executionArn"], detail["stateMachineArn"]
    # Half a character, which no table takes.
    (arn + machine).encode()
    if arn.split(":")[5] != "execution" or machine.split(":")[5] != "stateMachine":
        raise KeyError
    return StatusChange(
        execution_arn=arn,
        machine_arn=machine,
        status=cast("EndStatus", status),
        started_at=_moment(detail["startDate"]),
        stopped_at=_moment(detail["stopDate"]),
        redrive_count=redrives,
        machine_version_arn=_arn_or_none(detail.get("stateMachineVersionArn")),
        machine_alias_arn=_arn_or_none(detail.get("stateMachineAliasArn")),
    )


def _moment(milliseconds: object) -> datetime:
    if type(milliseconds) not in (int, float):
        raise TypeError
    return _EPOCH + timedelta(milliseconds=cast("float", milliseconds))


def _arn_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
