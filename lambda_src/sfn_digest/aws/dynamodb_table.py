"""The DynamoDB table in which runs remember: small entries, and content cut into items.

GetItem and PutItem are all that is asked of it.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any, TypeVar

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.table_calls import ConditionFailedError, TableCalls
from sfn_digest.config.names import TABLE
from sfn_digest.model.stored import Stored

R = TypeVar("R")

ITEM_BYTES = 380_000
"""Content an item: DynamoDB takes 400 KB, with names and key."""


class Table(TableCalls):
    """Entries, and content that is too large for one item."""

    denied = (
        "allow dynamodb:GetItem and dynamodb:PutItem on it in the IAM policy of the digest's role."
    )
    absent = f"deploy the stack again, or set {TABLE} to its name."

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
            self._put({"pk": {"S": f"{key}#{edition}#{index}"}, "content": {"B": piece}})
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

    def _get(self, key: str, read: Callable[[Answer], R]) -> R | None:
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
            whole = {**item, "pk": {"S": key}}
            self._put(whole, ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition)
        except ConditionFailedError as quicker:
            # A write whose answer was lost and that was repeated stands already.
            return bool(quicker.standing(name) == item[name]["S"])
        return True


def open_table(name: str, left: Callable[[], float] = lambda: inf) -> Table:
    """The table of this name (or ARN), in the account and Region that AWS's variables name.

    `left` tells the seconds that remain for its calls; where none do, they raise AccountError.
    """
    return Table.opened(name, left)


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
