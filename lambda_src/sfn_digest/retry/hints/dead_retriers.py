"""Retriers that cannot do what their author meant: names that match nothing, or come too late."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sfn_digest.asl.definition import Retrier, State
from sfn_digest.asl.edit import as_asl
from sfn_digest.asl.error_names import differ_by_a_letter, meant
from sfn_digest.asl.matching import ALL, BEYOND_ALL, TASK_FAILED, covers, retrier_for, takes
from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import MachineView, hint_on, listed, shown
from sfn_digest.retry.hints.misspelled import instead_of, misspelled
from sfn_digest.retry.observations.visits import Visit

KIND = "dead_retrier"
STOP_WORDS = frozenset(
    {
        "CannotPullContainerError",
        "EssentialContainerExited",
        "OutOfMemoryError",
        "ResourceInitializationError",
        "ServiceSchedulerInitiated",
        "SpotInterruption",
        "TaskFailedToStart",
        "TerminationNotice",
    }
)
"""What ECS says of a stopped task, in the cause alone: the error is always States.TaskFailed."""


@dataclass(frozen=True, slots=True)
class _Miss:
    """A name that was meant for an error which it does not take."""

    name: str
    error: str
    why: Message


def dead_retriers(view: MachineView) -> Iterator[Hint]:
    """Hints on every state's retriers, as far as what happened or the rules show them dead."""
    for state in view.definition.states.values():
        # What two retriers spell alike is told once: the second would not be reached either.
        told: dict[tuple[str, bool], Hint] = {}
        for hint in _of_state(view, state):
            told.setdefault((str(hint.title), "Catch" in (hint.patched or {})), hint)
        yield from told.values()


def _of_state(view: MachineView, state: State) -> Iterator[Hint]:
    visits = [visit for visit in view.visits(state.name) if visit.last.error]
    for place, retrier in enumerate(state.retriers):
        yield from _missing(view, state, retrier, visits)
        yield from _shadowed(view, state, place)
    yield from _beyond_all(view, state, visits)
    yield from misspelled(view, state, visits)


def _missing(
    view: MachineView, state: State, retrier: Retrier, visits: list[Visit]
) -> Iterator[Hint]:
    for name in retrier.errors:
        meant = [v for v in visits if _miss(name, v, view, state) and not _taken(retrier, v, state)]
        if not meant:
            continue
        miss = _miss(name, meant[0], view, state)
        if miss is not None:
            yield _missing_hint(view, state, retrier, miss, meant)


def _taken(retrier: Retrier, visit: Visit, state: State) -> bool:
    return takes(retrier.errors, visit.last.error, heartbeat=state.heartbeat is not None)


def _miss(name: str, visit: Visit, view: MachineView, state: State) -> _Miss | None:
    error = visit.last.error
    if name in (ALL, error) or meant(name):
        return None
    why = _why_spelling(name, error)
    if why is None and error == TASK_FAILED:
        why = _why_in_the_cause(name, visit, view, state)
    return _Miss(name, error, why) if why else None


def _why_spelling(name: str, error: str) -> Message | None:
    if name.casefold() == error.casefold():
        return Message("error names are case-sensitive")
    if differ_by_a_letter(name, error):
        return Message("the names differ by a letter")
    if _prefixed_alike(name, error) and not name.startswith("States."):
        return Message("the error has a different prefix")
    return None


def _prefixed_alike(one: str, other: str) -> bool:
    """Whether two names end alike, and their prefixes are no two services or packages."""
    (*_, last), (*_, ending) = one.rsplit(".", 1), other.rsplit(".", 1)
    before = [name.casefold().rpartition(".")[0] for name in (one, other)]
    return last == ending and (before[0] in before[1] or before[1] in before[0])


def _why_in_the_cause(name: str, visit: Visit, view: MachineView, state: State) -> Message | None:
    if state.is_ecs_job and name.rsplit(".", 1)[-1] in STOP_WORDS:
        return Message("ECS gives the stop reason only in the cause")
    if name == _leaf(view, visit):
        return Message("a child execution's own error is only in the cause")
    return None


def _leaf(view: MachineView, visit: Visit) -> str | None:
    """The error at the root of a visit's execution, such as a child execution's."""
    return next(
        (f.diagnosis.error for f in view.failures if f.execution.arn == visit.execution), None
    )


def _missing_hint(
    view: MachineView, state: State, retrier: Retrier, miss: _Miss, meant: list[Visit]
) -> Hint:
    heals = all(visit.last.nature == "transient" for visit in meant)
    taken = retrier_for(state.retriers, miss.error) is not None
    narrow = heals and not taken and miss.error != TASK_FAILED
    names = tuple(miss.error if name == miss.name else name for name in retrier.errors)
    mended = replace(retrier, errors=tuple(dict.fromkeys(names)))
    retry = [
        {**asl, "ErrorEquals": list(mended.errors)} if known is retrier else asl
        for known, asl in zip(state.retriers, state.asl["Retry"], strict=True)
    ]
    return hint_on(
        view,
        state.name,
        meant,
        kind=KIND,
        errors=(miss.error,),
        retrier=as_asl(mended) if narrow else None,
        title=Message(
            "Replace {name} with {error} in {state}"
            if narrow
            else "{name} matches nothing in {state}",
            error=shown(miss.error),
            state=shown(state.name),
            name=shown(miss.name),
        ),
        text=sentences(
            _missed(state, miss, len(meant)),
            NO_MESSAGE if narrow else _TAKEN if taken else instead_of(miss.error, meant),
        ),
        patched={"Retry": retry} if narrow else None,
    )


_TAKEN = Message("Another retrier matches that error, so remove the name.")


def _missed(state: State, miss: _Miss, times: int) -> Message:
    return Message(
        "{name} never matched: {state} failed {times} with {error}, which this retrier does "
        "not match because {why}.",
        name=shown(miss.name),
        times=ngettext("once", "{n} times", times),
        state=shown(state.name),
        error=shown(miss.error),
        why=miss.why,
    )


def _shadowed(view: MachineView, state: State, place: int) -> Iterator[Hint]:
    retrier, earlier = state.retriers[place], state.retriers[:place]
    taken = [name for other in earlier for name in other.errors]
    misplaced = ALL in retrier.errors and (
        len(retrier.errors) > 1 or place + 1 < len(state.retriers)
    )
    hidden = bool(taken) and all(any(covers(t, name) for t in taken) for name in retrier.errors)
    if hidden:
        earlier_names = listed(dict.fromkeys(taken))
        why = Message(
            "earlier retriers already match everything it names: {names}", names=earlier_names
        )
    elif misplaced:
        why = Message("{all} must be alone in the last retrier", all=ALL)
    else:
        return
    yield _plain(
        view,
        state,
        retrier.errors,
        Message(
            "Retrier {place} of {state} is never used", place=place + 1, state=shown(state.name)
        ),
        Message(
            "The retrier for {errors} in {state} is never used as written: {why}. Put the "
            "narrower retrier first, or remove this one.",
            errors=listed(retrier.errors),
            state=shown(state.name),
            why=why,
        ),
        [],
    )


def _beyond_all(view: MachineView, state: State, visits: list[Visit]) -> Iterator[Hint]:
    names = [*(r.errors for r in state.retriers), *(c.errors for c in state.catchers)]
    broad = any(ALL in each for each in names)
    missed = [visit for visit in visits if visit.last.error in BEYOND_ALL]
    if broad and missed:
        errors = tuple(sorted({visit.last.error for visit in missed}))
        yield _plain(
            view,
            state,
            errors,
            Message("{all} does not match {errors}", all=ALL, errors=listed(errors)),
            Message(
                "{failures} of {state} had the error {errors}, which {all} does not retry: "
                "fix the data or the definition.",
                failures=ngettext("{n} failure", "{n} failures", len(missed)),
                state=shown(state.name),
                errors=listed(errors),
                all=ALL,
            ),
            missed,
        )


def _plain(
    view: MachineView,
    state: State,
    errors: tuple[str, ...],
    title: Message,
    text: Message,
    visits: list[Visit],
) -> Hint:
    return hint_on(
        view,
        state.name,
        visits,
        kind=KIND,
        errors=errors,
        title=title,
        text=text,
    )
