"""Records as JSON's own types, and back: one way for every report and note that is kept.

Reading is strict, since what was written may be another release's or nobody's: a member of the
wrong type, a missing one without a default, a time without a zone or a count that is no whole
number raises PlainError. Members that a record does not know are passed over.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sfn_digest.i18n.message import Message, verbatim

R = TypeVar("R")


class PlainError(ValueError):
    """A value is not what its record holds; the text says where and what was expected."""


def to_plain(value: object) -> Any:
    """Records, mappings and sequences as dicts and lists; times are ISO 8601 in UTC, with a Z."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if (names := _field_names(kind)) is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


_AS_THEY_ARE = frozenset((str, int, float, bool, NoneType))


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """The names of a record's fields; None where the kind is none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def from_plain(kind: type[R], value: object, where: str = "") -> R:
    """The record of this kind that `value` holds. Raises PlainError; `where` names its place."""
    return cast("R", _read(kind, value, where))


def _read(kind: Any, value: object, where: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _either(get_args(kind), value, where)
    if origin is Literal:
        if value not in get_args(kind):
            raise PlainError(f"{_named(where)} is none of {', '.join(map(str, get_args(kind)))}")
        return value
    if origin is tuple:
        return tuple(_items(get_args(kind)[0], value, where))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(kind)[1], value, where)
    if origin is not None and issubclass(origin, Sequence):
        return list(_items(get_args(kind)[0], value, where))
    return _record(kind, value, where) if is_dataclass(kind) else _plain(kind, value, where)


def _either(kinds: Sequence[Any], value: object, where: str) -> object:
    if value is None and NoneType in kinds:
        return None
    (kind,) = (each for each in kinds if each is not NoneType)
    return _read(kind, value, where)


def _items(kind: Any, value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise PlainError(f"{_named(where)} is no array")
    return [_read(kind, each, f"{where}[{number}]") for number, each in enumerate(value)]


def _mapping(kind: Any, value: object, where: str) -> dict[str, object]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise PlainError(f"{_named(where)} is no object")
    return {key: _read(kind, item, f"{where}.{key}") for key, item in value.items()}


def _record(kind: Any, value: object, where: str) -> object:
    if not isinstance(value, Mapping):
        raise PlainError(f"{_named(where)} is no object")
    known: dict[str, object] = {}
    for name, (hint, needed) in _members(kind).items():
        place = f"{where}.{name}" if where else name
        if name in value:
            known[name] = _read(hint, value[name], place)
        elif needed:
            raise PlainError(f"{place} is missing")
    try:
        return kind(**known)
    except ValueError as error:
        raise PlainError(f"{_named(where)}: {error}") from error


@cache
def _members(kind: Any) -> Mapping[str, tuple[Any, bool]]:
    """A record's members by name: the type of each, and whether it has to be given."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _plain(kind: Any, value: object, where: str) -> object:
    if kind in (Any, object):
        return value
    if kind is datetime:
        return _time(value, where)
    if kind is float and type(value) in (int, float) and _is_finite(cast("float", value)):
        return float(cast("float", value))
    if kind is Message and isinstance(value, str):
        return verbatim(value)
    # JSON's true is no number here, though Python would count with it.
    if type(value) is not kind:
        raise PlainError(f"{_named(where)} is not of type {kind.__name__}")
    return value


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _time(value: object, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cast("str", value))
    except (TypeError, ValueError):
        raise PlainError(f"{_named(where)} is no time") from None
    if moment.tzinfo is None:
        raise PlainError(f"{_named(where)} is a time without a zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PlainError(f"{_named(where)} lies outside the calendar") from None


def _named(where: str) -> str:
    return where or "the whole"
