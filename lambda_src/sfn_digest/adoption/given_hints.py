"""Which hints are kept for later, and for how long: to judge them, and to patch what they say."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from sfn_digest.adoption.change_records import StoredChange
from sfn_digest.adoption.hint_json import UnreadableError
from sfn_digest.adoption.hint_records import Findings, GivenHint, Kept, StoredHint
from sfn_digest.adoption.hinted_visits import FailedVisit, failed_visits, visits_hinted
from sfn_digest.adoption.judge_changes import change_verdict, changes_to_store
from sfn_digest.adoption.verdict import verdict
from sfn_digest.model.plain import PlainError, from_plain, to_plain
from sfn_digest.model.report import Hint
from sfn_digest.model.retry_cost import HintStanding

KINDS = frozenset({"retry", "learn_first"})
"""The kinds that predict a share of failures that recover, which later failures can confirm."""
FORGOTTEN_AFTER = timedelta(days=100)
"""Since it was last given, or since it was adopted with too few failures to judge it."""
REPORTED_FOR = timedelta(days=35)
"""How long an adopted hint is reported, five weekly digests, once it can be judged."""
MOST_HINTS = 200
"""The newest that are kept: with error names of usual length some 120 KB."""


def hints_to_store(
    kept: Sequence[Kept], hints: Sequence[Hint], read: Findings, now: datetime
) -> tuple[Kept, ...]:
    """The hints to keep, the newest first: those kept before, and the new ones of a report.

    A hint that was given before keeps the day it was first given on and takes the new
    prediction. Dropped are hints that nobody took up for 100 days, adopted ones that were
    reported for five weeks, those whose state is gone, and beyond 200 the oldest.
    """
    standing = {hint.key: hint for hint in kept if not _is_over(hint, read, now)}
    fresh: list[Kept] = [*_new(hints, read, now), *changes_to_store(hints, read, now)]
    for new in fresh:
        old = standing.get(new.key)
        if old is None:
            standing[new.key] = new
        elif old.adopted_at is None:
            standing[new.key] = _first_given(new, old.hinted_at)
    newest = sorted(standing.values(), key=_rank, reverse=True)
    return tuple(newest[:MOST_HINTS])


def _first_given(hint: Kept, at: datetime) -> Kept:
    return replace(hint, hinted_at=at)


def _rank(hint: Kept) -> tuple[datetime, bool, tuple[str, ...]]:
    """The latest news first; of one report retriers, which predict what they bring."""
    return (_last_news(hint), isinstance(hint, StoredHint), hint.key)


def _is_over(hint: Kept, read: Findings, now: datetime) -> bool:
    definition = read.definitions.get(hint.machine_arn)
    if definition is not None and hint.state not in definition.states:
        return True
    if hint.adopted_at is None:
        return now - hint.last_hinted_at > FORGOTTEN_AFTER
    return now - hint.adopted_at > (REPORTED_FOR if _is_judged(hint) else FORGOTTEN_AFTER)


def _is_judged(hint: Kept) -> bool:
    if isinstance(hint, StoredChange):
        return change_verdict(hint) != "too_few"
    return verdict(hint.observed, hint.predicted_low, hint.predicted_high) != "too_few"


def _last_news(hint: Kept) -> datetime:
    return max(hint.last_hinted_at, hint.adopted_at or hint.last_hinted_at)


def _new(hints: Iterable[Hint], read: Findings, now: datetime) -> Iterator[StoredHint]:
    visits: dict[str, list[FailedVisit]] = {}
    for hint in hints:
        if hint.kind in KINDS and hint.retrier is not None and hint.state and hint.failures:
            if hint.machine_arn not in visits:
                visits[hint.machine_arn] = failed_visits(read, hint.machine_arn)
            already = _already_recovered(hint, hint.state, visits[hint.machine_arn])
            number = hint.failures + already
            yield StoredHint(
                kind=hint.kind,
                machine_arn=hint.machine_arn,
                state=hint.state,
                cause=hint.cause,
                errors=hint.errors,
                retrier=hint.retrier,
                hinted_at=now,
                last_hinted_at=now,
                predicted_low=(hint.recovered.low + already) / number,
                predicted_high=(hint.recovered.high + already) / number,
                failures=number,
                standing=hint.cost.standing if hint.cost else HintStanding(),
            )


def _already_recovered(hint: Hint, state: str, visits: Sequence[FailedVisit]) -> int:
    """Failures by the same cause that the present retries recover.

    The hint counts only failures that these left, but after a change of the retrier nobody
    can tell which those would have been: both sides are held against all failures.
    """
    return sum(each.recovered for each in visits_hinted(visits, state, hint.cause, hint.errors))


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


def once(kept: Iterable[GivenHint]) -> tuple[GivenHint, ...]:
    """The hints, each as the newest of several kinds of reports gave it."""
    every = tuple(kept)
    last = {each.hint.id: each for each in sorted(every, key=attrgetter("given_at"))}
    return tuple(each for each in every if last[each.hint.id] is each)


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
