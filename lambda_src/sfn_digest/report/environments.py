"""Machines by the environment that their tags name, production first, as every face groups them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sfn_digest.i18n.message import Message
from sfn_digest.model.machine_tags import environment_rank
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report.shown import Shown

T = TypeVar("T")

NO_ENVIRONMENT = Message("No environment tag")


def itself(machine: MachineReport) -> MachineReport:
    """Give the machine of a machine."""
    return machine


def environment(machine: MachineReport, report: Report, texts: Shown) -> str:
    """Name a machine's environment; empty where all machines of the report are of one."""
    if not machine.environment or not several_environments(report):
        return ""
    return texts.name(machine.environment)


def by_environment(
    things: Iterable[T], machine_of: Callable[[T], MachineReport], report: Report, texts: Shown
) -> list[tuple[str, list[T]]]:
    """Give things under the heading of their machine's environment, production first.

    The heading is empty where all machines of the report are of one environment.
    """
    groups: dict[tuple[int, str], list[T]] = {}
    several = several_environments(report)
    for each in things:
        of = machine_of(each).environment if several else None
        groups.setdefault(environment_rank(of), []).append(each)
    ranked = [groups[rank] for rank in sorted(groups)]
    if not several:
        return [("", those) for those in ranked]
    return [(_heading(machine_of(those[0]), texts), those) for those in ranked]


def headed(
    things: Iterable[T], machine_of: Callable[[T], MachineReport], report: Report, texts: Shown
) -> Iterator[tuple[T, str]]:
    """Give things by their machine's environment, the first of each with its heading."""
    for heading, those in by_environment(things, machine_of, report, texts):
        yield from ((each, "" if place else heading) for place, each in enumerate(those))


def _heading(machine: MachineReport, texts: Shown) -> str:
    named = machine.environment
    return texts.name(named) if named else texts.tell(NO_ENVIRONMENT)


def several_environments(report: Report) -> bool:
    """Tell whether the report's machines are of more than one environment."""
    return len({environment_rank(machine.environment) for machine in report.machines}) > 1
