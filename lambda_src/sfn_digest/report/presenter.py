"""What every face shows of a report, worked out once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol, TypeAlias

from sfn_digest.model.executions import Nature
from sfn_digest.model.report import FailureReport, Hint, MachineReport, Report
from sfn_digest.model.sample import Estimate


class CauseGuide(Protocol):
    """What to do about a cause; `docs` is the address of a page or empty."""

    @property
    def advice(self) -> str: ...
    @property
    def docs(self) -> str: ...


class CauseText(CauseGuide, Protocol):
    """What the table of causes says of one cause; `integrations` by the service called."""

    @property
    def title(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def nature(self) -> Nature: ...
    @property
    def integrations(self) -> Mapping[str, CauseGuide]: ...


CauseTable: TypeAlias = Mapping[str, CauseText]
"""The table of causes by id."""


@dataclass(frozen=True, slots=True)
class CauseTotal:
    """One cause over all machines: executions that ended by it, failed attempts it cost."""

    cause: str
    executions: int
    attempts: int
    estimated: Estimate | None = None
    """How many executions of all that failed, where `executions` are those of a sample."""

    @property
    def likely(self) -> int:
        """The best guess of how many executions ended by it."""
        return self.estimated.executions if self.estimated else self.executions


@dataclass(frozen=True, slots=True)
class TasksLost:
    """The failed attempts of a report in which Spot took a task away, or it never ran.

    `not_started` counts those by cause, most first.
    """

    interrupted: int
    not_started: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MainCause:
    """The cause that ended most executions of a machine, and the state in which it ended most.

    `elsewhere` is whether it struck other states as well; `state` is None where none had most.
    """

    cause: str
    executions: int
    state: str | None
    elsewhere: bool
    estimated: Estimate | None = None


def executions_of(report: Report, machine: MachineReport) -> int | None:
    """Give how many of a machine's executions closed; None where successes are not known."""
    counted = report.coverage.executions_counted
    return machine.succeeded + machine.unsuccessful if counted else None


def failing_machines(report: Report) -> tuple[MachineReport, ...]:
    """Give the machines with failures, in the report's order."""
    return tuple(machine for machine in report.machines if machine.failures)


def cause_totals(report: Report) -> list[CauseTotal]:
    """Give every cause over all machines, most executions first, then most attempts.

    A parent that repeats its child's failure counts once with it.
    """
    executions: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    for failure in report.failures:
        if failure.root == failure.execution_arn:
            executions[failure.cause] += 1
            attempts.update(failure.failed_attempts)
    causes = executions.keys() | attempts.keys()
    about = report.estimated_of(None)
    totals = [
        CauseTotal(cause, executions[cause], attempts[cause], about.get(cause)) for cause in causes
    ]
    return sorted(totals, key=lambda total: (-total.likely, -total.attempts, total.cause))


def integrations(
    machines: Iterable[MachineReport], cause: str, state: str | None = None
) -> list[str]:
    """Give the services that a cause struck, in any state or in this one, most failures first."""
    struck: Counter[str] = Counter()
    for machine in machines:
        for row in machine.causes:
            if row.cause == cause and state in (None, row.state):
                struck[row.integration] += 1 + row.likely + row.failed_attempts
    return [integration for integration, _ in struck.most_common()] or [""]


NO_REASON = "task_start_failure"
"""The cause of a task that never ran where its platform did not say why."""
_REFUSED = ("throttling", "concurrency_limit", "service_quota")


def never_ran(failure: FailureReport) -> dict[str, int]:
    """Count an execution's tasks that did not start, by reason, most first.

    A call that was refused for its rate or for concurrency is none of them.
    """
    return {
        cause: count for cause, count in failure.start_failures.items() if cause not in _REFUSED
    }


def tasks_lost(report: Report) -> TasksLost:
    """Count Spot interruptions and start failures; a parent that repeats its child's failure
    counts once with it.
    """
    interrupted, not_started = 0, Counter[str]()
    for failure in report.failures:
        if failure.root == failure.execution_arn:
            interrupted += failure.failed_attempts.get("spot_interruption", 0)
            not_started.update(never_ran(failure))
    most_first = sorted(not_started.items(), key=lambda it: (it[0] == NO_REASON, -it[1], it[0]))
    return TasksLost(interrupted, dict(most_first))


def main_cause(report: Report, machine: MachineReport) -> MainCause | None:
    """Give the cause of most of a machine's failures; None where none was read.

    Stops by people are no failures, and what is expected counts only where nothing else failed.
    """
    rows = [row for row in machine.causes if row.cause != "aborted_by_user"]
    news = [replace(row, executions=row.executions - row.expected_executions) for row in rows]
    by_cause: Counter[str] = Counter()
    by_state: Counter[tuple[str, str | None]] = Counter()
    for row in news if any(row.executions for row in news) else rows:
        by_cause[row.cause] += row.executions
        by_state[row.cause, row.state] += row.executions
    if not by_cause.total():
        return None
    about = report.estimated_of(machine)
    likely = {name: about[name].executions if name in about else n for name, n in by_cause.items()}
    cause = max(likely, key=likely.__getitem__)
    executions = by_cause[cause]
    in_states = {state: n for (name, state), n in by_state.items() if name == cause}
    state, elsewhere = most_struck(in_states)
    return MainCause(cause, executions, state, elsewhere, about.get(cause))


def caused_of(hint: Hint, machine: MachineReport) -> int:
    """Count those of a hint's failures that came by its cause: it may be about others as well."""
    rows = (each for each in machine.causes if (each.cause, each.state) == (hint.cause, hint.state))
    return min(hint.failures, sum(each.executions for each in rows)) or hint.failures


def first_step(report: Report, hint: Hint) -> Hint:
    """Give the step that a hint's plan begins with; the hint itself where it belongs to none."""
    plan = (each for each in report.hints if hint.plan is not None and each.plan == hint.plan)
    return min(plan, key=lambda each: each.step, default=hint)


def most_struck(in_states: Mapping[str | None, int]) -> tuple[str | None, bool]:
    """Give the state of most executions, None where none has more than half of them, and whether
    there are others.
    """
    state = max(in_states, key=in_states.__getitem__)
    total = sum(in_states.values())
    elsewhere = in_states[state] < total
    return (state if 2 * in_states[state] > total else None), elsewhere


def length(report: Report) -> timedelta:
    """Give how long the report's period is."""
    return report.window.end - report.window.start


def failed_attempts(machine: MachineReport) -> int:
    """Count the failed attempts in a machine's unsuccessful executions."""
    return sum(row.failed_attempts for row in machine.causes)


def attempts_of(failure: FailureReport) -> int:
    """Count an execution's failed attempts."""
    return sum(failure.failed_attempts.values())


def by_attempts(report: Report) -> list[FailureReport]:
    """Give all failures, those with most failed attempts first, then the latest."""
    return sorted(report.failures, key=attempts_of, reverse=True)


def hardest_failures(report: Report, limit: int, *, at_least: int) -> list[FailureReport]:
    """Give the executions with most failed attempts, `at_least` so many, from all machines in turn.

    Were they not taken in turn, one Map of a hundred items would hide all other machines.
    """
    taken: Counter[str] = Counter()
    ranked = []
    for failure in by_attempts(report):
        if attempts_of(failure) >= at_least:
            ranked.append((taken[failure.machine_arn], -attempts_of(failure), failure))
            taken[failure.machine_arn] += 1
    in_turn = sorted(ranked, key=lambda ranking: ranking[:2])[:limit]
    return [failure for _, _, failure in sorted(in_turn, key=lambda ranking: ranking[1])]


def machine_names(report: Report) -> dict[str, str]:
    """Give the machines' names by ARN."""
    return {machine.arn: machine.name for machine in report.machines}


def execution_name(execution_arn: str) -> str:
    """Give an execution's own name, the last part of its ARN."""
    return execution_arn.rpartition(":")[2]


def cause_title(table: CauseTable, cause: str) -> str:
    """Give a cause's title, or its id in words where the table does not know it."""
    text = table.get(cause)
    return text.title if text else cause.replace("_", " ").capitalize()
