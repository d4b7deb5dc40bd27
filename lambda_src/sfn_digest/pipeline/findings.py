"""Before and after: what a report has found, put together to judge the hints of earlier ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sfn_digest.adoption import Findings, StoredHint, taken_up
from sfn_digest.aws import Account
from sfn_digest.model.executions import Execution, Failure
from sfn_digest.pipeline.evidence import Evidence
from sfn_digest.pipeline.run import Run

if TYPE_CHECKING:
    from sfn_digest.model.successes import Success

MOST_LOOKUPS = 10
"""Definitions whose age is asked for at most: their API's quota refills by one call a second."""


def findings(
    run: Run, kept: Sequence[StoredHint], failures: Sequence[Failure], evidence: Evidence
) -> Findings:
    """What kept hints are judged by.

    For each machine that has just taken up a hint one call asks when its definition changed;
    beyond the tenth, and after the deadline, a hint counts from the time of the report on.
    """
    new = taken_up(kept, evidence.definitions, new=True)
    return Findings(
        definitions=evidence.definitions,
        failures=failures,
        successes=evidence.successes,
        window=run.request.window,
        changed=_changed(run, new[:MOST_LOOKUPS], failures, evidence),
        partly_read=_partly_read(run.account, failures),
    )


def _changed(
    run: Run, machines: Sequence[str], failures: Sequence[Failure], evidence: Evidence
) -> Mapping[str, datetime]:
    found, past = {}, run.account.until(run.deadlines.changes).past
    for arn in machines:
        newest = _newest(arn, failures, evidence)
        if newest is None:
            continue
        changed = past.definition_updated_at(newest)
        if changed is None:
            # What was refused once would be refused again.
            break
        found[arn] = changed
    return found


def _newest(machine: str, failures: Sequence[Failure], evidence: Evidence) -> str | None:
    """The machine's execution that began last, of those that are known."""
    known = evidence.successes.get(machine)
    runs: list[Execution | Success] = [
        *(each.execution for each in failures if each.execution.machine_arn == machine),
        *(known.listed if known else ()),
    ]
    return max(runs, key=lambda run: (run.started_at, run.arn)).arn if runs else None


def _partly_read(account: Account, failures: Sequence[Failure]) -> frozenset[str]:
    """The machines of which not every failure that was found, or could be listed, was read."""
    usage = account.usage()
    read = Counter(each.execution.machine_arn for each in failures)
    unread = {arn for arn, found in usage.found.items() if found.unsuccessful > read[arn]}
    return frozenset(unread | set(usage.skipped))
