"""How a state machine logs, as DescribeStateMachine tells it."""

from functools import partial
from typing import TYPE_CHECKING, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.model.logs import Logging, LogLevel

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def read_logging(calls: Calls, states: "SFNClient", machine_arn: str) -> Logging:
    """The logging configuration, in one call. Raises an AccountError where AWS refuses it."""
    # Without the definition, a machine under a key of its own needs no kms:Decrypt.
    ask = partial(
        states.describe_state_machine, stateMachineArn=machine_arn, includedData="METADATA_ONLY"
    )
    return calls.make(Api.DESCRIBE_STATE_MACHINE, ask, _logging)


def _logging(answer: Answer) -> Logging:
    told = answer.structure("loggingConfiguration")
    level = told.text_or_none("level") or "OFF"
    if level not in get_args(LogLevel):
        raise UnreadableAnswerError("level")
    groups = [
        each.structure("cloudWatchLogsLogGroup").text("logGroupArn")
        for each in told.structures_or_none("destinations")
    ]
    # Step Functions writes the ARN with the streams' asterisk; a query takes it without.
    group = groups[0].removesuffix(":*") if groups else None
    return Logging(cast("LogLevel", level), group)
