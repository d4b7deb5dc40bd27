"""Every sentence the faces show, in English; a second language is a module like this one and
nouns.py.

Functions take plain values and give plain text: escaping is each face's own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sfn_digest.records import Coverage, Nature, UnsuccessfulStatus, Window
from sfn_digest.report.nouns import CAUSES

STATUS: Mapping[UnsuccessfulStatus, str] = {
    "FAILED": "failed",
    "TIMED_OUT": "timed out",
    "ABORTED": "aborted",
}

NATURE: Mapping[Nature, str] = {
    "transient": "passes with time",
    "permanent": "needs a change",
    "depends": "depends on the case",
}

LANGUAGE = "en"
PRODUCT = "Step Functions digest"
PARTIAL = "Partial data:"
FAILED = "Failed"
TIMED_OUT = "Timed out"
ABORTED = "Aborted"
FAILED_TRIES = "Failed tries"
WHAT_TO_DO = "What to do"
HINTS = "Hints"
MOST_TRIES = "Most failed tries in one execution"
MACHINES = "State machines with failures"
EXECUTIONS = "Failed executions, most failed tries first"
FAILURES = "Failures"
OF = "Of"
TRIES = "Tries"
EXPRESS = "Express"
NO_FAILED_TRY = "no failed try"
CAUSES_NOT_READ = "causes were not read"
NO_NAME = "(no name)"
READ_MORE = "AWS guide"


def number(value: int) -> str:
    """Give a number with thousands separators: 1,204."""
    return f"{value:,}"


def counted(value: int, one: str, many: str) -> str:
    """Give a number with its noun: 1 failure, 1,204 failures."""
    return f"{number(value)} {one if value == 1 else many}"


def moment(time: datetime) -> str:
    """Give a time in UTC to the minute, or to the second where it has any."""
    utc = time.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S}" if utc.second else minute(utc)


def minute(time: datetime) -> str:
    """Give a time in UTC to the minute."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"


def window(covered: Window) -> str:
    """Give the window with its zone."""
    return f"{moment(covered.start)} to {moment(covered.end)} UTC"


def causes(count: int, cause: str, title: str) -> str:
    """Name a cause in a sentence, for one or many: Spot interruptions."""
    one, many = CAUSES.get(cause, (title, title))
    return one if count == 1 else many


def counted_cause(count: int, cause: str, title: str) -> str:
    """Count a cause: 5 Spot interruptions, or 5 times the title of a user's own."""
    times = "" if cause in CAUSES else "\N{MULTIPLICATION SIGN} "
    return f"{number(count)} {times}{causes(count, cause, title)}"


def finding(unsuccessful: int, executions: int, mostly: str | None) -> str:
    """Say in one line what was found; `mostly` names the cause of half of it or more."""
    said = f"{number(unsuccessful)} of {counted(executions, 'execution', 'executions')} failed"
    return f"{said}, mostly by {mostly}" if mostly else said


def repeated(parents: int) -> str:
    """Say how many executions failed only because a child that is counted too had failed."""
    fail = "fails" if parents == 1 else "fail"
    return f"{number(parents)} of them {fail} with a child execution that is counted too."


def quiet(executions: int, machines: int) -> str:
    """Say that nothing failed."""
    where = counted(machines, "state machine", "state machines")
    if executions == 0:
        return f"No failures: no execution of {where} ended."
    if executions == 1:
        return f"No failures: the one execution of {where} succeeded."
    return f"No failures: all {number(executions)} executions of {where} succeeded."


def quiet_but_partial(machines: int) -> str:
    """Say that no failure was seen where not everything could be read."""
    return f"No failures were seen in {counted(machines, 'state machine', 'state machines')}."


def leader(failures: int, total: int) -> str:
    """Say after a machine's name how many of all failures it has."""
    if failures == total:
        return "has the one failure" if total == 1 else f"has all {number(total)} failures"
    return f"has {number(failures)} of the {number(total)} failures"


def breakdown(failed: int, timed_out: int, aborted: int) -> str:
    """Say with which statuses executions closed without success."""
    return f"{number(failed)} failed, {number(timed_out)} timed out, {number(aborted)} aborted."


def brought(count: int, failures: int, named: str) -> str:
    """Say how many of a machine's failures one cause brought."""
    if count == failures:
        return f"{'' if count == 1 else 'all '}by {named}"
    return f"{number(count)} by {named}"


def in_state(*, elsewhere: bool) -> str:
    """Lead over to the state that a cause struck, alone or most often."""
    return "mostly in" if elsewhere else "in"


def machines_with_failures(failing: int, tagged: int) -> str:
    """Say how many machines had failures."""
    return f"{number(failing)} of {counted(tagged, 'state machine', 'state machines')} had failures"


def machine_failures(unsuccessful: int, executions: int) -> str:
    """Say how much of one machine failed."""
    return f"{number(unsuccessful)} of {number(executions)} failed"


def tries_of_one_cause(total: int, named: str, *, complete: bool) -> str:
    """Say what an execution's failed tries were where all are alike: 72 failed tries, all …"""
    link = ":" if total == 1 else ", all"
    return f"{_at_least(complete)}{failed_tries(total)}{link} {named}"


def tries(total: int, counted_causes: Sequence[str], *, complete: bool) -> str:
    """Say what an execution's failed tries were: 6 failed tries: 5 Spot interruptions, …"""
    return f"{_at_least(complete)}{failed_tries(total)}: {', '.join(counted_causes)}"


def _at_least(complete: bool) -> str:
    return "" if complete else "at least "


def more_machines(machines: int, failures: int) -> str:
    """Say what is not shown of the machines."""
    return f"and {number(machines)} more with {counted(failures, 'failure', 'failures')}"


def more_retried(count: int) -> str:
    """Say how many executions with several failed tries are not shown."""
    more = counted(count, "more execution", "more executions")
    return f"and {more} with two failed tries or more"


def more_hints(hints: int) -> str:
    """Say how many hints are not shown."""
    return f"and {counted(hints, 'more hint', 'more hints')}"


def more_causes(causes: int) -> str:
    """Say how many causes are not shown."""
    return f"and {counted(causes, 'more cause', 'more causes')}"


def more_notes(notes: int) -> str:
    """Say how many notes on coverage are not shown."""
    return f"and {counted(notes, 'more note', 'more notes')} in the full report"


def more_executions(count: int) -> str:
    """Say how many failed executions are not shown, and where they are."""
    return f"and {counted(count, 'more execution', 'more executions')} in the JSON report"


def cause_in(title: str, state: str | None) -> str:
    """Name a cause and the state that it struck."""
    return f"{title} in {state}" if state else title


def ended(status: UnsuccessfulStatus, time: datetime) -> str:
    """Say how and when an execution ended."""
    return f"{STATUS[status]} {minute(time)} UTC"


def executions(count: int) -> str:
    """Give a number of executions."""
    return counted(count, "execution", "executions")


def failed_tries(count: int) -> str:
    """Give a number of failed tries."""
    return counted(count, "failed try", "failed tries")


def place(account_id: str, region: str) -> str:
    """Say which account and Region were read."""
    return f"Account {account_id}, {region}"


def coverage(read: Coverage) -> str:
    """Say what was read and what it took."""
    failures = counted(read.failures_found, "failure", "failures")
    machines = counted(read.machines_tagged, "tagged state machine", "tagged state machines")
    calls = counted(sum(read.api_calls.values()), "API call", "API calls")
    throttled = number(read.throttled) if read.throttled else "none"
    return (
        f"Read {number(read.failures_read)} of {failures}"
        f" and {number(read.machines_scanned)} of {machines};"
        f" {calls}, {throttled} throttled."
    )


def partial(read: Coverage, machines: int, notes: Sequence[str]) -> str:
    """Say what is missing of so many machines; `notes` are shown as they are."""
    missing = []
    if read.machines_scanned < machines:
        missing.append(f"{number(read.machines_scanned)} of {number(machines)} state machines")
    if read.failures_read < read.failures_found:
        missing.append(f"{number(read.failures_read)} of {number(read.failures_found)} failures")
    said = [f"only {' and '.join(missing)} could be read."] if missing else []
    return " ".join([*said, *notes]) or "something was left out."


def tick(time: datetime, period: timedelta) -> str:
    """Label a bar of a chart whose bars are `period` long."""
    utc = time.astimezone(UTC)
    whole_days = period >= timedelta(days=1) or (utc.hour, utc.minute) == (0, 0)
    return f"{utc:%m-%d}" if whole_days else f"{utc:%m-%d %H:%M}"


def per_period(period: timedelta) -> str:
    """Say how long a bar of a chart is."""
    if period >= timedelta(days=1):
        return f"One bar is {counted(period.days, 'day', 'days')}."
    return f"One bar is {counted(period // timedelta(hours=1), 'hour', 'hours')}."
