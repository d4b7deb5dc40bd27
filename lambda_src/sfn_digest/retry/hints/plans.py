"""Ids of hints, and plans: the remedies for the same failures of a state, in order."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sfn_digest.asl.definition import Definition
from sfn_digest.i18n.message import Message, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.dead_retriers import KIND as DEAD
from sfn_digest.retry.hints.ecs_tasks import BRANCH, SUBNETS
from sfn_digest.retry.hints.herds import CONCURRENCY, HERD
from sfn_digest.retry.hints.retry_longer import LEARN, RETRY

_ORDER = (CONCURRENCY, RETRY, BRANCH, HERD, SUBNETS, LEARN)
"""The kinds of hints that heal, in the order in which to apply those for the same failures.

Fewer calls at once leave less to retry; a few retries are cheaper than capacity on demand; what
only its author can write, or only teaches, comes last.
"""
_DIGITS = 8


def is_remedy(hint: Hint) -> bool:
    """Whether a hint heals failures, and so is a step of a plan, were it the only one."""
    return hint.kind in _ORDER


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
    steps = sorted(filter(is_remedy, hints), key=lambda h: _ORDER.index(h.kind))
    plans: list[list[Hint]] = []
    for hint in steps:
        mine = next((p for p in plans if any(_alike(hint, o, definitions) for o in p)), None)
        if mine is None:
            plans.append([hint])
        else:
            mine.append(hint)
    numbered = {
        hint.id: _numbered(hint, number, plan)
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


def _numbered(hint: Hint, number: int, plan: Sequence[Hint]) -> Hint:
    place = Message("Step {step:d} of {steps:d}.", step=number, steps=len(plan))
    return replace(hint, plan=plan[0].id, step=number, text=sentences(place, hint.text))
