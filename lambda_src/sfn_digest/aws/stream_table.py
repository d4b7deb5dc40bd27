"""The DynamoDB table of collected events: an item an end, conditional, so that none counts twice.

The partition is a machine's day, by the end's own time; within it ends of redriven executions lie
apart, since they are read first. A day's partition names the machines that have any.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.table_calls import ConditionFailedError, TableCalls
from sfn_digest.aws.ungoverned import PATIENT, Patience
from sfn_digest.model.executions import UNSUCCESSFUL
from sfn_digest.stream.collected_window import KeptChange
from sfn_digest.stream.status_change import EndStatus, StatusChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

R = TypeVar("R")

_FIRST, _REDRIVEN = "first", "redriven"
_MOST_DIGITS = 38
"""Of a number of DynamoDB's."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class StreamTable(TableCalls):
    """The ends that were collected."""

    denied = "allow dynamodb:PutItem to the collector's role and dynamodb:Query to the digest's."
    absent = "deploy the stack again with collect=stream."

    def __init__(
        self, name: str, client: "Callable[[], DynamoDBClient]", patience: Patience = PATIENT
    ) -> None:
        super().__init__(name, client, patience)
        self._named: set[tuple[date, str]] = set()
        self.unreadable = 0
        """Items that were none of ours, or damaged, and left out so far."""

    def keep(self, change: StatusChange) -> bool:
        """Keep an end; False where it is kept already, whatever was read of it since."""
        day = change.stopped_at.date()
        if (day, change.machine_arn) not in self._named:
            self._put({"pk": {"S": _day_key(day)}, "sk": {"S": change.machine_arn}})
            self._named.add((day, change.machine_arn))
        try:
            self._put(_item(change), ConditionExpression="attribute_not_exists(pk)")
        except ConditionFailedError:
            return False
        return True

    def keep_reading(self, change: StatusChange, reading: bytes) -> None:
        """Keep an end with what was read of its history."""
        self._put({**_item(change), "reading": {"B": reading}})

    def machines(self, day: date) -> Iterator[str]:
        """The ARNs of the machines that have ends on a day (UTC)."""
        yield from self._items(_day_key(day), "", lambda item: item.structure("sk").text("S"))

    def redriven(self, machine_arn: str, day: date) -> Iterator[KeptChange]:
        """A machine's ends of redriven executions on a day (UTC)."""
        return self._ends(machine_arn, day, _REDRIVEN)

    def first(self, machine_arn: str, day: date) -> Iterator[KeptChange]:
        """A machine's ends of all other executions on a day (UTC)."""
        return self._ends(machine_arn, day, _FIRST)

    def _ends(self, machine_arn: str, day: date, which: str) -> Iterator[KeptChange]:
        return self._items(_key(machine_arn, day), which, partial(_kept, machine_arn))

    def _items(self, partition: str, begin: str, read: Callable[[Answer], R]) -> Iterator[R]:
        values: dict[str, Any] = {":pk": {"S": partition}}
        condition = "pk = :pk"
        if begin:
            values[":begin"] = {"S": f"{begin}#"}
            condition += " AND begins_with(sk, :begin)"
        ask: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        while True:
            items, following = self._asked(
                partial(self._query, ask),
                lambda answer: (
                    answer.structures("Items"),
                    answer.first_ending("LastEvaluatedKey"),
                ),
            )
            for item in items:
                try:
                    yield read(item)
                except UnreadableAnswerError:
                    self.unreadable += 1
            if not following:
                return
            ask["ExclusiveStartKey"] = following

    def _query(self, asked_for: Mapping[str, Any]) -> object:
        return self._client().query(**asked_for)


def open_stream(name: str, left: Callable[[], float] = lambda: inf) -> StreamTable:
    """The table of this name, in the account and Region that AWS's variables name.

    `left` tells the seconds that remain for its calls; where none do, they raise AccountError.
    """
    return StreamTable.opened(name, left)


def _day_key(day: date) -> str:
    return f"day {day.isoformat()}"


def _key(machine_arn: str, day: date) -> str:
    return f"{machine_arn} {day.isoformat()}"


def _item(change: StatusChange) -> dict[str, Any]:
    which = _REDRIVEN if change.redrive_count else _FIRST
    texts = {
        "pk": _key(change.machine_arn, change.stopped_at.date()),
        "sk": f"{which}#{change.name}#{change.redrive_count}",
        "arn": change.execution_arn,
        "status": change.status,
        "group": change.group,
        "version": change.machine_version_arn,
        "alias": change.machine_alias_arn,
    }
    times = {"started": change.started_at, "stopped": change.stopped_at}
    return {
        **{name: {"S": text} for name, text in texts.items() if text},
        **{name: {"N": str(_milliseconds(moment))} for name, moment in times.items()},
        "redrives": {"N": str(change.redrive_count)},
    }


def _kept(machine_arn: str, item: Answer) -> KeptChange:
    reading = item.structure_or_none("reading")
    change = StatusChange(
        execution_arn=item.structure("arn").text("S"),
        machine_arn=machine_arn,
        status=_status(item.structure("status").text("S")),
        started_at=_moment(item, "started"),
        stopped_at=_moment(item, "stopped"),
        redrive_count=_number(item, "redrives"),
        group=_text(item, "group") or "",
        machine_version_arn=_text(item, "version"),
        machine_alias_arn=_text(item, "alias"),
    )
    return KeptChange(change, None if reading is None else reading.content("B"))


def _status(text: str) -> EndStatus:
    if text not in (*UNSUCCESSFUL, "SUCCEEDED"):
        raise UnreadableAnswerError("status")
    return cast("EndStatus", text)


def _text(item: Answer, name: str) -> str | None:
    found = item.structure_or_none(name)
    return None if found is None else found.text("S")


def _number(item: Answer, name: str) -> int:
    digits = item.structure(name).text("N")
    if not digits.isdecimal() or len(digits) > _MOST_DIGITS:
        raise UnreadableAnswerError(name)
    return int(digits)


def _moment(item: Answer, name: str) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=_number(item, name))
    except OverflowError as error:
        raise UnreadableAnswerError(name) from error


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
