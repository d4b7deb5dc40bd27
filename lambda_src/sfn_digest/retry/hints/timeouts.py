"""Timeouts and heartbeats, from how long successful attempts take."""

from collections.abc import Iterator, Sequence
from math import ceil

from sfn_digest.asl.definition import State
from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import NOTHING, MachineView, at_most, rounded_up, shown, span

MISSING, VALUE = "missing_timeout", "timeout_value"
_SHARES = (0.01, 0.05)
"""Shares of good attempts that a bound may cut off, the better one first."""
ROOM = 2.0
"""How much longer than the bound the hinted timeout is, so that it ends only what hangs."""
LEAST = 60
"""Seconds under which no timeout is hinted: a slow start is no hang."""
_CALLBACK = "waitForTaskToken"


def longest_usual(durations: Sequence[float]) -> tuple[float, float] | None:
    """A bound in seconds on the next success, and the share that may be longer.

    It is the ceil((n + 1)(1 - share))-th smallest of n durations, which holds whatever their
    distribution is; None where they are too few for it.
    """
    ordered = sorted(durations)
    for share in _SHARES:
        place = ceil((len(ordered) + 1) * (1 - share))
        if place <= len(ordered):
            return ordered[place - 1], share
    return None


def limits(view: MachineView) -> Iterator[Hint]:
    """Hints on timeouts that are missing, and on those that good attempts run into."""
    states = view.definition.states.values()
    missing = [s for s in states if s.waits_for_another and s.timeout is None]
    if view.definition.timeout is None:
        for state in missing:
            yield _missing(view, state)
    for state in states:
        yield from _too_short(view, state)


def _value(bound: float) -> int:
    """The timeout to set: with room above the bound, and never under a minute."""
    return max(LEAST, rounded_up(ROOM * bound))


def _durations(view: MachineView, state: State) -> Sequence[float]:
    found = view.evidence.get(state.name)
    return found.durations if found else ()


def _missing(view: MachineView, state: State) -> Hint:
    attempts = longest_usual(_durations(view, state))
    # No attempt takes longer than the execution that it is a part of.
    usual = attempts or longest_usual(view.took)
    called = state.integration or ""
    endless = Message(
        "{state} waits for {called} without a timeout, so a call that never returns holds the"
        " execution for up to a year.",
        state=shown(state.name),
        called=shown(called),
    )
    beat = NO_MESSAGE
    if _CALLBACK in called:
        beat = Message("Set HeartbeatSeconds for the callback too.")
    if usual is None:
        value = Message("Set TimeoutSeconds; too few successes were read to suggest a value.")
    else:
        bound, share = usual
        value = Message(
            "{share:.0%} of successful attempts finish within {bound}: set TimeoutSeconds to "
            "{value:d}."
            if attempts
            else "{share:.0%} of successful executions finish within {bound}: set TimeoutSeconds "
            "to {value:d}.",
            share=1 - share,
            bound=at_most(bound),
            value=_value(bound),
        )
    return _hint(
        view,
        state,
        MISSING,
        Message("Set a timeout on {state}", state=shown(state.name)),
        sentences(endless, value, beat),
        {"TimeoutSeconds": _value(usual[0])} if usual else None,
        0,
    )


def _too_short(view: MachineView, state: State) -> Iterator[Hint]:
    if not isinstance(state.timeout, float):
        return
    limit = state.timeout
    hit = [v for v in view.visits(state.name) if v.last.cause == "timeout_task" and v.fatal]
    ran = [v for v in hit if v.last.failed - v.last.at >= 0.95 * limit]
    usual = longest_usual(_durations(view, state))
    if not ran or usual is None:
        return
    bound, share = usual
    value = _value(bound)
    seen = Message(
        "{executions} hit the timeout of {limit} in {state}, and {share:.0%} of successful "
        "attempts finish within {bound}.",
        executions=ngettext("{n} execution", "{n} executions", len(ran)),
        limit=span(limit),
        state=shown(state.name),
        share=1 - share,
        bound=at_most(bound),
    )
    if bound > _NEAR * limit:
        title = Message("Raise the timeout of {state}", state=shown(state.name))
        advice = Message(
            "Successful attempts come close to the limit: set TimeoutSeconds to {value:d}.",
            value=value,
        )
    elif ROOM * bound < _FAR * limit:
        title = Message("Lower the timeout of {state}", state=shown(state.name))
        advice = Message(
            "Anything that takes longer is stuck: TimeoutSeconds {value:d} ends it sooner.",
            value=value,
        )
    else:
        return
    patched: dict[str, object] = {"TimeoutSeconds": value}
    yield _hint(view, state, VALUE, title, sentences(seen, advice), patched, len(ran))


_NEAR, _FAR = 0.8, 0.5


def _hint(
    view: MachineView,
    state: State,
    kind: str,
    title: Message,
    text: Message,
    patched: dict[str, object] | None,
    failures: int,
) -> Hint:
    return Hint(
        kind=kind,
        machine_arn=view.arn,
        state=state.name,
        cause="timeout_task",
        errors=("States.Timeout",),
        retrier=None,
        failures=failures,
        incidents=failures,
        recovered=NOTHING,
        added_wait_seconds=0.0,
        title=title,
        text=text,
        sure="likely" if kind == VALUE else "sure",
        patched=patched,
    )
