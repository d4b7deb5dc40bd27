"""What was recovered silently: what retries saved, what a Catch hid, what people redrove.

Nobody hears of executions that succeed. So successes are listed where a definition has a Retry or a
Catch, and some of their histories are read; see `recovery_estimates.py` for which.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sfn_digest import guard
from sfn_digest.aws import Account
from sfn_digest.aws.account_errors import FRUITLESS, OutOfTimeError
from sfn_digest.aws.success_histories import at_once
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import StateMachine
from sfn_digest.model.recoveries import Recoveries
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.recovery_sample import StrataPlan, plan
from sfn_digest.pipeline.representatives import Counted, altogether, counted
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope
from sfn_digest.pipeline.success_reading import MOST_PAGES
from sfn_digest.retry import Definition, read_definition

MOST_SECONDS = 120.0
"""How long all of it may take, whoever waits for it."""

MOST_MACHINES = 25
"""Machines that are looked into: those of which successes are known, then those with most."""

MOST_HISTORIES = 200
"""Histories of successes that are read for it in all; each is a call."""

LEAST_EACH = 10
"""Histories without which nothing is said of a machine that has more successes to read."""

MOST_REDRIVEN = 5
"""Histories of a machine's redriven executions that are read for the time they took."""


@dataclass(slots=True)
class _Reading:
    """The reading of one report; `left` histories may be read, `unread` machines were not."""

    run: Run
    account: Account
    left: int = MOST_HISTORIES
    unread: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def successes(self, machine: StateMachine) -> Successes | None:
        return self.account.evidence.successes(
            machine,
            self.run.request.window,
            partial(read_success, rules=self.run.rules),
            most_pages=MOST_PAGES,
            most_histories=0,
        )

    def read(self, each: Success) -> ReadSuccess | None:
        """The history of a success; None where it cannot be read."""
        try:
            return self.account.evidence.success(each, partial(read_success, rules=self.run.rules))
        except OutOfTimeError:
            raise
        except AccountError as error:
            self.refused.append(error.sentence)
            return None


def read_recoveries(run: Run, scope: Scope, evidence: Evidence) -> Recoveries | None:
    """What the machines in scope recovered from; None where no successes are to be read.

    `evidence` holds what was read of successes before; nothing of it is read again.
    """
    if not run.request.successes:
        return None
    deadline = min(run.deadlines.changes, run.account.now() + MOST_SECONDS)
    reading = _Reading(run, run.account.until(deadline))
    plans = list(_plans(reading, scope, evidence))
    found = list(_counted(reading, plans))
    for note in _notes(reading):
        run.account.note(note, left_out=False)
    return altogether(found)


def _plans(reading: _Reading, scope: Scope, evidence: Evidence) -> Iterator[StrataPlan]:
    window = reading.run.request.window
    middle = window.start + (window.end - window.start) / 2
    known: Mapping[str, Successes] = evidence.successes
    chosen = _most_successes_first(scope, known)
    reading.unread += [each.name for each in chosen[MOST_MACHINES:]]
    for at, machine in enumerate(chosen[:MOST_MACHINES]):
        try:
            definition = evidence.definitions.get(machine.arn) or _definition(reading, machine)
            if definition is None or not _recovers(definition):
                continue
            found = known.get(machine.arn) or reading.successes(machine)
        except FRUITLESS:
            reading.unread += [each.name for each in chosen[at:MOST_MACHINES]]
            return
        if found is not None and found.listed:
            yield plan(found, definition, middle)


def _most_successes_first(scope: Scope, known: Mapping[str, Successes]) -> Sequence[StateMachine]:
    succeeded = {arn: each.succeeded for arn, each in scope.counts.items()}
    standard = [m for m in scope.machines if m.type != "EXPRESS" and succeeded.get(m.arn, 1)]
    return sorted(standard, key=lambda m: (m.arn not in known, -succeeded.get(m.arn, 0), m.arn))


def _definition(reading: _Reading, machine: StateMachine) -> Definition | None:
    text = reading.account.evidence.definition(machine.arn)
    if text is None:
        return None
    return reading.run.guard.result_of(guard.DEFINITION, partial(read_definition, text), None)


def _recovers(definition: Definition) -> bool:
    return any(state.retriers or state.catchers for state in definition.states.values())


def _counted(reading: _Reading, plans: Sequence[StrataPlan]) -> Iterator[Counted]:
    """What was counted, the machines with least to read first, so that others get what they
    leave.
    """
    ordered = sorted(plans, key=lambda each: (each.telling, each.found.machine_arn))
    for at, mine in enumerate(ordered):
        share = reading.left // (len(ordered) - at)
        most = min(share, reading.run.request.successes, mine.telling)
        if most < min(LEAST_EACH, mine.telling):
            reading.unread.append(_name(mine))
            continue
        try:
            drawn = _read(reading, mine, most)
        except OutOfTimeError:
            reading.unread += map(_name, ordered[at:])
            return
        yield counted(mine, drawn)


def _read(reading: _Reading, mine: StrataPlan, most: int) -> Sequence[ReadSuccess]:
    known = {each.execution.arn for each in mine.known}
    redriven = [e for e in mine.found.listed if e.redrive_count and e.arn not in known]
    wanted = [*redriven[:MOST_REDRIVEN], *mine.drawn(most)][: max(0, reading.left)]
    reading.left -= len(wanted)
    return [found for found in at_once(reading.read, wanted) if found is not None]


def _name(mine: StrataPlan) -> str:
    return mine.found.machine_arn.rpartition(":")[2]


def _notes(reading: _Reading) -> Iterator[Message]:
    if reading.unread:
        yield ngettext(
            "What retries saved in {n} state machine is unknown: it had fewer successes than "
            "others, or the time or calls for it ran out.",
            "What retries saved in {n} state machines is unknown: they had fewer successes "
            "than others, or the time or calls for it ran out.",
            len(reading.unread),
        )
    if reading.refused:
        yield ngettext(
            "The history of {n} success could not be read, so what retries saved is less sure: "
            "{reason}",
            "The histories of {n} successes could not be read, so what retries saved is less sure: "
            "{reason}",
            len(reading.refused),
            reason=reading.refused[0],
        )
