"""Executions that are stuck: they run far longer than those of their state machine that succeed.

CloudWatch tells in which machines more executions began than closed; these are listed, and where
one has run for long it is held against the machine's successes, and its history read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sfn_digest.aws import Account
from sfn_digest.aws.account_errors import FRUITLESS, OutOfTimeError
from sfn_digest.errors import AccountError
from sfn_digest.history.timeline import Waiting, waiting_for
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.model.executions import StateMachine
from sfn_digest.model.stuck import Running, StuckExecution, StuckMachine
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.failures import read_success
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope
from sfn_digest.retry.hints.machine import rounded_up

MOST_SECONDS = 90.0
"""How long all of it may take, whoever waits for it."""

MOST_MACHINES, MOST_PAGES = 20, 3
"""Machines of which running executions are listed, and calls for each."""

MOST_HISTORIES, EACH = 20, 5
"""Histories that are read, in all and of one machine."""

TIMES = 3.0
"""How many times as long as the longest success an execution must have run."""

LEAST_SECONDS = 900.0
"""What runs for less is not stuck, however quick the successes."""

ENOUGH_SUCCESSES = 5
"""Successes that tell what is usual; with fewer, see `A_DAY`."""

A_DAY = 86_400.0
"""Where too few successes are known, what has waited so long for an answer without a limit."""


@dataclass(slots=True)
class _Search:
    """The search of one report; `left` histories may be read. `unread` machines were not listed."""

    run: Run
    account: Account
    known: Mapping[str, Successes]
    left: int = MOST_HISTORIES
    unread: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)
    """Why it is not known where executions of a machine wait."""

    @property
    def now(self) -> datetime:
        """Ages are those at the end of the window."""
        return self.run.request.window.end

    def age(self, each: Running) -> float:
        return (self.now - each.since).total_seconds()


def find_stuck(run: Run, scope: Scope, evidence: Evidence) -> tuple[StuckMachine, ...]:
    """The machines in scope with stuck executions; those with most first."""
    deadline = min(run.deadlines.changes, run.account.now() + MOST_SECONDS)
    search = _Search(run, run.account.until(deadline), evidence.successes)
    standard = {each.arn: each for each in scope.machines if each.type != "EXPRESS"}
    opened = search.account.running.open(tuple(standard.values()), run.request.window)
    chosen = sorted(opened, key=lambda arn: (-opened[arn], arn))
    search.unread += len(chosen[MOST_MACHINES:])
    found = list(_of_machines(search, [standard[arn] for arn in chosen[:MOST_MACHINES]]))
    for note in _notes(search):
        run.account.note(note, left_out=False)
    return tuple(sorted(found, key=lambda each: (-each.executions, each.machine_arn)))


def _of_machines(search: _Search, machines: Sequence[StateMachine]) -> Iterator[StuckMachine]:
    for at, machine in enumerate(machines):
        try:
            stuck = _of_machine(search, machine)
        except FRUITLESS:
            search.unread += len(machines[at:])
            return
        except AccountError as error:
            search.refused[machine.name] = error.sentence
            continue
        if stuck is not None:
            yield stuck


def _of_machine(search: _Search, machine: StateMachine) -> StuckMachine | None:
    running, complete = search.account.running.list(machine.arn, MOST_PAGES)
    old = [each for each in running if search.age(each) >= LEAST_SECONDS]
    if not old:
        return None
    durations = _durations(search, machine)
    if len(durations) >= ENOUGH_SUCCESSES:
        usual = max(durations)
        late = [each for each in old if search.age(each) > max(LEAST_SECONDS, TIMES * usual)]
        stuck = [_stuck(search, each, _waiting(search, each)) for each in late[:EACH]]
        limit = rounded_up(max(60.0, 2 * usual))
        return _machine(machine, len(late), durations, limit, stuck, complete=complete)
    late = [each for each in old if search.age(each) >= A_DAY]
    seen = [(each, _waiting(search, each)) for each in late[:EACH]]
    stuck = [_stuck(search, each, waits) for each, waits in seen if _has_no_limit(waits)]
    return _machine(
        machine, len(stuck), durations, None, stuck, complete=complete and len(late) <= EACH
    )


def _machine(
    machine: StateMachine,
    number: int,
    durations: Sequence[float],
    limit: int | None,
    stuck: Sequence[StuckExecution],
    *,
    complete: bool,
) -> StuckMachine | None:
    if not number:
        return None
    usual = max(durations) if limit is not None else None
    return StuckMachine(machine.arn, number, complete, len(durations), usual, limit, tuple(stuck))


def _durations(search: _Search, machine: StateMachine) -> Sequence[float]:
    """How long the machine's successes took, as far as one call tells."""
    found = search.known.get(machine.arn) or search.account.evidence.successes(
        machine,
        search.run.request.window,
        partial(read_success, rules=search.run.rules),
        most_pages=1,
        most_histories=0,
    )
    return [(e.stopped_at - e.started_at).total_seconds() for e in found.listed] if found else []


def _waiting(search: _Search, each: Running) -> Waiting | None:
    """Where it waits; None where that is not known."""
    if search.left <= 0:
        return None
    search.left -= 1
    try:
        return waiting_for(search.account.running.history(each.arn))
    except OutOfTimeError:
        raise
    except AccountError as error:
        search.unseen[each.machine_arn.rpartition(":")[2]] = error.sentence
        return None


def _has_no_limit(waits: Waiting | None) -> bool:
    """Whether it waits for an answer that nothing makes it give up on."""
    called = (waits.integration if waits else None) or ""
    answers = called == "activity" or called.endswith(".waitForTaskToken")
    return waits is not None and answers and waits.timeout is None and waits.heartbeat is None


def _stuck(search: _Search, each: Running, waits: Waiting | None) -> StuckExecution:
    return StuckExecution(
        execution_arn=each.arn,
        running_seconds=search.age(each),
        state=waits.state if waits else None,
        state_seconds=(search.now - waits.entered_at).total_seconds() if waits else None,
        integration=waits.integration if waits else None,
        timeout_seconds=waits.timeout if waits else None,
        heartbeat_seconds=waits.heartbeat if waits else None,
        taken=waits.taken if waits else True,
    )


def _notes(search: _Search) -> Iterator[Message]:
    if search.unread:
        yield ngettext(
            "{n} state machine was not checked for stuck executions.",
            "{n} state machines were not checked for stuck executions.",
            search.unread,
        )
    for name, reason in sorted(search.refused.items()):
        yield Message(
            "Running executions of {machine} could not be listed: {reason}",
            machine=name,
            reason=reason,
        )
    for name, reason in sorted(search.unseen.items()):
        yield Message(
            "It is unknown where running executions of {machine} wait: {reason}",
            machine=name,
            reason=reason,
        )
