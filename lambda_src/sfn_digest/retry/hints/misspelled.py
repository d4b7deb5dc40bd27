"""Retriers and catchers that name none of Step Functions' errors, though nearly one of them."""

from collections.abc import Iterator, Sequence

from sfn_digest.asl.definition import State
from sfn_digest.asl.edit import with_name
from sfn_digest.asl.error_names import meant, nearly
from sfn_digest.asl.matching import name_takes, takes
from sfn_digest.i18n.message import NO_MESSAGE, Message, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import MachineView, hint_on, shown
from sfn_digest.retry.observations.visits import Visit

KIND = "dead_retrier"


def misspelled(view: MachineView, state: State, visits: Sequence[Visit]) -> Iterator[Hint]:
    """Hints on the names of errors that the state's Retry and Catch spell wrongly.

    `visits` are the state's, with an error each.
    """
    written = {
        "Retry": [retrier.errors for retrier in state.retriers],
        "Catch": [catcher.errors for catcher in state.catchers],
    }
    for field, elements in written.items():
        for place, errors in enumerate(elements):
            for name in errors:
                right = meant(name) or nearly(name)
                if not right or any(right in each for each in elements):
                    continue
                missed = _missed(right, errors, visits)
                if missed and field == "Retry" and not meant(name):
                    continue  # Told as a retrier that missed what it was meant for.
                yield _hint(view, state, field, place, (name, right), missed)


def _missed(right: str, errors: Sequence[str], visits: Sequence[Visit]) -> list[Visit]:
    return [
        visit
        for visit in visits
        if name_takes(right, visit.last.error) and not takes(errors, visit.last.error)
    ]


def _hint(
    view: MachineView,
    state: State,
    field: str,
    place: int,
    names: tuple[str, str],
    missed: Sequence[Visit],
) -> Hint:
    name, right = names
    heals = all(visit.last.nature == "transient" for visit in missed)
    lives = field == "Catch" or heals
    every, mended = with_name(state.asl[field], place, *names)
    title = Message(
        "Replace {name} with {error} in {state}" if lives else "{name} matches nothing in {state}",
        error=shown(right),
        name=shown(name),
        state=shown(state.name),
    )
    return hint_on(
        view,
        state.name,
        missed,
        kind=KIND,
        errors=(right,),
        retrier=mended if lives and field == "Retry" else None,
        title=title,
        text=sentences(
            _text(state, field, names), NO_MESSAGE if lives else _before_retrying(missed)
        ),
        patched={field: every} if lives else None,
    )


def _text(state: State, field: str, names: tuple[str, str]) -> Message:
    return Message(
        "{name}, in {field} of {state}, is not an error name of Step Functions or of a service "
        "that it calls, so it matches nothing. Did you mean {error}?",
        name=shown(names[0]),
        field=field,
        state=shown(state.name),
        error=shown(names[1]),
    )


def instead_of(error: str, missed: Sequence[Visit]) -> Message:
    """What to do where a name is not to be replaced by the error that it missed."""
    natures = {visit.last.nature for visit in missed}
    if natures == {"permanent"}:
        return Message("The cause does not go away by itself, so remove the name.")
    if natures == {"transient"}:
        return Message(
            "Retry {error} instead, or catch it and check the cause in a Choice.",
            error=shown(error),
        )
    return _NOT_ALL_HEALS


def _before_retrying(missed: Sequence[Visit]) -> Message:
    """What is to be done where a retrier would repeat what does not heal."""
    if all(visit.last.nature == "permanent" for visit in missed):
        return Message("What failed here does not go away by itself: fix that first.")
    return _NOT_ALL_HEALS


_NOT_ALL_HEALS = Message(
    "Not all that failed here goes away by itself, so check the causes before retrying it."
)
