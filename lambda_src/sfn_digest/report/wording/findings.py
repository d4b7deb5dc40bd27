"""What was found in the period: how much failed, where, and by what."""

from collections.abc import Sequence
from datetime import datetime

from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext
from sfn_digest.model.executions import Coverage, UnsuccessfulStatus, Window
from sfn_digest.report.wording import labels, quantities


def window(covered: Window) -> Message:
    """Give the window with its zone."""
    return Message("{start:second} to {end:second} {zone}", start=covered.start, end=covered.end)


def place(account_id: str, region: str, alias: str) -> Message:
    """Say which account and Region were read; `alias` is empty where there is none."""
    if alias:
        return Message("{alias} ({id}), {region}", alias=alias, id=account_id, region=region)
    return Message("Account {id}, {region}", id=account_id, region=region)


def counted_cause(count: int, noun: str, *, known: bool) -> Message:
    """Count a cause: 5 Spot interruptions, or 5 times the title of a user's own."""
    if known:
        return Message("{number} {cause}", number=count, cause=noun)
    return Message("{number} \N{MULTIPLICATION SIGN} {cause}", number=count, cause=noun)


def start_failures(count: int, reasons: Sequence[str]) -> Message:
    """Count the tasks that never ran, and say why."""
    return ngettext(
        "{n} start failure: {reasons}",
        "{n} start failures: {reasons}",
        count,
        reasons=tuple(reasons),
    )


def for_other_reasons(count: int) -> Message:
    """Count the start failures that have no cause of their own."""
    return ngettext("{n} for another reason", "{n} for other reasons", count)


def repeated(parents: int) -> Message:
    """Say how many executions failed only because a child that is counted too had failed."""
    return ngettext(
        "{n} failure repeats that of a child execution, which is also counted.",
        "{n} failures repeat those of child executions, which are also counted.",
        parents,
    )


def quiet(executions: int, machines: int) -> Message:
    """Say that nothing failed."""
    where = quantities.machines(machines)
    if executions == 0:
        return Message("No failures: no executions of {machines} ended.", machines=where)
    if executions == 1:
        return Message("No failures: the one execution of {machines} succeeded.", machines=where)
    return Message(
        "No failures: all {number} executions of {machines} succeeded.",
        number=executions,
        machines=where,
    )


def quiet_but_partial(machines: int) -> Message:
    """Say that no failure was seen where not everything could be read."""
    return Message("No failures were seen in {machines}.", machines=quantities.machines(machines))


def in_state() -> Message:
    """Lead over from a cause to the state that it struck."""
    return Message(" in ")


def machine_failures(unsuccessful: int, executions: int | None) -> Message:
    """Say how much of one machine failed."""
    if executions is None:
        return Message("{number} failed", number=unsuccessful)
    return Message("{failed} of {total} failed", failed=unsuccessful, total=executions)


def attempts_of_one_cause(total: int, named: str, *, complete: bool) -> Message:
    """Say what failed attempts were where all are alike: 72 failed attempts, all …"""
    attempts = _at_least(total, complete=complete)
    if total == 1:
        return Message("{attempts}: {cause}", attempts=attempts, cause=named)
    return Message("{attempts}, all {cause}", attempts=attempts, cause=named)


def attempts(total: int, counted_causes: Sequence[str], *, complete: bool) -> Message:
    """Say what failed attempts were: 6 failed attempts: 5 Spot interruptions, …"""
    attempts = _at_least(total, complete=complete)
    return Message("{attempts}: {cause}", attempts=attempts, cause=tuple(counted_causes))


def _at_least(total: int, *, complete: bool) -> Message:
    attempts = quantities.failed_attempts(total)
    return attempts if complete else Message("at least {attempts}", attempts=attempts)


def cause_in(title: str, state: str | None, *, elsewhere: bool = False) -> str:
    """Name a cause and the state that it struck, or struck most where it struck others too."""
    if not state:
        return title
    return Message(
        "{cause}, mostly in {state}" if elsewhere else "{cause} in {state}",
        cause=title,
        state=state,
    )


def hidden_by_handler(cause: str, detail: str) -> Message:
    """Say that an error handler failed, and what it was to handle."""
    if not detail:
        return Message("The error handler itself failed and hid: {cause}", cause=cause)
    return Message(
        "The error handler itself failed and hid: {cause} ({detail})", cause=cause, detail=detail
    )


def ended(status: UnsuccessfulStatus, time: datetime) -> Message:
    """Say how and when an execution ended."""
    return Message("{status} {time} {zone}", status=labels.STATUS[status], time=time)


def coverage(read: Coverage) -> Message:
    """Say what was read and what it took."""
    count = read.machines_tagged
    machines = (
        quantities.machines(count)
        if read.all_machines
        else ngettext("{n} tagged state machine", "{n} tagged state machines", count)
    )
    calls = ngettext("{n} API call", "{n} API calls", sum(read.api_calls.values()))
    return Message(
        "Read {read} of {failures} and {scanned} of {machines}; {calls}, {throttled} throttled."
        if read.throttled
        else "Read {read} of {failures} and {scanned} of {machines}; {calls}, none throttled.",
        read=read.failures_read,
        failures=quantities.unsuccessful(read.failures_found),
        scanned=read.machines_scanned,
        machines=machines,
        calls=calls,
        throttled=read.throttled,
    )


def partial(read: Coverage, machines: int) -> Message:
    """Say how much of so many machines could not be read; nothing where all could."""
    missing = []
    if read.machines_scanned < machines:
        among = quantities.machines(machines)
        missing.append(Message("{n} of {machines}", n=read.machines_scanned, machines=among))
    if read.failures_read < read.failures_found:
        found = quantities.unsuccessful(read.failures_found)
        missing.append(Message("{n} of {failures}", n=read.failures_read, failures=found))
    if not missing:
        return NO_MESSAGE
    if len(missing) == 1:
        return Message("only {what} could be read.", what=missing[0])
    first, second = missing
    return Message("only {what} and {more} could be read.", what=first, more=second)
