"""What a backtest of a definition does not replay, in whole sentences."""

from collections.abc import Iterator, Sequence

from sfn_digest.asl.definition import DYNAMIC, Definition, State
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.successes import Successes
from sfn_digest.retry.change.retrier_counters import MOST_RETRIES
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.observations.observed_states import StateEvidence

_HANDLING = frozenset(
    ("Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "Comment", "Next", "End")
)
_INNER = frozenset(("ItemProcessor", "Iterator", "Branches"))


def not_replayed(
    running: Definition,
    changed: Definition,
    evidence: Sequence[StateEvidence],
    successes: Successes | None,
) -> Iterator[Message]:
    """What the figures leave out."""
    failed = {each.state for each in evidence if each.visits}
    gone = sorted(failed - changed.states.keys())
    if gone:
        yield Message(
            "{states} failed, but the changed definition does not hold them: what becomes of their "
            "executions is not known, and they are left as they ran.",
            states=listed(gone),
        )
    both = [
        (running.states[name], changed.states[name])
        for name in sorted(running.states.keys() & changed.states.keys())
    ]
    yield from _holders(both)
    other = [before.name for before, after in both if _differs_otherwise(before, after)]
    if other:
        yield Message(
            "{states} change in more than Retry, Catch and timeouts; that is not replayed.",
            states=listed(other),
        )
    dynamic = [after.name for before, after in both if DYNAMIC in (before.timeout, after.timeout)]
    if dynamic:
        yield Message(
            "The timeout of {states} is only known while an execution runs, and is left out.",
            states=listed(dynamic),
        )
    yield from _uncounted(successes)


def cut_short(states: Sequence[str]) -> Message:
    """Say that not all retries were replayed."""
    return Message(
        "Of the retries that {states} would make, the first {most} of a visit were replayed.",
        states=listed(sorted(states)),
        most=MOST_RETRIES,
    )


def _uncounted(successes: Successes | None) -> Iterator[Message]:
    if successes is None:
        yield Message(
            "No successes were read, so executions that a retry had saved and the change would "
            "lose are not counted."
        )
    elif not successes.complete:
        yield Message(
            "Only the newest {n} successes are counted.",
            n=ngettext("{n} success", "{n} successes", len(successes.listed)),
        )


def _holders(both: Sequence[tuple[State, State]]) -> Iterator[Message]:
    names = [
        before.name
        for before, after in both
        if before.asl.keys() & _INNER and before.retriers != after.retriers
    ]
    if names:
        yield Message(
            "The Retry of {states}, which hold other states, is not replayed.",
            states=listed(names),
        )


def _differs_otherwise(before: State, after: State) -> bool:
    """Whether more of the state differs; the states inside one are looked at on their own."""
    # What stands as ${...} in a template is only known at deployment.
    own = {
        key for key in before.asl.keys() | after.asl.keys() if "${" not in str(after.asl.get(key))
    }
    return any(before.asl.get(key) != after.asl.get(key) for key in own - _HANDLING - _INNER)
