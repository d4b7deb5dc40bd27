"""The one call that changes something: RedriveExecution, which only a person asks for."""

import uuid
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient


class Redriving:
    """Redrives one execution after the other, at the governor's rate."""

    def __init__(self, calls: Calls, states: "SFNClient", progress: Progress) -> None:
        self._calls = calls
        self._states = states
        self._progress = progress

    def redrive(self, execution_arn: str) -> "datetime":
        """When it was redriven. Raises AccountError where Step Functions refuses.

        A call that is made again for want of an answer carries the same token, so that no
        execution is redriven twice.
        """
        self._progress.stage("redriving executions")
        ask = partial(
            self._states.redrive_execution,
            executionArn=execution_arn,
            clientToken=str(uuid.uuid4()),
        )
        return self._calls.make(Api.REDRIVE_EXECUTION, ask, _redriven_at)


def _redriven_at(answer: Answer) -> "datetime":
    return answer.moment("redriveDate")
