"""States of Express failures that no log tells of, where the definition leaves one alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from sfn_digest import guard
from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.asl.implied_state import LoggedEnd, implied_state
from sfn_digest.guard import Guard
from sfn_digest.history import read_history
from sfn_digest.model.executions import Failure, HistoryEvent

Events = Mapping[str, Sequence[HistoryEvent]]
"""What was logged of executions, newest first, by ARN."""


def with_implied_states(
    failures: Iterable[Failure],
    events: Events,
    definition: Callable[[str], str | None],
    behind: Guard,
) -> Iterator[Failure]:
    """The failures, those without a state with the one that their machine's definition implies.

    `definition` gives a machine's, as it is now; it is asked for at most once a machine.
    """

    @cache
    def read(machine_arn: str) -> Definition | None:
        text = definition(machine_arn)
        if text is None:
            return None
        return behind.result_of(guard.DEFINITION, partial(read_definition, text), None)

    for each in failures:
        yield _implied(each, events, read) if _is_wanted(each) else each


def _is_wanted(failure: Failure) -> bool:
    return failure.state is None and failure.execution.status == "FAILED"


def _implied(failure: Failure, events: Events, read: Callable[[str], Definition | None]) -> Failure:
    logged = events.get(failure.execution.arn, ())
    told = read_history(iter([logged]))
    definition = read(failure.execution.machine_arn) if logged else None
    if definition is None:
        return failure
    end = LoggedEnd(told.event_type, told.integration, told.error)
    state = implied_state(definition, end)
    return replace(failure, state=state, state_implied=state is not None)
