"""The successes of machines that failed, listed and read within a budget of calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sfn_digest.aws import Account
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Failure, StateMachine
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.run import Run
from sfn_digest.retry.hints.machine import listed

MOST_PAGES = 5
"""Calls that list a machine's successes, 1,000 each."""
MOST_SAMPLED = 20
"""Histories that tell how long a state usually takes, where its timeout ended an execution, or
what a Catch takes: 19 give a bound that 95 % of attempts keep."""
LEAST_CALLS, CALLS_A_FAILURE, MOST_CALLS = 400, 2, 1000
"""The budget of calls for successes of all machines: it grows with the failures to explain."""


def budget(failures: Sequence[Failure]) -> int:
    """The calls for successes of all machines."""
    return min(MOST_CALLS, LEAST_CALLS + CALLS_A_FAILURE * len(failures))


@dataclass(frozen=True, slots=True)
class SuccessReading:
    """How successes are read: with at most so many `calls`, a sample of the machines `sampled`, and
    those next `after` some moments, by machine ARN.
    """

    run: Run
    account: Account
    calls: int
    sampled: Collection[str] = ()
    after: Mapping[str, Sequence[datetime]] = field(default_factory=dict)

    def why_not(self, left: int) -> Message | None:
        """Why no more are read, with so many calls left."""
        if not self.run.request.successes:
            return Message("reading successes is turned off")
        if self.account.is_over():
            return Message("time ran out")
        if left <= 1:
            return Message(
                "the budget of {calls} calls for reading successes was used up", calls=self.calls
            )
        return None

    def of(self, machine: StateMachine, left: int, *, histories: bool = True) -> Successes | None:
        """The successes of a machine; None where they cannot be listed."""
        most = min(self.run.request.successes, left - 1) if histories else 0
        return self.account.evidence.successes(
            machine,
            self.run.request.window,
            partial(read_success, rules=self.run.rules),
            most_pages=min(MOST_PAGES, left - 1),
            most_histories=most,
            sample=MOST_SAMPLED if machine.arn in self.sampled else 0,
            after=self.after.get(machine.arn, ()),
        )

    def spent(self) -> int:
        """The calls that were made so far, whatever for."""
        return sum(self.account.usage().api_calls.values())


def read_successes(
    reading: SuccessReading, machines: Sequence[StateMachine], listed_only: Sequence[StateMachine]
) -> tuple[dict[str, Successes], tuple[Message, ...]]:
    """The successes of the machines by ARN, until time or budget ends, and what is to be said then.

    Of others it is enough that they are listed, for how long executions take: nothing is said of
    those left out, since their hints say that no success tells.
    """
    before, known = reading.spent(), dict[str, Successes]()
    others = [each for each in listed_only if each not in machines]
    for at, machine in enumerate([*machines, *others]):
        left = reading.calls - (reading.spent() - before)
        if why := reading.why_not(left):
            return known, _not_evaluated(machines[at:], why)
        found = reading.of(machine, left, histories=at < len(machines))
        if found is not None:
            known[machine.arn] = found
    return known, ()


def _not_evaluated(machines: Sequence[StateMachine], why: Message) -> tuple[Message, ...]:
    if not machines:
        return ()
    return (
        Message(
            "Retries of {machines} were not evaluated: {why}.",
            machines=listed([machine.name for machine in machines]),
            why=why,
        ),
    )
