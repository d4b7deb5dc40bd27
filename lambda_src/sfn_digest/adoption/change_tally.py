"""What is counted of a change's errors in a window, and how two such counts compare."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from statistics import median

from sfn_digest.adoption.change_scope import CROWDS, ChangeScope
from sfn_digest.adoption.hint_records import Findings
from sfn_digest.adoption.hinted_visits import FailedVisit, failed_visits, incidents_of
from sfn_digest.adoption.verdict import wilson
from sfn_digest.model.comparison import ChangeTally, ChangeVerdict
from sfn_digest.model.successes import Success, Successes

LEAST_INCIDENTS = 5
"""Fewer, before and since together, tell no difference."""
_STILL_READ = 5
"""Successes that are read before it is asked whether the next ones would tell something."""

Fresh = Callable[[datetime, datetime], bool]
"""Whether an execution that started and stopped then is to be counted."""


def counted(
    read: Findings, machine: str, kind: str, scope: ChangeScope, fresh: Fresh
) -> ChangeTally | None:
    """What a window holds of a change's errors; None where not all of its failures are known.

    Where not every success was listed, only the time since the oldest that was.
    """
    found = read.successes.get(machine)
    if found is None or machine in read.partly_read:
        return None
    listed = [each for each in found.listed if each.stopped_at in read.window]
    oldest = read.window.start
    if not found.complete:
        oldest = min((each.stopped_at for each in listed), default=read.window.end)

    def counts(started_at: datetime, stopped_at: datetime) -> bool:
        return stopped_at >= oldest and fresh(started_at, stopped_at)

    good = [each for each in listed if counts(each.started_at, each.stopped_at)]
    failed = [
        each.execution
        for each in read.failures
        if each.execution.machine_arn == machine
        and each.execution.stopped_at in read.window
        and counts(each.execution.started_at, each.execution.stopped_at)
    ]
    visits = [
        each for each in failed_visits(read, machine) if counts(each.started_at, each.stopped_at)
    ]
    return replace(
        _of_visits([each for each in visits if scope.holds(each)], kind),
        executions=len(good) + len(failed),
        passing=sum(scope.may_pass(each) for each in visits),
        seconds=median(map(_seconds, good)) if good else None,
        at_least=_is_cut(found),
    )


def _of_visits(visits: Sequence[FailedVisit], kind: str) -> ChangeTally:
    good = {each.visit.execution for each in visits if not each.failed}
    ended = [each for each in visits if each.visit.fatal]
    caught = [each for each in visits if each.visit.execution in good and _is_caught(each)]
    return ChangeTally(
        ended=len({each.visit.execution for each in ended}),
        failed=len(visits),
        attempts=sum(len(each.visit.attempts) for each in visits),
        retries=sum(each.visit.retries for each in visits),
        waited_seconds=sum(each.visit.waited for each in visits if each.visit.retries),
        recovered=sum(each.recovered for each in visits),
        caught=len({each.visit.execution for each in caught}),
        incidents=incidents_of(visits if kind in CROWDS else ended),
    )


def _is_caught(each: FailedVisit) -> bool:
    return not (each.recovered or each.visit.unclear or each.visit.redriven_at)


def _seconds(success: Success) -> float:
    return (success.stopped_at - success.started_at).total_seconds()


def _is_cut(found: Successes) -> bool:
    """Whether the reading of successes ended while it still came upon failed attempts."""
    read = found.read
    return len(read) < len(found.listed) and any(each.failed for each in read[-_STILL_READ:])


def added(one: ChangeTally, other: ChangeTally) -> ChangeTally:
    """Both together; a median is the later one's, where it has one."""
    sums = {
        each.name: getattr(one, each.name) + getattr(other, each.name)
        for each in fields(ChangeTally)
        if each.name not in ("seconds", "at_least")
    }
    seconds = one.seconds if other.seconds is None else other.seconds
    return ChangeTally(**sums, seconds=seconds, at_least=one.at_least or other.at_least)


def difference(before: ChangeTally, since: ChangeTally, *, fewer_is_known: bool) -> ChangeVerdict:
    """How the incidents since a change compare with those before, by the executions in each.

    Were nothing changed, each incident would lie on either side as the executions do: Wilson's
    95 % interval of the share that lies after the change is held against that.
    `fewer_is_known`: no further incidents can have been left unread.
    """
    number = before.incidents + since.incidents
    if not before.executions or not since.executions or number < LEAST_INCIDENTS:
        return "too_few"
    expected = since.executions / (before.executions + since.executions)
    low, high = wilson(since.incidents / number, number)
    if low > expected:
        return "more"
    if high >= expected:
        return "same"
    return "fewer" if fewer_is_known else "too_few"
