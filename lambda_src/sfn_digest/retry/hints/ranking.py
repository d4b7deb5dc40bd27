"""Which hints stand first, and which stand for others like them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sfn_digest.i18n.message import Message, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.hints.timeouts import MISSING

_LONG = 0.25
"""Wasted hours from which on they count before failures that no hint recovers."""


def best_first(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """Executions that would recover first, the surest of them foremost, then time wasted, then
    defects, the most failures first; then what is to be learned, and last the timeouts that
    have not been missed yet. The steps of a plan stay together, where the best of them stands.
    """
    ordered = sorted(hints, key=_order)
    steps: dict[str, list[Hint]] = defaultdict(list)
    for hint in ordered:
        steps[hint.plan or ""].append(hint)
    placed: list[Hint] = []
    for hint in ordered:
        if hint.plan is None:
            placed.append(hint)
        else:
            placed += sorted(steps.pop(hint.plan, ()), key=lambda each: each.step)
    return tuple(placed)


def _order(hint: Hint) -> tuple[int, float, int, str, str, str, str]:
    group, gain = _gain(hint)
    failures = -(hint.failures or hint.failed_attempts)
    return group, -gain, failures, hint.machine_arn, hint.state or "", hint.kind, hint.cause


def _gain(hint: Hint) -> tuple[int, float]:
    if hint.sure == "learn":
        return 3, 0.0
    if hint.kind == MISSING:
        return 4, float(hint.patched is not None)
    if hint.recovered.likely > 0:
        return 0, hint.recovered.likely if hint.recovered.low else 0.0
    return (1, hint.hours) if hint.hours >= _LONG else (2, 0.0)


def one_timeout_each(hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """The hints, but of each machine only the first that a timeout is missing.

    It names the machine's other states that lack one.
    """
    missing: dict[str, list[Hint]] = defaultdict(list)
    for hint in hints:
        if hint.kind == MISSING:
            missing[hint.machine_arn].append(hint)
    first = {id(each[0]): _for_all(each) for each in missing.values()}
    return tuple(first.get(id(h), h) for h in hints if h.kind != MISSING or id(h) in first)


def _for_all(alike: Sequence[Hint]) -> Hint:
    first, *others = alike
    if not others:
        return first
    names = listed(each.state or "" for each in others)
    return replace(
        first, text=sentences(first.text, Message("Also missing in {states}.", states=names))
    )
