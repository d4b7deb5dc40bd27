"""Kept hints as JSON text, with a version of its own, and how two runs' hints become one."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from math import inf, isfinite
from typing import Any

from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.adoption.change_scope import KINDS
from sfn_digest.adoption.hint_records import HintOutcome, Kept, StoredHint
from sfn_digest.asl.definition import read_retrier
from sfn_digest.model.executions import Window
from sfn_digest.model.plain import from_plain, to_plain
from sfn_digest.model.retry_cost import HintStanding

VERSION = 1


class UnreadableError(ValueError):
    """The text does not hold hints of this version."""


def to_text(kept: Sequence[Kept]) -> str:
    """The hints as one line of JSON; times are ISO 8601."""
    plain = {
        "version": VERSION,
        "hints": [asdict(each) for each in kept if isinstance(each, StoredHint)],
        "changes": [to_plain(each) for each in kept if isinstance(each, StoredChange)],
    }
    return json.dumps(plain, separators=(",", ":"), default=datetime.isoformat)


def fitting(kept: Sequence[Kept], most: int) -> tuple[Kept, ...]:
    """As many of the first hints as fit into so many characters of text."""
    room = most - len(to_text(())) + 1
    fits = []
    for hint in kept:
        room -= len(to_text((hint,))) - len(to_text(())) + 1
        if room < 0:
            break
        fits.append(hint)
    return tuple(fits)


def from_text(text: str) -> tuple[Kept, ...]:
    """The hints in what `to_text` made. Raises UnreadableError for anything else."""
    try:
        plain = json.loads(text)
        if plain["version"] != VERSION:
            raise UnreadableError(f"version {plain['version']}")
        changes = [from_plain(StoredChange, each) for each in plain.get("changes", ())]
        known = (each for each in changes if each.kind in KINDS)  # A later release may have more.
        return (*(_hint(each) for each in plain["hints"]), *known)
    except UnreadableError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UnreadableError(type(error).__name__) from error


def merged(ours: Iterable[Kept], theirs: Iterable[Kept]) -> tuple[Kept, ...]:
    """All hints of two runs that went on at once; of one hint, what is known best.

    Which is the one that counted more; what only the other run counted in the same minutes
    is lost to it, since the two may have counted the same.
    """
    found = {hint.key: hint for hint in theirs}
    for hint in ours:
        other = found.get(hint.key)
        found[hint.key] = hint if other is None else _one(hint, other)
    return tuple(found.values())


def _one(ours: Kept, theirs: Kept) -> Kept:
    better = max(ours, theirs, key=lambda hint: (hint.adopted_at is not None, _counted(hint)))
    return replace(
        better,
        hinted_at=min(ours.hinted_at, theirs.hinted_at),
        last_hinted_at=max(ours.last_hinted_at, theirs.last_hinted_at),
    )


def _counted(hint: Kept) -> float:
    """Seconds that were counted of it."""
    return sum((window.end - window.start).total_seconds() for window in hint.windows)


def _hint(plain: Mapping[str, Any]) -> StoredHint:
    adopted = plain["adopted_at"]
    return StoredHint(
        kind=_text(plain["kind"]),
        machine_arn=_text(plain["machine_arn"]),
        state=_text(plain["state"]),
        cause=_text(plain["cause"]),
        errors=tuple(_text(each) for each in plain["errors"]),
        retrier=_retrier(plain["retrier"]),
        hinted_at=_time(plain["hinted_at"]),
        last_hinted_at=_time(plain["last_hinted_at"]),
        predicted_low=_share(plain["predicted_low"]),
        predicted_high=_share(plain["predicted_high"]),
        failures=_count(plain["failures"]),
        standing=_standing(plain.get("standing", {})),
        adopted_at=_time(adopted) if adopted is not None else None,
        observed=_observed(plain["observed"]),
    )


def _standing(plain: Mapping[str, Any]) -> HintStanding:
    """How a hint stood; hints that were kept before this was have none."""
    best, missed = float(plain.get("best", 0.0)), float(plain.get("missed", 0.0))
    if not (isfinite(best) and isfinite(missed)):
        raise ValueError("a standing without bounds")
    return HintStanding(best, missed)


def _observed(plain: Mapping[str, Any]) -> HintOutcome:
    return HintOutcome(
        failures=_count(plain["failures"]),
        recovered=_count(plain["recovered"], most=_count(plain["failures"])),
        incidents=_count(plain["incidents"], most=_count(plain["failures"])),
        unread=_count(plain["unread"]),
        unlisted=bool(plain["unlisted"]),
        windows=tuple(Window(_time(w["start"]), _time(w["end"])) for w in plain["windows"]),
    )


def _retrier(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    read_retrier(plain)
    return dict(plain)


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise ValueError("a share is from 0 to 1")
    return share


def _count(value: Any, most: float = inf) -> int:
    count = int(value)
    if not 0 <= count <= most:
        raise ValueError("a count of more than there is")
    return count


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
