"""Calls to a DynamoDB table: made again where that may help, and read only where AWS answered.

The partition key is the string `pk`; `expires_at` is the table's TTL attribute.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.refusals import error_code, is_foreign, is_throttle, is_transient, set_up_error
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import PATIENT, Patience, TimedClients, asked
from sfn_digest.errors import AccessDeniedError, AccountError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

R = TypeVar("R")

KEPT_DAYS = 100
"""Longer than Step Functions keeps executions (90 days), so that no period that can still be
run again is forgotten."""

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt: what a digest was made of is worth the wait."""


class ConditionFailedError(Exception):
    """The condition of a write was not met; another item stands."""

    def __init__(self, error: ClientError) -> None:
        super().__init__()
        response: Mapping[str, Any] = error.response
        self._item: Mapping[str, Any] = response.get("Item", {})

    def standing(self, name: str) -> str | None:
        """The item's text of this name."""
        text: str | None = self._item.get(name, {}).get("S")
        return text


class TableCalls:
    """What is written stays for KEPT_DAYS. Every call raises AccountError where AWS refuses."""

    denied: ClassVar[str]
    """What to allow where AWS denies the table."""
    absent: ClassVar[str]
    """What to do where there is no table of the name."""

    def __init__(
        self, name: str, client: "Callable[[], DynamoDBClient]", patience: Patience = PATIENT
    ) -> None:
        self._name = name
        self._client = client
        self._patience = patience

    @classmethod
    def opened(cls, name: str, left: Callable[[], float] = lambda: inf) -> Self:
        """The table of this name (or ARN), in the account and Region that AWS's variables name.

        `left` tells the seconds that remain for its calls; where none do, they raise AccountError.
        """
        patience = Patience(left, PAUSES)
        try:
            session = open_session()
        except BotoCoreError as error:
            raise set_up_error(error) from error
        of = f"the DynamoDB table {name}"
        return cls(name, TimedClients(session, "dynamodb", of, patience), patience)

    def _put(self, item: Mapping[str, Any], **condition: Any) -> None:
        """Write an item. Raises ConditionFailedError where the condition is not met."""
        expires_at = int(datetime.now(UTC).timestamp()) + KEPT_DAYS * 86_400
        whole = {**item, "expires_at": {"N": str(expires_at)}}
        self._asked(
            lambda: self._client().put_item(TableName=self._name, Item=whole, **condition),
            lambda _: None,
        )

    def _asked(self, call: Callable[[], object], read: Callable[[Answer], R]) -> R:
        def genuine(answer: Answer) -> R:
            # A page in place of an answer passes for an item that is not there.
            answer.structure("ResponseMetadata").text("RequestId")
            return read(answer)

        try:
            return asked(call, genuine, self._patience)
        except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
            if isinstance(error, ClientError) and error_code(error) == _CONDITION_FAILED:
                raise ConditionFailedError(error) from error
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> AccountError:
        code, table = error_code(error), self._name
        if code in ("AccessDeniedException", "AccessDenied"):
            return AccessDeniedError(f"AWS denied the table {table}: {self.denied}")
        if is_foreign(error):
            return AccountError(
                f"The response of the DynamoDB table {table} did not come from AWS: check "
                "the network, proxy or VPC endpoint in between."
            )
        if code:
            return AccountError(self._answer_of(code, error))
        if is_transient(error):
            return AccountError(
                f"The DynamoDB table {table} cannot be reached: check the network and the "
                "VPC endpoint in between, and try again."
            )
        return set_up_error(error)

    def _answer_of(self, code: str, error: Exception) -> str:
        if code == "ResourceNotFoundException":
            return (
                f"There is no DynamoDB table {self._name} in this account and Region: {self.absent}"
            )
        if is_throttle(error) or code == "ProvisionedThroughputExceededException":
            return f"AWS keeps throttling the DynamoDB table {self._name}: try again later."
        return (
            f"The DynamoDB table {self._name} refused a call ({code}): try again, and see "
            "the AWS Health Dashboard if this persists."
        )


_CONDITION_FAILED = "ConditionalCheckFailedException"
