"""What the report on many accounts says, in the words of one language."""

from collections.abc import Sequence

from sfn_digest.accounts.records import (
    AccountRow,
    AccountsReport,
    MissingAccount,
    Place,
    PlaceCount,
    SharedCause,
    SharedIncident,
)
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.i18n.sanitize import clean
from sfn_digest.report.shown import NAME_LIMIT, NOTE_LIMIT, Shown
from sfn_digest.report.wording import findings, quantities
from sfn_digest.report.wording.leading_sentences import failed_of
from sfn_digest.report.wording.quantities import percent

ACCOUNTS = Message("Accounts with failures")
SHARED_INCIDENTS = Message("Started in several accounts at the same time")
SHARED_CAUSES = Message("Causes in several accounts")
MISSING = Message("Did not report")
RATE = Message("Rate")
ACCOUNT = Message("Account")
LEADING_CAUSE = Message("Most often")

_NAMED = 4
"""Places that a line on something shared names."""


def headline(report: AccountsReport, texts: Shown) -> str:
    """Say how many executions failed, and in how many accounts."""
    totals, counted = report.totals, report.coverage.executions_counted
    failed = failed_of(totals.failures, totals.executions if counted else None)
    rate = percent(totals.failures, totals.executions) if counted and totals.executions else ""
    count = Message("{failed} ({rate})", failed=failed, rate=rate) if rate else failed
    ids = len({row.account_id for row in report.accounts})
    return texts.translate(
        Message(
            "{failed} in {accounts}",
            failed=count,
            accounts=ngettext("{n} account", "{n} accounts", ids),
        )
    )


def did_not_report(report: AccountsReport, texts: Shown, most: int) -> str:
    """Name who did not report; empty where all did."""
    if not report.missing:
        return ""
    named = [place(each.place, texts) for each in report.missing[:most]]
    if hidden := len(report.missing) - len(named):
        named.append(texts.translate(Message("{n} more", n=hidden)))
    return texts.translate(
        Message(
            "{n} of {expected} did not report: {names}.",
            n=len(report.missing),
            expected=report.coverage.expected,
            names=tuple(named),
        )
    )


def why_missing(missing: MissingAccount, texts: Shown) -> str:
    """Say why one did not report."""
    why = clean(texts.translate(missing.why), NOTE_LIMIT)
    return f"{place(missing.place, texts)}: {why}"


def place(where: Place, texts: Shown) -> str:
    """Name an account in a Region, safe to show."""
    name, account_id = clean(where.name, NAME_LIMIT), where.account_id
    if not where.region:
        return account_id
    if not name:
        return texts.translate(Message("{id} ({region})", id=account_id, region=where.region))
    return texts.translate(
        Message("{name} ({id}, {region})", name=name, id=account_id, region=where.region)
    )


def failures(row: AccountRow, texts: Shown) -> str:
    """Say how many of an account's executions failed, and most often by what."""
    counted = row.coverage.executions_counted
    count = failed_of(row.failures, row.executions if counted else None)
    if row.failure_rate is not None:
        count = Message("{failed} ({rate})", failed=count, rate=rate(row))
    said = texts.translate(count)
    if row.causes:
        cause = texts.title(row.causes[0].cause)
        mostly = Message("mostly {cause}", cause=cause) if len(row.causes) > 1 else cause
        said = texts.together([said, texts.translate(mostly)])
    return said


def rate(row: AccountRow) -> str:
    """Give the share that failed, or a dash where it is not known."""
    return "-" if row.failure_rate is None else percent(row.failures, row.executions)


def shared_cause(shared: SharedCause, texts: Shown) -> str:
    """Say how many executions of how many accounts ended by a cause."""
    return texts.translate(
        Message(
            "{cause}: {executions} in {accounts}",
            cause=texts.title(shared.cause),
            executions=quantities.about_executions(shared.executions, shared.estimated),
            accounts=_named(shared.accounts, texts),
        )
    )


def shared_incident(shared: SharedIncident, texts: Shown) -> str:
    """Say what began when, until when it went on, and where."""
    return texts.translate(
        Message(
            "{cause}: {executions} from {began} to {ended} ({zone}) in {accounts}",
            cause=texts.title(shared.cause),
            executions=quantities.executions(shared.executions),
            began=shared.began_at,
            ended=shared.ended_at,
            accounts=_named(shared.accounts, texts),
        )
    )


def _named(accounts: Sequence[PlaceCount], texts: Shown) -> str:
    """Count places, and name the first of them."""
    names = [clean(each.name, NAME_LIMIT) or each.account_id for each in accounts]
    shown = list(dict.fromkeys(names))[:_NAMED]
    if len(set(names)) > len(shown):
        shown.append("…")
    ids = len({each.account_id for each in accounts})
    regions = len({(each.account_id, each.region) for each in accounts})
    number = (
        ngettext("{n} account", "{n} accounts", ids)
        if ids > 1
        else ngettext("{n} Region", "{n} Regions", regions)
    )
    return texts.translate(Message("{number} ({names})", number=number, names=tuple(shown)))


def coverage(report: AccountsReport, texts: Shown) -> str:
    """Say how many places reported, and what was read of them together."""
    read = report.coverage
    return texts.translate(
        Message(
            "{reported} of {expected} reported; {scanned} of {tagged} state machines and "
            "{failures_read} of {failures_found} failed or aborted executions read; {window}",
            reported=read.reported,
            expected=read.expected,
            scanned=read.machines_scanned,
            tagged=read.machines_tagged,
            failures_read=read.failures_read,
            failures_found=read.failures_found,
            window=findings.window(report.window),
        )
    )


def partial_rows(report: AccountsReport, texts: Shown) -> list[str]:
    """Say what is missing in each account that reported in part."""
    return [
        f"{place(row.place, texts)}: {_lacks(row, texts)}"
        for row in report.accounts
        if not row.coverage.complete
    ]


def _lacks(row: AccountRow, texts: Shown) -> str:
    read = row.coverage
    figures = texts.translate(
        Message(
            "{scanned} of {tagged} state machines and {failures_read} of {failures_found} failed "
            "or aborted executions read.",
            scanned=read.machines_scanned,
            tagged=read.machines_tagged,
            failures_read=read.failures_read,
            failures_found=read.failures_found,
        )
    )
    first = read.left_out[:1]
    return texts.joined([figures, *(clean(texts.translate(note), NOTE_LIMIT) for note in first)])


def notes(report: AccountsReport, texts: Shown) -> list[str]:
    """Give what is to be said of the report as a whole."""
    return [clean(texts.translate(note), NOTE_LIMIT) for note in report.coverage.notes]


def more(hidden: int, texts: Shown) -> str:
    """Say how many accounts are not shown."""
    places = ngettext(
        "and {n} more account with failures", "and {n} more accounts with failures", hidden
    )
    return texts.translate(places)
