"""Hints that agree on each retrier, their ids, and their order as the steps of plans."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sfn_digest.asl.definition import Definition
from sfn_digest.causes import holds_secret, noun, show_error
from sfn_digest.i18n.message import Message, ngettext, parts_of, sentences
from sfn_digest.model.report import Hint, Recovered
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.ecs_tasks import BRANCH, SUBNETS, retries_before
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD, without_retrier
from sfn_digest.retry.hints.machine import about, listed, shown
from sfn_digest.retry.hints.retry_longer import LEARN, RETRY
from sfn_digest.retry.hints.stop_retrying import STOP, TIMED_OUT
from sfn_digest.retry.hints.timeouts import VALUE

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
        if not _conflicts_alike(hint, retried)
        or hint.kind not in (*_WASTE, HERD)
        or (hint.kind == HERD and all((hint.machine_arn, e) not in in_a_map for e in hint.errors))
    ]
    wasted = [hint for hint in every if hint.kind in _WASTE]
    return [_agreeing(hint, retried, wasted) for hint in left]


def _agreeing(hint: Hint, retried: Sequence[Hint], wasted: Sequence[Hint]) -> Hint:
    if hint.kind in (RETRY, LEARN):
        for waste in _conflicts_alike(hint, wasted):
            hint = _with_waste(hint, waste)
    elif hint.kind == HERD and _conflicts_alike(hint, retried):
        return without_retrier(hint)
    elif hint.kind == DEAD and hint.retrier is not None:
        return _overtaken(hint) if _conflicts_alike(hint, retried) else hint
    return hint


def _overtaken(dead: Hint) -> Hint:
    """The hint on a name that matches nothing, where another one retries what it was meant for."""
    either = Message(
        "The hint to retry {error} sets a retrier for it too: apply only one of the two.",
        error=listed(dead.errors),
    )
    return replace(dead, text=sentences(dead.text, either))


def _conflicts_alike(hint: Hint, others: Iterable[Hint]) -> list[Hint]:
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
        "{errors} also covers {cause}, where none of {retries} succeeded ({span}), and a retrier "
        "repeats those too. To avoid that, catch the error instead of retrying it, and let a "
        "Choice on the cause lead back to {state} only after {healing}.",
        state=shown(hint.state or ""),
        healing=noun(hint.cause) or hint.cause,
        errors=listed(each for each in hint.errors if each in waste.errors),
        cause=noun(waste.cause) or waste.cause,
        retries=ngettext("{n} retry", "{n} retries", waste.failed_attempts),
        span=about(waste.hours * 3600),
    )
    return replace(
        hint,
        text=sentences(hint.text, apart),
        failed_attempts=hint.failed_attempts + waste.failed_attempts,
        hours=hint.hours + waste.hours,
        dollars=hint.dollars + waste.dollars,
    )


_ORDER = (CONCURRENCY, VALUE, RETRY, BRANCH, HERD, SUBNETS, LEARN, TIMED_OUT)
"""The kinds of hints that heal, in the order in which to apply those for the same failures.

Fewer calls at once, and a longer timeout, leave less to retry; a few retries are cheaper than
capacity on demand; what only its author can write, or only teaches, comes last. After a longer
timeout, retries of what still hangs are in vain as before.
"""
_BESIDE_OTHERS = frozenset({VALUE, TIMED_OUT})
"""Of these the kinds that are steps beside another alone."""
_DIGITS = 8


def is_remedy(hint: Hint) -> bool:
    """Whether a hint heals failures, and so is a step of a plan, were it the only one; a longer
    timeout may do so, and is one beside others alone.
    """
    return hint.kind in _ORDER and (hint.kind not in _BESIDE_OTHERS or hint.plan is not None)


def _may_heal(hint: Hint, definitions: Mapping[str, Definition]) -> bool:
    """Whether a hint may be a step of a plan: a shorter timeout only ends what hangs sooner."""
    if hint.kind != VALUE:
        return hint.kind in _ORDER
    state = definitions[hint.machine_arn].states.get(hint.state or "")
    now, then = state.timeout if state else None, (hint.patched or {}).get("TimeoutSeconds")
    return isinstance(now, float) and isinstance(then, int | float) and then > now


def identified(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """The hints, each with an id that stays the same while it is about the same thing."""
    taken: Counter[str] = Counter()
    found = []
    for hint in hints:
        key = hint.id or _id_of(hint)
        taken[key] += 1
        again = f"-{taken[key]}" if taken[key] > 1 else ""
        found.append(replace(hint, id=f"{key}{again}"))
    return tuple(found)


def _id_of(hint: Hint) -> str:
    # What is to be retried and what to try out first are one hint in two states of knowledge.
    kind = RETRY if hint.kind == LEARN else hint.kind
    parts = [kind, hint.machine_arn, hint.state or "", hint.cause]
    if hint.kind == DEAD:
        parts.append(str(hint.title))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]


def planned(hints: Sequence[Hint], definitions: Mapping[str, Definition]) -> list[Hint]:
    """The hints, with those that answer the same failures numbered as the steps of a plan.

    They have to be identified: a plan is named by its first step.
    """
    heal = (hint for hint in hints if _may_heal(hint, definitions))
    steps = sorted(heal, key=lambda h: _ORDER.index(h.kind))
    plans: list[list[Hint]] = []
    for hint in steps:
        mine = next((p for p in plans if any(_alike(hint, o, definitions) for o in p)), None)
        if mine is None:
            plans.append([hint])
        else:
            mine.append(hint)
    numbered = {
        hint.id: _numbered(_after(plan[: number - 1], hint, definitions), number, plan)
        for plan in plans
        if len(plan) > 1
        for number, hint in enumerate(plan, start=1)
    }
    return [numbered.get(hint.id, hint) for hint in hints]


def _alike(one: Hint, other: Hint, definitions: Mapping[str, Definition]) -> bool:
    """Whether two hints answer the same errors of a state, or of the state a Map is around."""
    if one.machine_arn != other.machine_arn or set(one.errors).isdisjoint(other.errors):
        return False
    return one.state == other.state or any(
        outer.kind == CONCURRENCY and outer.state in _holders(inner, definitions)
        for outer, inner in ((one, other), (other, one))
    )


def _holders(hint: Hint, definitions: Mapping[str, Definition]) -> Sequence[str]:
    state = definitions[hint.machine_arn].states.get(hint.state or "")
    return state.holders if state else ()


def _after(before: Sequence[Hint], hint: Hint, definitions: Mapping[str, Definition]) -> Hint:
    """The hint as a later step: the retries of today are not those that come before it then."""
    state = definitions[hint.machine_arn].states.get(hint.state or "")
    if hint.kind != BRANCH or state is None or all(each.kind != RETRY for each in before):
        return hint
    today = tuple(retries_before(state))
    return replace(hint, text=sentences(*(p for p in parts_of(hint.text) if p not in today)))


def _numbered(hint: Hint, number: int, plan: Sequence[Hint]) -> Hint:
    place = Message("Step {step:d} of {steps:d}.", step=number, steps=len(plan))
    # It may say how many failures would have recovered, which earlier steps recover as well.
    alone = _alone(plan[: number - 1], hint) if number > 1 and hint.recovered.high else ()
    return replace(hint, plan=plan[0].id, step=number, text=sentences(place, *alone, hint.text))


def _alone(before: Sequence[Hint], hint: Hint) -> Iterator[Message]:
    """What the steps before a later one leave to it, and that its figures are for itself."""
    left = left_after(before, hint)
    if left is not None and (likely := round(left.likely)):
        yield Message(
            "Step 1 is likely to leave about {failures} for this one to recover (95% interval: "
            "{low}\N{EN DASH}{high}).",
            failures=ngettext("{n} failure", "{n} failures", likely),
            low=left.low,
            high=left.high,
        )
    elif left is not None:
        yield Message(
            "Step 1 may leave nothing for this one to recover: see what is left before you take it."
        )
    yield Message("The figures below are for this step alone.")


def left_after(before: Sequence[Hint], hint: Hint) -> Recovered | None:
    """What a step would still recover after those before it; None where that is not known.

    As many items of a Map at once as were let through are let through again, mostly.
    """
    found = hint.recovered
    if any(each.kind == CONCURRENCY and each.patched for each in before):
        return Recovered(surely=0, likely=0.0, possibly=found.high, low=0, high=found.high)
    first = next((each.recovered for each in before if each.kind == RETRY), None)
    if first is None or hint.kind != BRANCH:
        return None
    low, likely = max(0, found.low - first.high), max(0.0, found.likely - first.likely)
    high = max(0, min(found.high, hint.failures - first.low))
    return Recovered(surely=low, likely=likely, possibly=high, low=low, high=max(low, high))


def fit_to_tell(hint: Hint) -> Hint:
    """The hint without a change, where an error name that it would write holds a secret."""
    if not any(map(holds_secret, (*hint.errors, *_written(hint)))):
        return hint
    return replace(hint, errors=tuple(map(show_error, hint.errors)), retrier=None, patched=None)


def _written(hint: Hint) -> Iterator[str]:
    """The error names in the retriers that a hint writes."""
    retry = hint.patched.get("Retry") if hint.patched else None
    for retrier in (hint.retrier, *(retry if isinstance(retry, list) else ())):
        names = retrier.get("ErrorEquals") if isinstance(retrier, Mapping) else None
        yield from map(str, names if isinstance(names, list) else ())
