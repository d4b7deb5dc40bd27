"""From what was found to hints: evaluate the retries, and judge the hints of earlier reports."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sfn_digest import guard
from sfn_digest.adoption import (
    Findings,
    HintMemory,
    HintScope,
    Kept,
    StoredHint,
    hints_to_store,
    is_carried,
    judge,
    judge_changes,
    taken_up,
)
from sfn_digest.aws import Account
from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import Adopted, AdoptedChange
from sfn_digest.model.executions import Execution, Failure
from sfn_digest.model.report import Hint
from sfn_digest.pipeline.evidence import NO_EVIDENCE, Evidence, read_evidence
from sfn_digest.pipeline.express_logging import logging_hints
from sfn_digest.pipeline.map_run_hints import map_run_hints
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scanned, Scope
from sfn_digest.retry import Terms, one_timeout_each
from sfn_digest.retry import evaluate as evaluate_retries
from sfn_digest.retry.hints.plans import identified
from sfn_digest.retry.hints.ranking import best_first
from sfn_digest.retry.observations.incidents import (
    FailureIncidents,
    Incidents,
    incidents_of,
)

if TYPE_CHECKING:
    from sfn_digest.model.successes import Success


MOST_LOOKUPS = 10
"""Definitions whose age is asked for at most: their API's quota refills by one call a second."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The hints, what came of earlier ones, what was left out of both, and what they rest on."""

    hints: tuple[Hint, ...]
    adopted: tuple[Adopted, ...]
    notes: tuple[Message, ...]
    evidence: Evidence
    changes: tuple[AdoptedChange, ...] = ()
    incidents: FailureIncidents = field(default_factory=FailureIncidents)


def evaluate(run: Run, found: Scanned, memory: HintMemory) -> Evaluated:
    """The hints on what was found, and what came of those that the memory holds; it is given the
    new ones. Each part stands behind the run's guard.
    """
    place, behind = _place(run, found.scope), run.guard.result_of
    kept = behind(guard.STORED_HINTS, lambda: memory.load(place), ())
    evidence = behind(guard.EVIDENCE, lambda: read_evidence(run, found, kept), NO_EVIDENCE)
    numbered = behind(guard.INCIDENTS, lambda: _incidents(found, evidence), FailureIncidents())
    incidents = numbered.incidents
    hints = behind(guard.HINTS, lambda: hints_on(run, evidence, found, kept, incidents), ())
    every = behind(guard.HINTS, lambda: _with_logging(hints, found), hints)
    behind(guard.HINTS_TO_STORE, lambda: memory.give(place, every, run.now), None)
    judged = behind(guard.ADOPTION, lambda: _judged(run, found, kept, evidence, incidents), None)
    if judged is None:
        return Evaluated(every, (), evidence.notes, evidence, incidents=numbered)
    behind(
        guard.HINTS_TO_STORE,
        lambda: memory.save(place, hints_to_store(judged.kept, hints, judged.seen, run.now)),
        None,
    )
    return Evaluated(every, judged.adopted, evidence.notes, evidence, judged.changes, numbered)


def _incidents(found: Scanned, evidence: Evidence) -> FailureIncidents:
    return incidents_of(evidence.definitions, found.failures, evidence.successes)


def hints_on(
    run: Run,
    evidence: Evidence,
    found: Scanned,
    kept: Sequence[Kept] = (),
    incidents: Incidents | None = None,
) -> tuple[Hint, ...]:
    """The hints for a report, best first; `kept` are of earlier reports. Those that were taken up
    have had their say: what they leave is another question."""
    ordered = sorted(kept, key=lambda each: each.last_hinted_at)
    retriers = [each for each in ordered if isinstance(each, StoredHint)]
    left = [each for each in retriers if not is_carried(each, evidence.definitions)]
    own = {each.arn: each.tags.deadline_seconds for each in found.machines}
    terms = Terms(
        deadline=run.request.deadline,
        deadlines={arn: seconds for arn, seconds in own.items() if seconds is not None},
        hinted={each.group: (each.retrier, each.standing) for each in left},
    )
    known = (evidence.definitions, found.failures, evidence.successes, run.request.window)
    return one_timeout_each(evaluate_retries(*known, terms, incidents))


def _with_logging(hints: tuple[Hint, ...], found: Scanned) -> tuple[Hint, ...]:
    logging = (hint for logs in found.logs for hint in logging_hints(logs))
    others = map_run_hints(found.map_runs, found.failures)
    return best_first(identified((*hints, *logging, *others)))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What came of kept hints, the hints as they are now known, and what they were judged by."""

    adopted: tuple[Adopted, ...]
    changes: tuple[AdoptedChange, ...]
    kept: tuple[Kept, ...]
    seen: Findings


def _judged(
    run: Run, found: Scanned, kept: tuple[Kept, ...], evidence: Evidence, incidents: Incidents
) -> _Judged:
    seen = findings(run, kept, found.failures, evidence, incidents)
    adopted, hints = judge(kept, seen, run.now)
    changed, changes = judge_changes(kept, seen, run.now)
    return _Judged(adopted, changed, (*hints, *changes), seen)


def _place(run: Run, scope: Scope) -> HintScope:
    """What is reported on, for which hints are kept."""
    tag = None if scope.all_machines else run.request.tag
    return HintScope(scope.account_id, run.account.region, tag)


def findings(
    run: Run,
    kept: Sequence[Kept],
    failures: Sequence[Failure],
    evidence: Evidence,
    incidents: Incidents,
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
        incidents=incidents,
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
