"""Hints as reports gave them, whole, so that a patch can be made of what the digest said."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfn_digest.adoption.hint_json import UnreadableError
from sfn_digest.adoption.hint_records import GivenHint
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.model.report import Hint

VERSION = 1
KEPT_FOR = timedelta(days=35)
"""Since a report gave it last: five weekly digests."""
MOST_GIVEN = 500
"""The newest that are kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    hints: tuple[GivenHint, ...]


def given_now(
    kept: Iterable[GivenHint], hints: Iterable[Hint], now: datetime
) -> tuple[GivenHint, ...]:
    """What reports gave, with the hints of a new one: of each hint as it was given last.

    The newest stand first, and those of one report as it had them.
    """
    latest = {each.hint.id: each for each in kept if now - each.given_at <= KEPT_FOR}
    new = {hint.id: GivenHint(now, hint) for hint in hints}
    old = [each for key, each in latest.items() if key not in new]
    old.sort(key=lambda each: each.given_at, reverse=True)
    return (*new.values(), *old)[:MOST_GIVEN]


def latest_of(kept: Sequence[GivenHint], machine_arn: str) -> tuple[GivenHint, ...]:
    """The hints on a machine of the last report that had any."""
    on = [each for each in kept if each.hint.machine_arn == machine_arn]
    last = max((each.given_at for each in on), default=None)
    return tuple(each for each in on if each.given_at == last)


def given_to_text(kept: Sequence[GivenHint]) -> str:
    """The hints as one line of JSON."""
    return json.dumps(to_plain(_Kept(VERSION, tuple(kept))), separators=(",", ":"))


def given_from_text(text: str) -> tuple[GivenHint, ...]:
    """The hints in what `given_to_text` made. Raises UnreadableError for anything else."""
    try:
        kept = from_plain(_Kept, json.loads(text))
    except (PlainError, RecursionError, ValueError) as error:
        raise UnreadableError(type(error).__name__) from error
    if kept.version != VERSION:
        raise UnreadableError(f"version {kept.version}")
    return kept.hints
