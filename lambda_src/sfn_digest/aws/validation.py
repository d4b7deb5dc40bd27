"""What Step Functions itself says of a definition before it is deployed."""

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.clients import open_clients
from sfn_digest.aws.refusals import translate
from sfn_digest.i18n.sanitize import visible
from sfn_digest.model.executions import MachineType


def mistakes_in(definition: str, machine_type: MachineType | None) -> tuple[str, ...]:
    """The errors that ValidateStateMachineDefinition finds, a line each; one call.

    Empty where Step Functions would take the definition. Raises an AccountError where it may
    not be asked.
    """
    clients = open_clients()
    try:
        answer = clients.states.validate_state_machine_definition(
            definition=definition, type=machine_type or "STANDARD", severity="ERROR"
        )
    except (BotoCoreError, ClientError) as error:
        api = DeploymentApi.VALIDATE_STATE_MACHINE_DEFINITION
        raise translate(error, api, clients.region) from error
    if answer["result"] == "OK":
        return ()
    lines = [
        visible(f"{each.get('location', '')} {each['code']}: {each['message']}".strip())
        for each in answer["diagnostics"]
    ]
    return tuple(lines) or ("FAIL",)
