"""The hints of a report: definitions and successes read for the machines that failed.

A definition costs a call, a success's history another, so both are read only where a hint may
come of them, and within a budget.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sfn_digest.adoption import StoredHint, taken_up
from sfn_digest.aws import Account
from sfn_digest.i18n.message import Said, counted
from sfn_digest.model.executions import Failure, StateMachine, Window
from sfn_digest.model.report import Hint
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned
from sfn_digest.retry import (
    Definition,
    one_timeout_each,
    read_definition,
    weigh,
    weighing_notes,
    worth_reading,
)
from sfn_digest.retry.hints.machine import listed

MOST_MACHINES = 40
"""Definitions that are read at most: the quota's burst at the default share holds 50 calls."""
MOST_PAGES = 5
"""Calls that list a machine's successes, 1,000 each."""
LEAST_CALLS, CALLS_A_FAILURE, MOST_CALLS = 400, 2, 1000
"""The budget of calls for successes of all machines: it grows with the failures to explain."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What hints rest on beside the failures, by machine ARN, and what was left out of it."""

    definitions: Mapping[str, Definition]
    successes: Mapping[str, Successes]
    notes: tuple[str, ...]


def hints_on(evidence: Evidence, failures: Sequence[Failure], window: Window) -> tuple[Hint, ...]:
    """The hints for a report, best first."""
    return one_timeout_each(weigh(evidence.definitions, failures, evidence.successes, window))


def read_evidence(run: Run, found: Scanned, kept: Sequence[StoredHint] = ()) -> Evidence:
    """The definitions of the machines with most failures, and the successes worth reading.

    So are those of machines with `kept` hints of earlier reports, failed or not: the definition,
    and where it has taken up a hint, the successes. At the run's
    deadline no more successes are read.
    """
    machines, failures = found.machines, found.failures
    failed = Counter(failure.execution.machine_arn for failure in failures)
    chosen = [arn for arn, _ in sorted(failed.items(), key=lambda item: (-item[1], item[0]))]
    by_arn = {machine.arn: machine for machine in machines}
    hinted = [hint.machine_arn for hint in kept if hint.machine_arn in by_arn]
    described = dict.fromkeys([*chosen[:MOST_MACHINES], *hinted])
    definitions = dict(_definitions(run.account, list(described), failures))
    reading = _Reading(run, _budget(failures))
    telling = (*worth_reading(definitions, failures), *taken_up(kept, definitions))
    worth = [by_arn[arn] for arn in dict.fromkeys(telling) if arn in by_arn]
    successes = dict(reading.successes(worth))
    notes = (
        *_fewer(len(chosen[MOST_MACHINES:])),
        *_changed(definitions, failures),
        *_read(successes),
        *reading.left_out(worth, successes),
        *(weighing_notes(failures, successes) if successes else ()),
    )
    return Evidence(definitions, successes, notes)


def _definitions(
    account: Account, arns: Sequence[str], failures: Sequence[Failure]
) -> Iterator[tuple[str, Definition]]:
    for arn in arns:
        ran = {f.execution.machine_version_arn for f in failures if f.execution.machine_arn == arn}
        version = ran.pop() if len(ran) == 1 else None
        text = account.definition(arn, version)
        if text is not None:
            yield arn, read_definition(text)


def _budget(failures: Sequence[Failure]) -> int:
    return min(MOST_CALLS, LEAST_CALLS + CALLS_A_FAILURE * len(failures))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How successes are read; `calls` is the budget for those of all machines."""

    run: Run
    calls: int

    def successes(self, machines: Sequence[StateMachine]) -> Iterator[tuple[str, Successes]]:
        """The successes of the machines by ARN, until time or budget ends."""
        before = self._spent()
        for machine in machines if self.run.request.successes else ():
            left = self.calls - (self._spent() - before)
            if self._late() or left <= 1:
                return
            found, read, complete = self.run.account.successes(
                machine,
                self.run.request.window,
                partial(read_success, rules=self.run.rules),
                most_pages=min(MOST_PAGES, left - 1),
                most_histories=min(self.run.request.successes, left - 1),
            )
            yield machine.arn, Successes(machine.arn, found, read, complete)

    def left_out(
        self, machines: Sequence[StateMachine], successes: Mapping[str, Successes]
    ) -> Iterator[str]:
        """Say of which machines no success was read, and why."""
        names = [machine.name for machine in machines if machine.arn not in successes]
        if not names:
            return
        if not self.run.request.successes:
            why = Said("no successes are to be read")
        elif self._late():
            why = Said("the time for reading was over")
        else:
            why = Said("the {calls:,} calls for reading successes were spent", calls=self.calls)
        yield Said(
            "The retries of {machines} were not weighed, since {why}.",
            machines=listed(names),
            why=why,
        )

    def _spent(self) -> int:
        return sum(self.run.account.usage().api_calls.values())

    def _late(self) -> bool:
        return self.run.deadline is not None and time.monotonic() >= self.run.deadline


def _fewer(left: int) -> Iterator[str]:
    if left:
        yield Said(
            "Hints were looked for in the {most} state machines with most failures; {left} with "
            "fewer were left out.",
            most=MOST_MACHINES,
            left=left,
        )


def _changed(definitions: Mapping[str, Definition], failures: Sequence[Failure]) -> Iterator[str]:
    """Say which states that failed are not in the definition that was read."""
    gone: dict[str, set[str]] = {}
    for failure in failures:
        arn, state = failure.execution.machine_arn, failure.state
        if arn in definitions and state is not None and state not in definitions[arn].states:
            gone.setdefault(arn, set()).add(state)
    for arn, states in sorted(gone.items()):
        yield Said(
            "{states} of {machine} failed, but the definition has changed since and no longer "
            "holds them, so they get no hints.",
            states=listed(sorted(states)),
            machine=listed([arn.rsplit(":", 1)[1]]),
        )


def _read(successes: Mapping[str, Successes]) -> Iterator[str]:
    if successes:
        yield Said(
            "To weigh retries, {listed:,} successes of {machines} were listed and {read:,} of "
            "their histories read.",
            listed=sum(len(each.listed) for each in successes.values()),
            machines=counted(len(successes), "{number} state machine", "{number} state machines"),
            read=sum(len(each.read) for each in successes.values()),
        )
