"""What leads a digest: the failure rate of both periods, and what needs somebody."""

from datetime import datetime, timedelta

from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import Coverage
from sfn_digest.model.sample import Estimate
from sfn_digest.report.wording import comparisons, quantities

NEEDS = Message("Needs attention")
OTHERS = Message("Others")


def headline(failures: int, executions: int | None, before: str, length: timedelta) -> Message:
    """Say how much failed, with the rate of both periods; `before` is empty where not known."""
    if not executions:
        return Message("{executions} failed", executions=quantities.executions(failures))
    said = Message(
        "{n} of {executions} failed", n=failures, executions=quantities.executions(executions)
    )
    rate = quantities.percent(failures, executions)
    if not before:
        return Message("{finding} ({rate})", finding=said, rate=rate)
    return Message(
        "{finding} ({rate}, {before} {period})",
        finding=said,
        rate=rate,
        before=before,
        period=comparisons.period_before(length),
    )


def new_since(since: datetime | None, changed_at: datetime | None, version: str) -> Message:
    """Say since when a cause is there, and how long before that the definition changed."""
    if since is None:
        return Message("New")
    if changed_at is None:
        return Message("New since {since}", since=since)
    after = since - changed_at
    if version:
        return Message(
            "New since {since}, {after:rough} after version {version} was published",
            since=since,
            after=after,
            version=version,
        )
    return Message(
        "New since {since}, {after:rough} after its definition changed", since=since, after=after
    )


def back_since(since: datetime | None, last_at: datetime) -> Message:
    """Say since when a cause is back, and until when it had struck before."""
    if since is None:
        return Message("Back, last seen {last:day}", last=last_at)
    return Message("Back since {since}, last seen {last:day}", since=since, last=last_at)


def jump(rate: str, before: str) -> Message:
    """Say how a machine's failure rate grew."""
    return Message("Failure rate up from {before} to {rate}", before=before, rate=rate)


def failed_of(failures: int | Message, executions: int | None) -> Message:
    """Count what failed of a machine's executions."""
    if executions is None:
        return Message("{n} failed", n=failures)
    return Message("{n} of {total} failed", n=failures, total=executions)


def by_cause(
    counted: Message, failures: int, caused: int, named: str, estimated: Estimate | None = None
) -> Message:
    """Add what brought the failures: one cause all of them, or so many, or about so many."""
    least = estimated.low if estimated else caused
    if least == failures:
        return Message("{counted} due to {cause}", counted=counted, cause=named)
    number = quantities.about(caused, estimated)
    return Message("{counted}, {n} due to {cause}", counted=counted, n=number, cause=named)


RUNBOOK = Message("Runbook")


def about(known: str) -> Message:
    """Add to a machine's name which environment it is of, and whose it is."""
    return Message(" ({known})", known=known)


def aside(said: str, remark: str) -> Message:
    """Add a remark in parentheses."""
    return Message("{said} ({remark})", said=said, remark=remark)


def benefit(recovered: int, failures: int, wait: timedelta) -> Message:
    """Say what a change would have recovered, and what each failure would have waited."""
    if wait < timedelta(seconds=1):
        return Message("{n} of {total} would have recovered", n=recovered, total=failures)
    return Message(
        "{n} of {total} would have recovered, +{wait:rough} each",
        n=recovered,
        total=failures,
        wait=wait,
    )


_IN_SHORT = {
    "Retry longer after ": Message("Retry longer"),
    "Retry more often after ": Message("Retry more often"),
    "Retry sooner after ": Message("Retry sooner"),
    "Retry after ": Message("Retry"),
}


def in_short(title: Message) -> Message:
    """Say what a hint says to do, without the state and the errors where these stand beside it."""
    found = (short for lead, short in _IN_SHORT.items() if title.startswith(lead))
    return next(found, title)


def partly_read(read: Coverage, machines: int) -> Message:
    """Say in few words how much was read; nothing where no number tells."""
    if read.machines_scanned < machines:
        among = quantities.machines(machines)
        return Message("{n} of {machines} read", n=read.machines_scanned, machines=among)
    if read.failures_read < read.failures_found:
        found = quantities.failures(read.failures_found)
        return Message("{n} of {failures} read", n=read.failures_read, failures=found)
    return NO_MESSAGE


def repeated(parents: int) -> Message:
    """Say in few words how many executions failed only by a child that is counted too."""
    return ngettext("{n} repeats a child's failure", "{n} repeat a child's failure", parents)


def in_those_read(what: str) -> Message:
    """Say of a number that it is no more than what a sample of the failures holds."""
    return Message("{what} in the executions read", what=what)


def other_reasons(count: int) -> Message:
    """Count the start failures whose reasons are not named."""
    return ngettext("{n} other", "{n} others", count)


def rate_and_before(rate: str, before: int | None, length: timedelta) -> str:
    """Give a machine's rate, with the failures of the period before where they are known."""
    if before is None:
        return rate
    return Message("{rate}, {before}", rate=rate, before=comparisons.earlier(before, length))


def stopped(aborted: int) -> Message:
    """Count the executions that people stopped."""
    return Message("{n} aborted", n=aborted)


def expected(executions: int) -> Message:
    """Count the failures and stops that are no news."""
    return ngettext("{n} expected", "{n} expected", executions)


def more_machines(machines: int, failures: int) -> Message:
    """Say how many state machines are not named, and what failed in them."""
    return ngettext(
        "{n} more with {failures}",
        "{n} more with {failures}",
        machines,
        failures=quantities.failures(failures),
    )


def compare_definitions() -> Message:
    """Say what to do where a definition changed just before."""
    return Message("Compare with the previous definition")


_ADVICE_LIMIT = 120


def first_sentence(text: str) -> str:
    """Give the first sentence of an advice, or what it says before its reasons if that is long."""
    for stop in ("。", ". ", ": ", "; "):
        head, found, _ = text.partition(stop)
        if found and len(head) <= _ADVICE_LIMIT:
            return clean(head, _ADVICE_LIMIT)
    return clean(text.rstrip("."), _ADVICE_LIMIT)
