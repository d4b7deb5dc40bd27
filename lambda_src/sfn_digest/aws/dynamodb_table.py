"""The DynamoDB table in which runs remember: small entries, and content cut into items.

The partition key is the string `pk`; `expires_at` is the table's TTL attribute. GetItem and
PutItem are all that is asked of it.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.refusals import error_code, is_foreign, is_throttle, is_transient, set_up_error
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import PATIENT, Patience, TimedClients, asked
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.model.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

R = TypeVar("R")

KEPT_DAYS = 100
"""Longer than Step Functions keeps executions (90 days), so that no period that can still be
run again is forgotten."""

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each further attempt: what a digest was made of is worth the wait."""

ITEM_BYTES = 380_000
"""Content an item: DynamoDB takes 400 KB, with names and key."""


class Table:
    """What is written stays for KEPT_DAYS. Every call raises AccountError where AWS refuses."""

    def __init__(
        self, name: str, client: "Callable[[], DynamoDBClient]", patience: Patience = PATIENT
    ) -> None:
        self._name = name
        self._client = client
        self._patience = patience

    def read(self, key: str) -> Mapping[str, str] | None:
        """The entry as it was last written, by anybody."""
        return self._get(key, _entry)

    def write(self, key: str, entry: Mapping[str, str], *, replacing: str | None) -> bool:
        """Write where the entry's `token` is still `replacing`; None: where there is no entry.

        False where somebody else was quicker. `entry` has a `token` of its own, so that a
        write whose answer was lost and that was repeated is known for what it is.
        """
        item = {name: {"S": value} for name, value in entry.items()}
        return self._put_in_place(key, item, "token", replacing)

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        """Store content, whole or not at all, in place of this edition (None: of none).

        Gives the new edition; None where somebody else was quicker.
        """
        # Each edition has items of its own, so that two at once cannot mix.
        edition = uuid.uuid4().hex
        pieces = list(_pieces(content))
        for index, piece in enumerate(pieces):
            self._put(f"{key}#{edition}#{index}", {"content": {"B": piece}})
        head = {"edition": {"S": edition}, "pieces": {"N": str(len(pieces))}}
        return edition if self._put_in_place(_head_key(key), head, "edition", replacing) else None

    def load(self, key: str) -> Stored | None:
        """What was stored last, whole; None where nothing is, or it has begun to expire."""
        head = self._get(_head_key(key), _head)
        if head is None:
            return None
        edition, number = head
        pieces = [self._get(f"{key}#{edition}#{index}", _content) for index in range(number)]
        whole = [piece for piece in pieces if piece is not None]
        return Stored(edition, b"".join(whole)) if len(whole) == len(pieces) else None

    def edition(self, key: str) -> str | None:
        """The edition of what was stored last, without its content."""
        head = self._get(_head_key(key), _head)
        return None if head is None else head[0]

    def _get(self, key: str, read: "Callable[[Answer], R]") -> R | None:
        """What `read` takes from the item of this key; None where there is none."""

        def item(answer: Answer) -> R | None:
            found = answer.structure_or_none("Item")
            return None if found is None else read(found)

        return self._asked(
            lambda: self._client().get_item(
                TableName=self._name, Key={"pk": {"S": key}}, ConsistentRead=True
            ),
            item,
        )

    def _put(self, key: str, item: Mapping[str, Any], **condition: Any) -> None:
        expires_at = int(datetime.now(UTC).timestamp()) + KEPT_DAYS * 86_400
        whole = {**item, "pk": {"S": key}, "expires_at": {"N": str(expires_at)}}
        self._asked(
            lambda: self._client().put_item(TableName=self._name, Item=whole, **condition),
            lambda _: None,
        )

    def _put_in_place(
        self, key: str, item: Mapping[str, Any], name: str, replacing: str | None
    ) -> bool:
        """Whether it was put where the attribute of this name is still `replacing`."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if replacing is not None:
            condition = {
                "ConditionExpression": "#name = :replacing",
                "ExpressionAttributeNames": {"#name": name},
                "ExpressionAttributeValues": {":replacing": {"S": replacing}},
            }
        try:
            self._put(key, item, ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition)
        except _QuickerError as quicker:
            # A write whose answer was lost and that was repeated stands already.
            return bool(quicker.standing(name) == item[name]["S"])
        return True

    def _asked(self, call: "Callable[[], object]", read: "Callable[[Answer], R]") -> R:
        def genuine(answer: Answer) -> R:
            # A page in place of an answer passes for an item that is not there.
            answer.structure("ResponseMetadata").text("RequestId")
            return read(answer)

        try:
            return asked(call, genuine, self._patience)
        except (ClientError, BotoCoreError, UnreadableAnswerError) as error:
            if error_code(error) == "ConditionalCheckFailedException":
                raise _QuickerError(error) from error
            raise _refusal(error, self._name) from error


def open_table(name: str, left: "Callable[[], float]" = lambda: inf) -> Table:
    """The table of this name (or ARN), in the account and Region that AWS's variables name.

    `left` tells the seconds that remain for its calls; where none do, they raise AccountError.
    """
    patience = Patience(left, PAUSES)
    try:
        session = open_session()
    except BotoCoreError as error:
        raise set_up_error(error) from error
    of = f"the DynamoDB table {name}"
    return Table(name, TimedClients(session, "dynamodb", of, patience), patience)


class _QuickerError(Exception):
    """The condition of a write was not met; another item stands."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        response: Mapping[str, Any] = error.response if isinstance(error, ClientError) else {}
        self._item: Mapping[str, Any] = response.get("Item", {})

    def standing(self, name: str) -> str | None:
        """The item's text of this name."""
        text: str | None = self._item.get(name, {}).get("S")
        return text


def _head_key(key: str) -> str:
    return f"{key}#kept"


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, max(len(content), 1), ITEM_BYTES):
        yield content[start : start + ITEM_BYTES]


_NOT_ENTRIES = ("pk", "expires_at")


def _entry(item: Answer) -> Mapping[str, str]:
    texts = {name: each.text("S") for name, each in item.by_name() if name not in _NOT_ENTRIES}
    if "token" not in texts:
        raise UnreadableAnswerError("token")
    return texts


def _head(item: Answer) -> tuple[str, int]:
    """Under which edition content is kept, and in how many pieces."""
    pieces = item.structure("pieces").text("N")
    if not pieces.isdecimal():
        raise UnreadableAnswerError("pieces")
    return item.structure("edition").text("S"), int(pieces)


def _content(item: Answer) -> bytes:
    return item.structure("content").content("B")


def _refusal(error: Exception, table: str) -> AccountError:
    code = error_code(error)
    if code in ("AccessDeniedException", "AccessDenied"):
        return AccessDeniedError(
            f"AWS denied the table {table}: allow dynamodb:GetItem and dynamodb:PutItem on it in "
            "the IAM policy of the digest's role."
        )
    if is_foreign(error):
        return AccountError(
            f"What came back from the DynamoDB table {table} was no answer of AWS: check the "
            "network, proxy or VPC endpoint on the way."
        )
    if code:
        return AccountError(_answer_of(code, error, table))
    if is_transient(error):
        return AccountError(
            f"The DynamoDB table {table} cannot be reached: check the network and the VPC "
            "endpoint on the way, and try again."
        )
    return set_up_error(error)


def _answer_of(code: str, error: Exception, table: str) -> str:
    if code == "ResourceNotFoundException":
        return (
            f"There is no DynamoDB table {table} in this account and Region: deploy the stack "
            "again, or set SFN_DIGEST_TABLE to its name."
        )
    if is_throttle(error) or code == "ProvisionedThroughputExceededException":
        return f"AWS keeps throttling the DynamoDB table {table}: try again later."
    return (
        f"The DynamoDB table {table} refused a call ({code}): try again, and see the AWS Health "
        "Dashboard if it stays so."
    )
