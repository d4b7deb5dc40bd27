"""Which machines to list, and in which statuses: only those that CloudWatch saw fail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    ExecutionCounts,
    StateMachine,
    UnsuccessfulStatus,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A machine to list, with what CloudWatch counted by status; None where it is not known.

    A status that is not named is not listed.
    """

    machine: StateMachine
    expected: Mapping[UnsuccessfulStatus, int | None]

    @property
    def failures(self) -> int:
        """How many failures are expected, as far as is known."""
        return sum(number or 0 for number in self.expected.values())


def choose_targets(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> tuple[Target, ...]:
    """The machines that failed, or may have: those absent from `counts` in every status."""
    return tuple(target for target in _targets(machines, counts) if target.expected)


def _targets(
    machines: Sequence[StateMachine], counts: Mapping[str, ExecutionCounts]
) -> Iterator[Target]:
    for machine in machines:
        counted = counts.get(machine.arn)
        if counted is None:
            yield Target(machine, dict.fromkeys(UNSUCCESSFUL))
        else:
            numbers = (counted.failed, counted.timed_out, counted.aborted)
            by_status = zip(UNSUCCESSFUL, numbers, strict=True)
            yield Target(machine, {status: number for status, number in by_status if number})
