"""What needs somebody: the few findings that a digest leads with, ranked by what can be done.

First what changed (a cause that is new to a machine, a machine whose own failure rate jumped),
then the change that would recover most, then what goes on unresolved. Size decides only among
equals: a machine that breaks after its definition changed matters more than one that has always
failed a little. A single new failure among many successes is no change yet, as rare causes come
and go: it stands with what goes on. And where a change of a Retry would recover more than the
last of the lines is about, one line is its.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sfn_digest.model.comparison import CauseChange, DefinitionChange
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.machine_tags import environment_rank
from sfn_digest.model.report import Hint, MachineReport, Report
from sfn_digest.model.sample import Estimate, together
from sfn_digest.report import presenter as view
from sfn_digest.report.statistics import is_jump

Why = Literal["new_cause", "jump", "recoverable", "unresolved"]
"""Why somebody should look: see the module's first lines."""

MOST = 3
"""Findings that are read in thirty seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs somebody.

    `failures` are the executions of this period that it is about, `caused` those by the cause,
    `before` the failures of the period before where they are known. `state` is where the cause
    struck, or struck most, and then `elsewhere` too. `since` is when the
    first of this period ended; `definition` the change shortly before it. `hint` is the change
    that would recover most of them. `last_at` is when a cause that came back had struck last;
    `periods` in how many in a row the cause has struck, 0 where that is not known.
    """

    why: Why
    machine: MachineReport
    cause: str | None
    state: str | None
    failures: int
    caused: int
    before: int | None
    since: datetime | None = None
    definition: DefinitionChange | None = None
    hint: Hint | None = None
    last_at: datetime | None = None
    periods: int = 0
    elsewhere: bool = False
    estimated: Estimate | None = None
    """What `caused` says of all failures, where it counts those of a sample."""


def attention(report: Report) -> tuple[Finding, ...]:
    """Give what needs somebody, at most MOST and one a machine, the most pressing first."""
    taken: dict[str, Finding] = {}
    for found in _ranked(report):
        # What people stopped themselves needs nobody.
        if found.failures and found.machine.unexpected_failures:
            before = taken.setdefault(found.machine.arn, found)
            if _recovers_more(found, before):
                del taken[found.machine.arn]
                taken[found.machine.arn] = found
    ranked = sorted(taken.values(), key=_after_production)
    lead, rest = ranked[:MOST], ranked[MOST:]
    best = next((each for each in rest if _recovers_more(each, lead[-1])), None)
    if best and not any(each.why == "recoverable" for each in lead):
        lead[-1] = best
    return tuple(lead)


def _after_production(found: Finding) -> bool:
    """Say whether a finding is of an environment that is none of production."""
    return environment_rank(found.machine.environment) > environment_rank(None)


def _recovers_more(found: Finding, other: Finding) -> bool:
    """Say whether a change would recover more than another finding is about."""
    changed = other.definition is not None or other.why == "recoverable"
    if found.why != "recoverable" or found.hint is None or changed or other.hint == found.hint:
        return False
    return round(found.hint.recovered.likely) > other.failures


def may_mislead(report: Report) -> bool:
    """Say whether what was not read could change who is named first.

    It could where a machine that was not looked at, or all failures that were left unread, are
    as many as the smallest finding is about.
    """
    read = report.coverage
    if read.complete:
        return False
    unread = read.failures_found - read.failures_read
    if read.machines_scanned < len(report.machines):
        if not read.executions_counted:
            return True
        unseen = [each.failures for each in report.machines if not each.causes]
        unread = max([unread, *unseen])
    least = min((each.failures for each in attention(report)), default=0)
    return unread >= max(1, least)


def _ranked(report: Report) -> Iterator[Finding]:
    new = list(_new_causes(report))
    plain = [each for each in new if not _is_substantial(each, report)]
    changed = [each for each in new if each not in plain]
    jumps = [each for each in _jumps(report) if not _explained(each, changed)]
    yield from sorted([*changed, *jumps], key=lambda each: (not each.definition, -each.failures))
    yield from _recoverable(report)
    # What is new goes before what goes on, where both are as large.
    yield from sorted([*plain, *_unresolved(report)], key=lambda each: -each.failures)


def _is_substantial(found: Finding, report: Report) -> bool:
    """Say whether what is new is more than one failure among many executions."""
    executions = view.executions_of(report, found.machine)
    if found.definition is not None or found.failures > 1 or executions is None:
        return True
    return 2 * found.failures >= executions


def _explained(jump: Finding, new: Sequence[Finding]) -> bool:
    """Say whether what is new in a machine is most of what made its rate jump."""
    own = (each for each in new if each.machine.arn == jump.machine.arn)
    return any(2 * each.failures >= jump.failures for each in own)


def _new_causes(report: Report) -> Iterator[Finding]:
    """What is new: groups of one cause in one machine are one finding, with their first."""
    machines = {machine.arn: machine for machine in report.machines}
    by_cause: dict[tuple[str, str], list[CauseChange]] = {}
    for change in report.before.causes if report.before else ():
        if change.expected or change.change not in ("new", "returned"):
            continue
        if change.machine_arn in machines and change.executions:
            by_cause.setdefault((change.machine_arn, change.cause), []).append(change)
    for (arn, cause), changes in by_cause.items():
        in_states = sum((Counter({c.state: c.executions}) for c in changes), Counter[str | None]())
        state, elsewhere = view.most_struck(in_states)
        yield Finding(
            "new_cause",
            machines[arn],
            cause,
            state,
            in_states.total(),
            in_states.total(),
            0,
            min((each.first_at for each in changes if each.first_at), default=None),
            next((each.definition for each in changes if each.definition), None),
            _hint(report, arn, cause),
            _last_at(changes),
            elsewhere=elsewhere,
            estimated=together((each.executions, each.estimated) for each in changes),
        )


def _last_at(changes: Sequence[CauseChange]) -> datetime | None:
    """When causes that all came back had struck last."""
    last = [each.last_at for each in changes if each.last_at]
    return max(last) if len(last) == len(changes) else None


def _jumps(report: Report) -> Iterator[Finding]:
    for machine in report.machines:
        before = report.before.machines.get(machine.arn) if report.before else None
        if before is None or view.executions_of(report, machine) is None:
            continue
        # What was expected is no news, however much more of it there is.
        expected = machine.failures - machine.unexpected_failures
        now = ExecutionCounts(
            machine.succeeded + expected, machine.unexpected_failures, aborted=machine.aborted
        )
        if machine.unexpected_failures and is_jump(now, before):
            yield _of_machine("jump", report, machine, before.failures)


def _recoverable(report: Report) -> Iterator[Finding]:
    machines = {machine.arn: machine for machine in report.machines}
    worth = [each for each in report.hints if each.sure != "learn" and each.recovered.low > 0]
    for hint in sorted(worth, key=lambda each: -each.recovered.likely):
        if machine := machines.get(hint.machine_arn):
            yield Finding(
                "recoverable",
                machine,
                hint.cause,
                hint.state,
                hint.failures,
                view.caused_of(hint, machine),
                _before(report, hint.machine_arn),
                hint=view.first_step(report, hint),
                periods=_periods(report, hint.machine_arn, hint.cause),
            )


def _unresolved(report: Report) -> Iterator[Finding]:
    for machine in report.machines:
        if machine.unexpected_failures:
            yield _of_machine("unresolved", report, machine, _before(report, machine.arn))


def _of_machine(why: Why, report: Report, machine: MachineReport, before: int | None) -> Finding:
    main = view.main_cause(report, machine)
    cause = main.cause if main else None
    periods = _periods(report, machine.arn, cause) if cause else 0
    return Finding(
        why,
        machine,
        cause,
        main.state if main else None,
        machine.unexpected_failures,
        main.executions if main else 0,
        before,
        hint=_hint(report, machine.arn, cause) if cause else None,
        periods=periods,
        elsewhere=main.elsewhere if main else False,
        estimated=main.estimated if main else None,
    )


def _periods(report: Report, arn: str, cause: str) -> int:
    """In how many periods in a row a cause has struck, by the group that has done so longest."""
    past = report.before.causes if report.before else ()
    return max(
        (
            each.periods
            for each in past
            if (each.machine_arn, each.cause, each.change) == (arn, cause, "repeated")
        ),
        default=0,
    )


def _hint(report: Report, arn: str, cause: str) -> Hint | None:
    """The hint on a machine's cause that would recover most, or what its plan begins with."""
    fitting = [each for each in report.hints if (each.machine_arn, each.cause) == (arn, cause)]
    best = max(fitting, key=lambda each: each.recovered.likely, default=None)
    return best and view.first_step(report, best)


def _before(report: Report, arn: str) -> int | None:
    counts = report.before.machines.get(arn) if report.before else None
    return counts.failures if counts else None
