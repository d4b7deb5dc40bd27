"""Time-outs and heartbeats, from how long successful tries take."""

from collections.abc import Iterator, Sequence
from math import ceil

from sfn_digest.report.model import Hint
from sfn_digest.retry.asl import State
from sfn_digest.retry.view import NOTHING, MachineView, plural, rounded_up, shown, span

MISSING, VALUE = "missing_timeout", "timeout_value"
_SHARES = (0.01, 0.05)
"""Shares of good tries that a bound may cut off, the better one first."""
ROOM = 2.0
"""How much longer than the bound the hinted time-out is, so that it ends only what hangs."""
LEAST = 60
"""Seconds under which no time-out is hinted: a slow start is no hang."""


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
    """Hints on time-outs that are missing, and on those that good tries run into."""
    states = view.definition.states.values()
    missing = [s for s in states if s.waits_for_another and s.timeout is None]
    if view.definition.timeout is None:
        for state in missing:
            yield _missing(view, state)
    for state in states:
        yield from _too_short(view, state)


def _value(bound: float) -> int:
    """The time-out to set: with room above the bound, and never under a minute."""
    return max(LEAST, rounded_up(ROOM * bound))


def _durations(view: MachineView, state: State) -> Sequence[float]:
    found = view.evidence.get(state.name)
    return found.durations if found else ()


def _missing(view: MachineView, state: State) -> Hint:
    usual = longest_usual(_durations(view, state))
    beat = (
        " Give the callback a HeartbeatSeconds too."
        if "waitForTaskToken" in (state.integration or "")
        else ""
    )
    if usual is None:
        value = "Set TimeoutSeconds; too few successes were read to say to what."
    else:
        bound, share = usual
        value = (
            f"{1 - share:.0%} of successful tries end within {span(bound)}: set TimeoutSeconds "
            f"to {_value(bound)}."
        )
    return _hint(
        view,
        state,
        MISSING,
        f"Set a time-out on {shown(state.name)}",
        f"{shown(state.name)} waits for {shown(state.integration or '')} without a time-out, so "
        f"one that never answers holds the execution for up to a year. {value}{beat}",
        {**state.asl, "TimeoutSeconds": _value(usual[0])} if usual else None,
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
    seen = (
        f"{plural(len(ran), 'execution')} ended by the time-out of {span(limit)} in "
        f"{shown(state.name)}, and {1 - share:.0%} of successful tries end within {span(bound)}."
    )
    if bound > _NEAR * limit:
        value = _value(bound)
        title = f"Give {shown(state.name)} more time"
        text = f"{seen} Good tries come close to the limit: set TimeoutSeconds to {value}."
    elif ROOM * bound < _FAR * limit:
        value = _value(bound)
        title = f"Let {shown(state.name)} fail sooner"
        text = f"{seen} What takes longer hangs: TimeoutSeconds {value} ends it sooner."
    else:
        return
    asl = {**state.asl, "TimeoutSeconds": value}
    yield _hint(view, state, VALUE, title, text, asl, len(ran))


_NEAR, _FAR = 0.8, 0.5


def _hint(
    view: MachineView,
    state: State,
    kind: str,
    title: str,
    text: str,
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
