"""Whether a definition changed shortly before a cause first appeared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sfn_digest.comparison.machine_groups import groups_by_machine
from sfn_digest.model.comparison import Before, CauseChange, DefinitionChange
from sfn_digest.model.report import Report

DAYS_BEFORE = 3
"""A change that lies farther back is not named beside a cause."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A new cause, and the execution that ended first by it, whose definition is to be looked at.

    Equal failures began with `execution_arn`; `change` is what is told of them.
    """

    change: CauseChange
    execution_arn: str


def lookups(report: Report, before: Before) -> Sequence[Lookup]:
    """The causes that are new or came back, most executions first; counted by CloudWatch, each
    machine's main one.

    A machine that did not run in the period before may be new itself, without a definition of
    before to compare with. Of an Express execution AWS does not tell which definition it ran.
    """
    machines = groups_by_machine(report)
    idle = {arn for arn, counts in before.machines.items() if not counts.executions}
    new = [
        each
        for each in before.causes
        if each.change in ("new", "returned") and each.machine_arn not in idle
    ]
    if before.source == "cloudwatch":
        main: dict[str, CauseChange] = {}
        for change in new:
            main.setdefault(change.machine_arn, change)
        new = list(main.values())
    firsts = ((each, machines[each.machine_arn].groups[each.group].first) for each in new)
    return [
        Lookup(each, first.execution_arn)
        for each, first in firsts
        if first is not None and ":express:" not in first.execution_arn
    ]


def with_changes(
    before: Before, updated: Mapping[Lookup, datetime], versions: Mapping[str, str | None]
) -> Before:
    """The same with the changes of definitions that came shortly before new causes.

    `updated` tells when the definition that ran was last changed; `versions` the version that
    an execution ran, by its ARN.
    """
    found = {
        (each.change.machine_arn, each.change.group): DefinitionChange(
            moment, versions.get(each.execution_arn)
        )
        for each, moment in updated.items()
        if _is_shortly_before(moment, each.change.first_at)
    }
    causes = tuple(
        replace(change, definition=found.get((change.machine_arn, change.group)))
        for change in before.causes
    )
    return replace(before, causes=causes)


def _is_shortly_before(moment: datetime, first_at: datetime | None) -> bool:
    return first_at is not None and (
        timedelta(0) <= first_at - moment <= timedelta(days=DAYS_BEFORE)
    )
