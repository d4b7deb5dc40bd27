"""When the definition that an execution ran was last changed.

DescribeStateMachineForExecution tells of the state machine as it was when the execution began:
`updateDate` is when that revision came to be, or the machine's creation (Step Functions API
reference). Its quota refills by one call a second, so it is asked of few executions.
"""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def read_updated_at(calls: Calls, states: "SFNClient", execution_arn: str) -> datetime:
    """When the definition this execution ran was last changed, in UTC; one call.

    Raises an AccountError where AWS refuses it.
    """
    # Without the definition itself, a machine under a key of its own needs no kms:Decrypt.
    ask = partial(
        states.describe_state_machine_for_execution,
        executionArn=execution_arn,
        includedData="METADATA_ONLY",
    )
    api = Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION
    return calls.make(api, ask, lambda answer: answer.moment("updateDate"))
