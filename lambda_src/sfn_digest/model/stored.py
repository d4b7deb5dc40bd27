"""Content that is remembered between runs, and which edition of it this is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stored:
    """Content as it was last stored; `edition` is new with every storing."""

    edition: str
    content: bytes
