"""The account's alias, and the time before the window: none of it may cost the report."""

from collections.abc import Sequence
from datetime import datetime

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import UnreadableAnswerError, answered
from sfn_digest.aws.api import DeploymentApi
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.changes import read_updated_at
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.sessions import RoleCredentials, open_session
from sfn_digest.aws.trend import read_period, read_trend
from sfn_digest.aws.usage import Tally
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import CountedPeriod, StateMachine, Window

LONGEST = 63
"""Characters of an alias (IAM user guide)."""

_SECONDS = 2


def read_alias(region: str, role: RoleCredentials | None = None) -> str | None:
    """The account's alias, by one call that is not tried again.

    None where there is none, and also where it may not be asked or IAM cannot be reached, as
    from a subnet without a way out: nobody is to wait for it, or to read why it is missing.
    """
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
    )
    try:
        client = open_session(region, role).client("iam", config=config)
        aliases = answered(
            client.list_account_aliases, lambda answer: answer.texts("AccountAliases")
        )
    except (BotoCoreError, ClientError, UnreadableAnswerError, ValueError):
        return None
    return clean(aliases[0], LONGEST) if aliases else None


class Past:
    """The questions; what is refused is told by the account's `usage`, and nothing raises."""

    def __init__(self, clients: Clients, calls: Calls, tally: Tally, now: datetime) -> None:
        self._clients = clients
        self._calls = calls
        self._tally = tally
        self._now = now

    def periods(
        self, machines: Sequence[StateMachine], window: Window, *, exactly: bool
    ) -> tuple[CountedPeriod, ...]:
        """The periods before the window, oldest first; empty where they could not be counted.

        `exactly`: the last of them is counted as finely as the window, which takes another call
        a batch of 125 machines.
        """
        calls, cloudwatch = self._calls, self._clients.cloudwatch
        try:
            periods = read_trend(calls, cloudwatch, machines, window, self._now)
            if exactly:
                before = periods[-1].window
                last = read_period(calls, cloudwatch, machines, before, self._now)
                periods = (*periods[:-1], last)
        except AccountError as error:
            note = Message("Earlier periods could not be counted: {error}", error=error.sentence)
            self._tally.note(note, left_out=False)
            return ()
        return periods

    def definition_updated_at(self, execution_arn: str) -> datetime | None:
        """When the definition that an execution ran was last changed; one call.

        None where AWS refuses it, and a note says so.
        """
        try:
            return read_updated_at(self._calls, self._clients.states, execution_arn)
        except AccountError as error:
            note = Message(
                "Definition changes before new causes appeared could not be looked up: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
            return None

    def alias(self) -> str | None:
        """The account's alias, if it has one and may be asked for it in time; see `alias.py`."""
        if self._calls.is_over():
            return None
        self._tally.called(DeploymentApi.LIST_ACCOUNT_ALIASES)
        return read_alias(self._clients.region, self._clients.role)
