"""Timeouts and heartbeats, from how long successful attempts take."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.asl.definition import Definition, State
from sfn_digest.asl.matching import TIMEOUT
from sfn_digest.i18n.message import NO_MESSAGE, Message, Msgid, ngettext, sentences
from sfn_digest.model.executions import Failure
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import (
    MachineView,
    about,
    at_most,
    hint_on,
    rounded_up,
    shown,
    span,
)
from sfn_digest.retry.observations.observed_states import StateEvidence
from sfn_digest.retry.observations.slow_successes import came_close
from sfn_digest.retry.observations.visits import Visit
from sfn_digest.retry.terms import awaited, longest_usual

MISSING, VALUE = "missing_timeout", "timeout_value"
ROOM = 2.0
"""How much longer than the bound the hinted timeout is, so that it ends only what hangs."""
LEAST = 60
"""Seconds under which no timeout is hinted: a slow start is no hang."""
_CALLBACK = "waitForTaskToken"
_ALIKE = 1.1


@dataclass(frozen=True, slots=True)
class _Usual:
    """How long a state usually takes: at most `bound` seconds, except in a `share` of the cases.

    They are attempts of executions that stand for all, else whole executions.
    """

    bound: float
    share: float
    attempts: bool


def _usual(view: MachineView, state: State) -> _Usual | None:
    """The closest of the bounds that are known, or the surer of two that are alike; None where
    successes are too few.

    No attempt takes longer than its execution, whose history need not be read for that.
    """
    found = view.evidence.get(state.name)
    kinds = ((True, found.sampled if found else ()), (False, found.within if found else view.took))
    bounds = [
        _Usual(*usual, attempts)
        for attempts, seconds in kinds
        if (usual := longest_usual(seconds)) is not None
    ]
    least = min((each.bound for each in bounds), default=0.0)
    near = [each for each in bounds if each.bound <= _ALIKE * least]
    return min(near, key=lambda each: (each.share, each.bound), default=None)


def limits(view: MachineView, held: Mapping[str, float]) -> Iterator[Hint]:
    """Hints on timeouts that are missing, and on those that good attempts run into.

    `held` are the seconds for which retries may hold an execution of each machine, by its ARN.
    """
    for state in lacking_timeout(view.definition):
        yield _missing(view, state, held.get(awaited(state) or "", 0.0))
    for state in view.definition.states.values():
        yield from _wrong(view, state, held.get(awaited(state) or "", 0.0))


def lacking_timeout(definition: Definition) -> Sequence[State]:
    """The states whose call may never return, and that nothing ends then."""
    if definition.timeout is not None:
        return ()
    states = definition.states.values()
    return [each for each in states if each.waits_for_another and each.timeout is None]


def ended_by_timeout(
    definitions: Mapping[str, Definition], failures: Iterable[Failure]
) -> frozenset[str]:
    """The machines by ARN in which the timeout of a state ended an execution."""
    found = set()
    for failure in failures:
        arn = failure.execution.machine_arn
        state = definitions[arn].states.get(failure.state or "") if arn in definitions else None
        error = failure.attempts[-1].error if failure.attempts else None
        if state is not None and isinstance(state.timeout, float) and error == TIMEOUT:
            found.add(arn)
    return frozenset(found)


def _value(bound: float) -> int:
    """The timeout to set: with room above the bound, and never under a minute."""
    return max(LEAST, rounded_up(ROOM * bound))


def _beyond_all(view: MachineView, state: State, bound: float, held: float) -> int:
    """The timeout to set that would have ended no success that is known, nor one that retries hold
    for longer.
    """
    found = view.evidence.get(state.name)
    longest = max((found.durations if found else ()) or view.took, default=0.0)
    return rounded_up(max(_value(bound), _OVER * longest) + held)


def _missing(view: MachineView, state: State, held: float) -> Hint:
    """The hint to set a timeout, which leaves a child time for the retries that may hold it."""
    usual = _usual(view, state)
    called = state.integration or ""
    endless = Message(
        "{state} waits for {called} without a timeout, so a call that never returns holds the"
        " execution for up to a year.",
        state=shown(state.name),
        called=shown(called),
    )
    callback = Message("Set HeartbeatSeconds for the callback too.")
    beat = callback if _CALLBACK in called else NO_MESSAGE
    limit = _beyond_all(view, state, usual.bound, held) if usual else 0
    value = Message("Set TimeoutSeconds to {value:d}.", value=limit)
    if usual is None:
        value = Message("Set TimeoutSeconds; too few successes were read to suggest a value.")
    return _hint(
        view,
        state,
        MISSING,
        Message("Set a timeout on {state}", state=shown(state.name)),
        sentences(endless, *_takes(usual), *_holds(state, held), value, beat),
        {"TimeoutSeconds": limit} if usual else None,
        (),
    )


def _takes(usual: _Usual | None) -> Iterator[Message]:
    if usual is not None:
        words = Msgid("{share:.0%} of successful attempts finish within {bound}.")
        if not usual.attempts:
            words = Msgid("{share:.0%} of successful executions spend at most {bound} in it.")
        yield Message(words, share=1 - usual.share, bound=at_most(usual.bound))


def _holds(state: State, held: float) -> Iterator[Message]:
    if held:
        child = shown((state.child or "").rsplit(":", 1)[-1])
        words = Msgid("Retries in {child} may hold it for {held} more.")
        yield Message(words, child=child, held=about(held))


def _wrong(view: MachineView, state: State, held: float) -> Iterator[Hint]:
    """A hint on a timeout that ended executions, where it is too short, or far too long."""
    if not isinstance(state.timeout, float):
        return
    limit = state.timeout
    hit = [v for v in view.visits(state.name) if v.last.error == TIMEOUT and v.fatal]
    ran = [v for v in hit if v.last.failed - v.last.at >= _RAN_INTO * limit]
    found = view.evidence.get(state.name)
    if not ran or found is None:
        return
    seen = Message(
        "{executions} hit the timeout of {limit} in {state}.",
        executions=ngettext("{n} execution", "{n} executions", len(ran)),
        limit=span(limit),
        state=shown(state.name),
    )
    change = _raised(found, limit, len(ran)) or _lowered(view, state, limit, held)
    if change is not None:
        title, text = Message(change.title, state=shown(state.name)), sentences(seen, *change.text)
        yield _hint(view, state, VALUE, title, text, {"TimeoutSeconds": change.value}, ran)


_RAN_INTO = 0.95
"""The part of the limit that an attempt took at least which it ended."""


@dataclass(frozen=True, slots=True)
class _Change:
    title: Msgid
    value: int
    text: Sequence[Message]


def _raised(found: StateEvidence, limit: float, ran: int) -> _Change | None:
    """A longer timeout, where enough successes came close to it: even where times have a long tail
    (Pareto's, with an index of 1), one in four comes within a fifth of a limit for each one beyond.
    """
    close = [each for each in found.durations if each > _NEAR * limit]
    near = came_close(found.sampled, found.within, _NEAR * limit, _ALIKE * limit)
    if len(close) < _LEAST_NEAR or _BEYOND * max(len(close), near) < ran:
        return None
    value = _value(max(close))
    text = Message(
        "{near} of {attempts} successful attempts that were read took over {edge}, so some of "
        "those ended may only have needed more time; how much is unknown. Set TimeoutSeconds to "
        "{value:d}.",
        near=len(close),
        attempts=len(found.durations),
        edge=span(_NEAR * limit),
        value=value,
    )
    return _Change(Msgid("Raise the timeout of {state}"), value, [text])


def _lowered(view: MachineView, state: State, limit: float, held: float) -> _Change | None:
    """A shorter timeout, where successes take far less."""
    usual = _usual(view, state)
    if usual is None:
        return None
    value = _beyond_all(view, state, usual.bound, held)
    if value >= _FAR * limit:
        return None
    text = Message(
        "What takes longer is probably stuck: TimeoutSeconds {value:d} ends it {sooner} sooner.",
        value=value, sooner=about(limit - value),
    )  # fmt: skip
    return _Change(Msgid("Lower the timeout of {state}"), value, [*_takes(usual), text])


_NEAR, _FAR = 0.8, 0.5
_LEAST_NEAR, _BEYOND = 2, 4
_OVER = 1.2
"""How much longer than any success that was read a shorter timeout is."""


def _hint(
    view: MachineView,
    state: State,
    kind: str,
    title: Message,
    text: Message,
    patched: dict[str, object] | None,
    ended: Sequence[Visit],
) -> Hint:
    return hint_on(
        view,
        state.name,
        ended,
        kind=kind,
        errors=("States.Timeout",),
        cause="timeout_task",
        title=title,
        text=text,
        sure="likely" if kind == VALUE else "sure",
        patched=patched,
    )
