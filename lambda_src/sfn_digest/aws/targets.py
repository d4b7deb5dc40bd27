"""Which machines to list, and in which statuses: those that CloudWatch saw fail, and a few of the
others in rotation, since its figures are best-effort.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    ExecutionCounts,
    StateMachine,
    UnsuccessfulStatus,
    Window,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A machine and status to list, with what CloudWatch counted; None where it is not known."""

    machine: StateMachine
    status: UnsuccessfulStatus
    expected: int | None


def failing_targets(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> Sequence[Target]:
    """What failed, and what may have: the machines absent from `counts` in every status."""
    return [each for each in _every(machines, counts) if each.expected != 0]


def targets_in_rotation(
    machines: Sequence[StateMachine],
    counts: Mapping[str, ExecutionCounts],
    window: Window,
    number: int,
) -> Sequence[Target]:
    """So many of those that CloudWatch counts no failure of: others for each window, in turn."""
    quiet = sorted(
        (each for each in _every(machines, counts) if each.expected == 0),
        key=lambda each: (UNSUCCESSFUL.index(each.status), each.machine.arn),
    )
    if not quiet:
        return []
    turn = window.end.timestamp() // (window.end - window.start).total_seconds()
    begin = int(turn) * number % len(quiet)
    return list(islice(cycle(quiet), begin, begin + min(number, len(quiet))))


def _every(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> Iterator[Target]:
    for machine in machines:
        counted = counts.get(machine.arn)
        numbers = (
            (None, None, None)
            if counted is None
            else (counted.failed, counted.timed_out, counted.aborted)
        )
        for status, number in zip(UNSUCCESSFUL, numbers, strict=True):
            yield Target(machine, status, number)
