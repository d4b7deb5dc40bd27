"""What Step Functions itself says of a definition before it is deployed."""

from functools import partial

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.ungoverned import ask
from sfn_digest.i18n.sanitize import visible
from sfn_digest.model.executions import MachineType


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
