"""One word on each retrier: hints that would set the same one differently are made to agree."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD, without_retrier
from sfn_digest.retry.hints.machine import listed, span
from sfn_digest.retry.hints.retry_longer import LEARN, RETRY
from sfn_digest.retry.hints.stop_retrying import STOP, TIMED_OUT

_WASTE = frozenset({STOP, TIMED_OUT})


def agreed(hints: Iterable[Hint]) -> list[Hint]:
    """The hints, of which none takes back what another says of the same errors in a state.

    What is wasted on errors that another hint retries is told in that one, whose figures hold
    all visits that come with these errors; a herd leaves its retrier to the hint that sets it,
    and says nothing more where a Map brings it.
    """
    every = list(hints)
    retried = [hint for hint in every if hint.kind in (RETRY, LEARN)]
    in_a_map = {
        (hint.machine_arn, error)
        for hint in every
        if hint.kind == CONCURRENCY
        for error in hint.errors
    }
    left = [
        hint
        for hint in every
        if not _alike(hint, retried)
        or hint.kind not in (*_WASTE, HERD)
        or (hint.kind == HERD and all((hint.machine_arn, e) not in in_a_map for e in hint.errors))
    ]
    wasted = [hint for hint in every if hint.kind in _WASTE]
    return [_agreeing(hint, retried, wasted) for hint in left]


def _agreeing(hint: Hint, retried: Sequence[Hint], wasted: Sequence[Hint]) -> Hint:
    if hint.kind in (RETRY, LEARN):
        for waste in _alike(hint, wasted):
            hint = _with_waste(hint, waste)
    elif hint.kind == HERD and _alike(hint, retried):
        return without_retrier(hint)
    return hint


def _alike(hint: Hint, others: Iterable[Hint]) -> list[Hint]:
    """The others that are about an error of the hint's in the same state."""
    return [
        other
        for other in others
        if (other.machine_arn, other.state) == (hint.machine_arn, hint.state)
        and not set(other.errors).isdisjoint(hint.errors)
    ]


def _with_waste(hint: Hint, waste: Hint) -> Hint:
    """The hint to retry, which says what its errors bring in vain, and how to keep that out."""
    apart = Message(
        "{errors} also covers {cause}, where none of {retries} succeeded ({span}): end those "
        "first with a Catch and a Choice on the cause.",
        errors=listed(each for each in hint.errors if each in waste.errors),
        cause=noun(waste.cause) or waste.cause,
        retries=ngettext("{n} retry", "{n} retries", waste.failed_attempts),
        span=span(waste.hours * 3600),
    )
    return replace(
        hint,
        text=sentences(hint.text, apart),
        failed_attempts=hint.failed_attempts + waste.failed_attempts,
        hours=hint.hours + waste.hours,
        dollars=hint.dollars + waste.dollars,
    )
