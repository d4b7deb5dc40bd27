"""Which executions a redrive would probably heal, until when, and the command that does it.

Conditions: RedriveExecution in AWS's API reference, and "Redriving executions" in the
Developer Guide. What only DescribeExecution knows (fewer than 24,999 events, a state machine
that is not being deleted) is left to AWS, which refuses what cannot be redriven.
"""

import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.report import FailureReport, Report
from sfn_digest.report import console

REDRIVABLE_FOR = timedelta(days=14)
"""From the end of an execution."""

_LONGEST_OPEN = timedelta(days=365)
_LONGEST_ARN = 2_048


@dataclass(frozen=True, slots=True)
class MachineRedrives:
    """A machine's executions that can be redriven, those whose time runs out first leading."""

    machine_arn: str
    executions: tuple[FailureReport, ...]
    succeeded: int | None = None
    """How many have succeeded since the last of them at least; None where that is not known."""

    @property
    def until(self) -> datetime:
        """When the first of them can be redriven no more."""
        return deadline(self.executions[0])


@dataclass(frozen=True, slots=True)
class Redrives:
    """All of them, by machine, most first.

    `caught` counts those of a cause that time heals which a Catch led to a Fail state: a
    redrive would go on at that Fail state, so they have to be started again. `standing` counts
    those of a cause since which nothing has succeeded: a redrive may well fail again.
    """

    machines: tuple[MachineRedrives, ...]
    caught: int
    standing: int = 0

    @property
    def executions(self) -> int:
        """How many executions can be redriven."""
        return sum(len(each.executions) for each in self.machines)


def deadline(failure: FailureReport) -> datetime:
    """Give the time until which an execution can be redriven."""
    return failure.stopped_at + REDRIVABLE_FOR


def redrives(report: Report) -> Redrives:
    """Give what a redrive would heal: causes that pass with time, nothing stopped on purpose.

    A cause since which nothing has succeeded may stand, and is left out. Of a parent and the
    child whose failure it repeats, the parent alone: its redrive starts
    the child again. Judged at the end of the report's window.
    """
    since = {(each.machine_arn, each.state, each.cause): each.succeeded for each in report.since}
    may_heal = [each for each in _outermost(report.failures) if _heals(each, report)]
    healing = [each for each in may_heal if since.get(_key(each)) != 0]
    caught = sum(each.fail_state is not None for each in healing)
    by_machine: dict[str, list[FailureReport]] = defaultdict(list)
    for failure in sorted(healing, key=lambda each: (each.stopped_at, each.execution_arn)):
        if failure.fail_state is None:
            by_machine[failure.machine_arn].append(failure)
    machines = [
        MachineRedrives(arn, tuple(failures), _succeeded(failures, since))
        for arn, failures in by_machine.items()
    ]
    machines.sort(key=lambda each: (-len(each.executions), each.machine_arn))
    return Redrives(tuple(machines), caught, len(may_heal) - len(healing))


Since = Mapping[tuple[str, str | None, str], int]


def _key(failure: FailureReport) -> tuple[str, str | None, str]:
    return failure.machine_arn, failure.state, failure.cause


def _succeeded(failures: Sequence[FailureReport], since: Since) -> int | None:
    return min((since[_key(each)] for each in failures if _key(each) in since), default=None)


def own_command(machine: str) -> str:
    """Give the command that redrives what would succeed now, as far back as AWS redrives.

    Empty where the machine's name is none that a shell would take as it is shown.
    """
    if clean(machine, len(machine)) != machine:
        return ""
    since = f"--since {REDRIVABLE_FOR.days}d"
    return f"sfn-digest redrive --machine {shlex.quote(machine)} {since}"


def command(arns: Sequence[str]) -> str:
    """Give the lines for a shell that redrive executions of one Region."""
    region = console.execution_region(arns[0])
    call = f"aws stepfunctions redrive-execution --region {region} --execution-arn"
    if len(arns) == 1:
        return f"{call} {shlex.quote(arns[0])}"
    listed = " \\\n".join(f"  {shlex.quote(arn)}" for arn in arns)
    return f'for arn in \\\n{listed}\ndo\n  {call} "$arn"\ndone'


def _outermost(failures: Iterable[FailureReport]) -> list[FailureReport]:
    """Of a child and its parents that failed with it the first to have started: a parent starts
    before its child.
    """
    nested: dict[str, list[FailureReport]] = defaultdict(list)
    for failure in failures:
        nested[failure.root].append(failure)
    return [min(each, key=_start_and_length) for each in nested.values()]


def _start_and_length(failure: FailureReport) -> tuple[datetime, timedelta]:
    return failure.started_at, failure.started_at - failure.stopped_at


def _heals(failure: FailureReport, report: Report) -> bool:
    end = report.window.end
    return (
        failure.nature == "transient"
        and failure.cause != "aborted_by_user"
        and deadline(failure) > end
        and end - failure.started_at < _LONGEST_OPEN
        and _can_be_named(failure.execution_arn)
    )


def _can_be_named(arn: str) -> bool:
    """Whether the ARN may stand in a command; children of a Map Run go with their parent."""
    in_map_run = "/" in arn
    shaped = console.execution_region(arn) is not None
    return shaped and not in_map_run and clean(arn, _LONGEST_ARN) == arn
