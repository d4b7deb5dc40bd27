"""Content that is remembered between runs, and objects as a listing names them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stored:
    """Content as it was last stored; `edition` is new with every storing."""

    edition: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing names it, with its size in bytes."""

    key: str
    size: int
