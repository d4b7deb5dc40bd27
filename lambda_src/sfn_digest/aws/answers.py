"""The door of the package: what AWS answered, checked member by member as it is taken.

A proxy's page, a body that was cut, or a service's mistake may come in place of an answer, and
botocore passes on what it can make of it. So nothing below looks into an answer itself: each
member is taken by its name and its type, and one that is not as AWS documents it raises
UnreadableAnswerError, which `Calls` treats like a broken connection.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.errors import SfnDigestError

T = TypeVar("T")


class UnreadableAnswerError(Exception):
    """What came in place of an answer, or of a part of one, is none."""


class Answer:
    """An answer of AWS, or a structure within one.

    >>> Answer({"name": "orders", "redriveCount": 2}).text("name")
    'orders'
    """

    __slots__ = ("_members",)

    def __init__(self, members: object) -> None:
        self._members = _of(dict, members)

    def text(self, name: str) -> str:
        """A text that is always there."""
        return str(_of(str, self._members.get(name)))

    def text_or_none(self, name: str) -> str | None:
        """A text that may be missing."""
        return None if self._members.get(name) is None else self.text(name)

    def token(self, name: str = "nextToken") -> str:
        """The token of the next page, "" after the last."""
        return self.text_or_none(name) or ""

    def exactly(self, names: Sequence[str], kinds: tuple[type[Any], ...]) -> tuple[Any, ...] | None:
        """The members of these names, where each is of just its kind; else None.

        It takes one look where many small structures are read, each of the same members.
        """
        found = tuple(map(self._members.get, names))
        return found if tuple(map(type, found)) == kinds else None

    def whole(self, name: str, otherwise: int | None = None) -> int:
        """A whole number; `otherwise` where it is missing and that is given."""
        value = self._members.get(name)
        return int(_of(int, otherwise if value is None else value))

    def whole_or_none(self, name: str) -> int | None:
        """A whole number that may be missing."""
        return None if self._members.get(name) is None else self.whole(name)

    def number(self, name: str, otherwise: float) -> float:
        """A number that may be missing."""
        return float(_of((int, float), self._members.get(name, otherwise)))

    def moment(self, name: str) -> datetime:
        """A time, in UTC."""
        return _moment(self._members.get(name))

    def moment_or_none(self, name: str) -> datetime | None:
        """A time that may be missing, in UTC."""
        return None if self._members.get(name) is None else self.moment(name)

    def moments(self, name: str) -> list[datetime]:
        """A list of times, in UTC."""
        return [_moment(each) for each in self._list(name)]

    def numbers(self, name: str) -> list[float]:
        """A list of numbers."""
        return [float(_of((int, float), each)) for each in self._list(name)]

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [str(_of(str, each)) for each in self._list(name)]

    def content(self, name: str) -> bytes:
        """Bytes that are always there."""
        return bytes(_of(bytes, self._members.get(name)))

    def structures(self, name: str) -> list["Answer"]:
        """A list of structures."""
        return [Answer(each) for each in self._list(name)]

    def rows(self, name: str) -> list[list["Answer"]]:
        """A list of lists of structures."""
        return [[Answer(each) for each in _of(list, row)] for row in self._list(name)]

    def structures_or_none(self, name: str) -> list["Answer"]:
        """A list of structures, none where it is missing."""
        return [] if self._members.get(name) is None else self.structures(name)

    def structure(self, name: str) -> "Answer":
        """A structure that is always there."""
        return Answer(self._members.get(name))

    def structure_or_none(self, name: str) -> "Answer | None":
        """A structure that may be missing."""
        return None if self._members.get(name) is None else self.structure(name)

    def by_name(self) -> Iterator[tuple[str, "Answer"]]:
        """The structures within this one that are named by whoever wrote it."""
        return ((name, Answer(each)) for name, each in self._members.items())

    def text_by_name(self) -> dict[str, str]:
        """The texts within this structure that are named by whoever wrote it."""
        return {name: self.text(name) for name in self._members}

    def body(self, name: str) -> bytes:
        """The bytes that a stream holds, read to its end."""
        stream = self._members.get(name)
        read = getattr(stream, "read", None)
        if not callable(read):
            raise UnreadableAnswerError(type(stream).__name__)
        return bytes(read())

    def first_ending(self, name_end: str) -> Mapping[str, Any]:
        """The structure whose name ends so, as it is; empty where there is none."""
        for name, each in self._members.items():
            if name.endswith(name_end):
                found: Mapping[str, Any] = _of(dict, each)
                return found
        return {}

    def _list(self, name: str) -> list[object]:
        found: list[object] = _of(list, self._members.get(name))
        return found


def answered(request: Callable[[], object], read: Callable[[Answer], T]) -> T:
    """What `read` takes from the answer to a request.

    Raises botocore's errors and ours as they are, and UnreadableAnswerError where what came is no
    answer.
    """
    try:
        answer = request()
    except (BotoCoreError, ClientError, SfnDigestError):
        raise
    except Exception as error:
        # Whatever botocore's parsers, and urllib3 below them, stumble over.
        raise UnreadableAnswerError(type(error).__name__) from error
    return read(Answer(answer))


def pairs(answer: Answer, times: str, values: str) -> Iterator[tuple[datetime, float]]:
    """The points of a metric: two lists of equal length."""
    moments, numbers = answer.moments(times), answer.numbers(values)
    if len(moments) != len(numbers):
        raise UnreadableAnswerError(f"{times} and {values}")
    return zip(moments, numbers, strict=True)


def _moment(value: object) -> datetime:
    moment: datetime = _of(datetime, value)
    if moment.tzinfo is None:
        raise UnreadableAnswerError("a time without a zone")
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise UnreadableAnswerError("a time before or after all times") from error


def _of(kind: type[Any] | tuple[type[Any], ...], value: object) -> Any:
    # JSON's true is no number here, though Python would count with it.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnreadableAnswerError(type(value).__name__)
    return value
