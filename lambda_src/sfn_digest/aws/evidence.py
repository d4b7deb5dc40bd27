"""What a machine's retries are weighed on: its definition and its successes."""

from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.account_errors import FRUITLESS
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.successes import (
    ReadSuccessful,
    history_reader,
    list_successes,
    read_telling,
)
from sfn_digest.aws.usage import Tally
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import StateMachine, Window
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Evidence:
    """The questions; what AWS refuses is told by the account's `usage`."""

    def __init__(self, calls: Calls, states: "SFNClient", tally: Tally, progress: Progress) -> None:
        self._calls = calls
        self._states = states
        self._tally = tally
        self._progress = progress

    def definition(self, machine_arn: str, version_arn: str | None = None) -> str | None:
        """The text of a machine's definition, in Amazon States Language; one call.

        Where a version is given it is the version's, or the machine's own if AWS refuses that.
        None where AWS refuses both, and a note says so. Raises what the next machine would meet
        as well (FRUITLESS).
        """
        self._progress.stage("reading definitions")
        ask = partial(
            self._states.describe_state_machine, stateMachineArn=version_arn or machine_arn
        )
        try:
            return self._calls.make(
                Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.text("definition")
            )
        except FRUITLESS:
            raise
        except AccountError as error:
            if version_arn is not None:
                return self.definition(machine_arn)
            self._tally.unweighed(machine_arn.rsplit(":", 1)[1], error.sentence)
            return None

    def success(self, execution: Success, read: ReadSuccessful) -> ReadSuccess:
        """What `read` makes of one success's history. Raises AccountError where it is refused."""
        self._progress.stage("reading successes, to count recoveries")
        return history_reader(self._calls, self._states, read)(execution)

    def successes(
        self,
        machine: StateMachine,
        window: Window,
        read: ReadSuccessful,
        *,
        most_pages: int,
        most_histories: int,
    ) -> Successes | None:
        """The successes that closed in the window, and what `read` makes of those that may have
        retried; None where they could not be listed.

        At most `most_pages` calls list 1,000 executions each, newest first; at most
        `most_histories` histories are read, mostly far fewer: see `read_telling`. What AWS
        refuses is told by a note, and what was read before counts.
        """
        self._progress.stage("reading successes, to weigh retries")
        calls, states = self._calls, self._states
        try:
            listed, complete = list_successes(calls, states, machine.arn, window, most_pages)
        except AccountError as error:
            self._tally.unweighed(machine.name, error.sentence)
            return None
        values: list[ReadSuccess] = []
        try:
            for value in read_telling(listed, most_histories, history_reader(calls, states, read)):
                values.append(value)  # noqa: PERF402 - what was read before a refusal counts
        except AccountError as error:
            self._tally.partly_weighed(machine.name, error.sentence)
        return Successes(machine.arn, listed, tuple(values), complete)


def _definition(answer: Answer) -> str:
    return answer.text("definition")
