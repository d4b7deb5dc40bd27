"""What Step Functions tells of one execution by its ARN, and of the definition that it ran."""

from collections.abc import Sequence
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.histories import history_pages
from sfn_digest.model.described import Described
from sfn_digest.model.executions import HistoryEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_stepfunctions import SFNClient


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
        # boto3's types promise what only an execution that has closed has.
        told: Mapping[str, Any] = self._calls.make(Api.DESCRIBE_EXECUTION, ask)
        stopped, redrive = told.get("stopDate"), told.get("redriveStatus")
        return Described(
            arn=told["executionArn"],
            machine_arn=told["stateMachineArn"],
            name=told.get("name", arn.rsplit(":", 1)[1]),
            status=told["status"],
            started_at=told["startDate"].astimezone(UTC),
            stopped_at=stopped.astimezone(UTC) if stopped else None,
            redrive_count=told.get("redriveCount", 0),
            redrivable=redrive == "REDRIVABLE" if redrive else None,
            machine_version_arn=told.get("stateMachineVersionArn"),
        )

    def history(self, arn: str) -> Sequence[Sequence[HistoryEvent]]:
        """Its whole history, newest page first: a call for each 1,000 events."""
        return list(history_pages(self._calls, self._states, arn))

    def definition(self, arn: str) -> str:
        """The text of the definition that an execution ran, which may have changed since."""
        ask = partial(self._states.describe_state_machine_for_execution, executionArn=arn)
        return self._calls.make(Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION, ask)["definition"]
