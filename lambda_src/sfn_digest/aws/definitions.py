"""The definition of one machine, as DescribeStateMachine gives it."""

from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def read_definition_text(calls: Calls, states: "SFNClient", arn: str) -> str:
    """The text of a definition, in one call; `arn` may be that of a version.

    Raises an AccountError where AWS refuses it.
    """
    answer = calls.make(
        Api.DESCRIBE_STATE_MACHINE, partial(states.describe_state_machine, stateMachineArn=arn)
    )
    return answer["definition"]
