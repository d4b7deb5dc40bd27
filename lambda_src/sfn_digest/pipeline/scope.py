"""Which state machines a report is about: those with the tag or all, and of those, who chooses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase

from sfn_digest import guard
from sfn_digest.errors import NothingTaggedError, UnknownMachineError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import ExecutionCounts, Failure, StateMachine, Tag
from sfn_digest.model.logs import MachineLogs
from sfn_digest.pipeline.map_run_children import ReadMapRun
from sfn_digest.pipeline.run import Run


@dataclass(frozen=True, slots=True)
class Scope:
    """The machines that were asked for, of so many to choose `among`.

    `counts` are their executions in the window by ARN. `all_machines`: those to choose among
    are all of the Region, tagged or not.
    """

    among: int
    machines: tuple[StateMachine, ...]
    counts: Mapping[str, ExecutionCounts]
    all_machines: bool

    @property
    def account_id(self) -> str:
        """The account is the fifth part of any of its ARNs."""
        return self.machines[0].arn.split(":")[4]


_WAITING = 0.8
"""The part of the time for counting that may be spent on waiting for figures."""

Pick = Callable[[Scope], Sequence[StateMachine]]
"""Chooses at least one of a scope's machines, such as by asking a person."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found: the machines that were looked at, and their failures."""

    scope: Scope
    failures: tuple[Failure, ...]
    logs: tuple[MachineLogs, ...] = ()
    """What was made of the logs of Express machines."""
    map_runs: tuple[ReadMapRun, ...] = ()
    """The Map runs in which children failed."""

    @property
    def machines(self) -> tuple[StateMachine, ...]:
        """The machines that were asked for."""
        return self.scope.machines

    @property
    def standard_failures(self) -> tuple[Failure, ...]:
        """Those that have a history to read: of most Express executions only the end is known."""
        express = {each.arn for each in self.machines if each.type == "EXPRESS"}
        return tuple(each for each in self.failures if each.execution.machine_arn not in express)


@dataclass(frozen=True, slots=True)
class Found:
    """The machines that a run asks for, before their executions are counted; as in Scope."""

    among: int
    machines: tuple[StateMachine, ...]
    all_machines: bool

    def counted(self, counts: Mapping[str, ExecutionCounts]) -> Scope:
        """The same with the executions in the window."""
        return Scope(self.among, self.machines, counts, self.all_machines)


def in_scope(run: Run, pick: Pick | None = None) -> Scope:
    """The machines that a run asks for, and what `pick` chooses of them."""
    return count_executions(run, find_machines(run, pick), pick)


def find_machines(
    run: Run, pick: Pick | None = None, met: Callable[[Iterable[str]], None] = lambda _: None
) -> Found:
    """The machines that a run asks for; `met` is given the ARNs of tagged ones as they are found,
    where all of these are asked for.

    Where a person picks and no machine carries the tag, all machines are there to pick from.
    Raises NothingTaggedError where there is none to choose from, UnknownMachineError where
    the request names one that is not among them, and AccountError where AWS refuses.
    """
    request, account = run.request, run.account.until(run.deadlines.reading)
    notify = (lambda _: None) if request.machines else met
    tagged = () if request.all_machines else account.tagged_machines(request.tag, notify)
    every = request.all_machines or (pick is not None and not tagged)
    machines = account.all_machines() if every else tagged
    if not machines:
        raise NothingTaggedError(
            _no_machine(account.region) if every else _nothing_tagged(request.tag, account.region)
        )
    chosen = choose_machines(machines, request.machines, None if every else request.tag)
    return Found(len(machines), chosen, every)


def _settles_at(run: Run) -> datetime:
    return run.request.window.end + timedelta(seconds=run.request.settle_seconds)


def has_settled(run: Run) -> bool:
    """Whether CloudWatch's figures of the whole window have come."""
    return not run.request.settle_seconds or _settles_at(run) <= datetime.now(UTC)


def count_executions(run: Run, found: Found, pick: Pick | None = None) -> Scope:
    """What was found, with its executions in the window, once CloudWatch's figures have come."""
    in_time, window = run.account.until(run.deadlines.counting), run.request.window
    most = _WAITING * max(0.0, run.deadlines.counting - in_time.now())
    if run.request.settle_seconds and not in_time.wait_until(_settles_at(run), most=most):
        in_time.note(_unsettled(), left_out=False)
    counts = run.guard.result_of(guard.COUNTS, lambda: in_time.counts(found.machines, window), {})
    scope = found.counted(counts)
    if pick is None:
        return scope
    # Who picks sees what the report will say, which counts a redriven execution once, and
    # successes to the minute.
    ended = [
        each for each in found.machines if each.arn in counts and counts[each.arn].unsuccessful
    ]
    once = (
        run.guard.result_of(guard.COUNTS, lambda: in_time.counts(ended, window, once=True), {})
        if ended
        else {}
    )
    picked = tuple(pick(replace(scope, counts={**counts, **once})))
    exactly = {arn: replace(counts[arn], succeeded=each.succeeded) for arn, each in once.items()}
    return replace(scope, machines=picked, counts={**counts, **exactly})


def _unsettled() -> Message:
    return Message(
        "CloudWatch's figures for the last few minutes may be incomplete: a state machine "
        "that first failed then appears in the next report."
    )


def choose_machines(
    machines: Sequence[StateMachine], patterns: Sequence[str], tag: Tag | None
) -> tuple[StateMachine, ...]:
    """Of the machines with the tag, or of all where it is None, those that the request names.

    All of them where it names none. A pattern is a name, an ARN, or a glob over names. Raises
    UnknownMachineError for a pattern that none of them matches.
    """
    for pattern in patterns:
        if not any(_matches(machine, pattern) for machine in machines):
            raise UnknownMachineError(_unknown(pattern, machines, tag))
    if not patterns:
        return tuple(machines)
    return tuple(m for m in machines if any(_matches(m, pattern) for pattern in patterns))


def _matches(machine: StateMachine, pattern: str) -> bool:
    return machine.arn == pattern or fnmatchcase(machine.name, pattern)


def _unknown(pattern: str, machines: Sequence[StateMachine], tag: Tag | None) -> str:
    names = [machine.name for machine in machines]
    near = get_close_matches(pattern, names, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}? If not, " if near else ""
    if tag is None:
        return (
            f"No state machine matches {quoted(pattern)} (there are {len(names)}): {meant}check "
            "the name and the Region."
        )
    return (
        f"No state machine with the tag {tag} matches {quoted(pattern)} ({len(names)} tagged): "
        f"{meant}check the name, tag the machine {tag}, or include machines without the tag "
        "(--all-machines)."
    )


def _nothing_tagged(tag: Tag, region: str) -> str:
    return (
        f"No state machine in {region} has the tag {tag}: tag the ones to report on (aws "
        "stepfunctions tag-resource --resource-arn ARN --tags "
        f"key={tag.key},value={tag.value}), or name another tag or Region."
    )


def _no_machine(region: str) -> str:
    return f"There are no state machines in {region}: name another Region or account."
