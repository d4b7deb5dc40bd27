"""What Step Functions itself says of a definition, and does with an error, before it is deployed.

TestState is asked with a mock, which calls nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.ungoverned import ask
from sfn_digest.i18n.sanitize import visible
from sfn_digest.model.executions import MachineType
from sfn_digest.model.proof import AttemptOutcome, OutcomeStatus
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def mistakes_in(definition: str, machine_type: MachineType | None) -> tuple[str, ...]:
    """The errors that ValidateStateMachineDefinition finds, a line each; one call.

    Empty where Step Functions would take the definition. Raises an AccountError where it may
    not be asked.
    """
    clients = open_clients()
    return ask(
        DeploymentApi.VALIDATE_STATE_MACHINE_DEFINITION,
        partial(
            clients.states.validate_state_machine_definition,
            definition=definition,
            type=machine_type or "STANDARD",
            severity="ERROR",
        ),
        _mistakes,
        clients.region,
    )


def _mistakes(answer: Answer) -> tuple[str, ...]:
    if answer.text("result") == "OK":
        return ()
    lines = [_line(each) for each in answer.structures("diagnostics")]
    return tuple(lines) or ("FAIL",)


def _line(diagnostic: Answer) -> str:
    where = diagnostic.text_or_none("location") or ""
    return visible(f"{where} {diagnostic.text('code')}: {diagnostic.text('message')}".strip())


_CAUSE = "mocked by sfn-digest"


class StateTests:
    """The question: a call for each error and number of retries; needs no role."""

    def __init__(self, calls: Calls, states: "SFNClient", progress: Progress) -> None:
        self._calls = calls
        self._states = states
        self._progress = progress

    def failed(self, state: Mapping[str, Any], error: str, retries: int) -> AttemptOutcome:
        """What comes after an attempt of a state fails by an error, after so many retries of the
        retrier that takes it. Raises AccountError where Step Functions does not say.
        """
        self._progress.stage("asking Step Functions what it would do")
        ask = partial(
            self._states.test_state,
            definition=json.dumps(state),
            input="[]" if state.get("Type") == "Map" else "{}",
            inspectionLevel="DEBUG",
            mock={"errorOutput": {"error": error, "cause": _CAUSE}},
            stateConfiguration={"retrierRetryCount": retries},
        )
        found = self._calls.make(Api.TEST_STATE, ask, _step)
        own, place = state.get("Retry") or [], found.retrier
        taken = own[place] if place is not None and place < len(own) else {}
        return replace(found, full_jitter=taken.get("JitterStrategy") == "FULL")


def _step(answer: Answer) -> AttemptOutcome:
    status = answer.text("status")
    if status not in get_args(OutcomeStatus):
        raise UnreadableAnswerError(f"status {status}")
    inspected = answer.structure_or_none("inspectionData")
    details = inspected.structure_or_none("errorDetails") if inspected else None
    return AttemptOutcome(
        status=cast("OutcomeStatus", status),
        retrier=details.whole_or_none("retryIndex") if details else None,
        back_off=details.whole_or_none("retryBackoffIntervalSeconds") if details else None,
        next=answer.text_or_none("nextState"),
    )
