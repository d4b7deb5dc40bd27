"""The report on many accounts for a terminal or a pipe; needs the optional package rich."""

from typing import TextIO

from rich.console import Group, RenderableType
from rich.table import Table

from sfn_digest.accounts import words
from sfn_digest.accounts.records import AccountsReport
from sfn_digest.report.shown import Shown
from sfn_digest.report.terminal.first_screen import section
from sfn_digest.report.terminal.print import plain, print_to
from sfn_digest.report.terminal.sections import FAINT, TITLE, plain_table
from sfn_digest.report.terminal.wrap import Text
from sfn_digest.report.wording import labels

_SHARED = 10
_MISSING = 10
_WARNING = "bold yellow"


def write(report: AccountsReport, texts: Shown, out: TextIO, *, full: bool = False) -> None:
    """Write the report to `out`: in color where that is a terminal; `full`: all that is shared."""
    print_to(out, _digest(report, texts, None if full else _SHARED))


def render(report: AccountsReport, texts: Shown, width: int) -> str:
    """Give the report as plain text in lines of at most `width` columns."""
    return plain(_digest(report, texts, _SHARED), width)


def _digest(report: AccountsReport, texts: Shown, shared: int | None) -> RenderableType:
    absent = words.did_not_report(report, texts, _MISSING)
    partial = [Text.assemble((texts.translate(labels.PARTIAL), _WARNING), f" {absent}")]
    failing = any(row.failures for row in report.accounts)
    return Group(
        Text(words.headline(report, texts), TITLE),
        *(partial if absent else []),
        *section(texts.translate(words.ACCOUNTS), [_accounts(report, texts)] if failing else []),
        *section(
            texts.translate(words.SHARED_INCIDENTS),
            [Text(words.shared_incident(each, texts)) for each in report.incidents[:shared]],
        ),
        *section(
            texts.translate(words.SHARED_CAUSES),
            [Text(words.shared_cause(each, texts)) for each in report.causes[:shared]],
        ),
        *_unread(report, texts),
        Text(),
        Text(words.coverage(report, texts), FAINT),
    )


def _accounts(report: AccountsReport, texts: Shown) -> Table:
    table = plain_table()
    for heading in (labels.FAILURES, labels.OF, words.RATE):
        table.add_column(texts.translate(heading), justify="right", no_wrap=True)
    table.add_column(texts.translate(words.ACCOUNT))
    table.add_column(texts.translate(words.LEADING_CAUSE))
    for row in report.accounts:
        if not row.failures:
            continue
        counted = row.coverage.executions_counted
        table.add_row(
            texts.number(row.failures),
            texts.number(row.executions) if counted else "-",
            words.rate(row),
            Text(words.place(row.place, texts)),
            Text(texts.title(row.causes[0].cause) if row.causes else "-"),
        )
    return table


def _unread(report: AccountsReport, texts: Shown) -> list[RenderableType]:
    missing = [Text(words.why_missing(each, texts)) for each in report.missing]
    lacking = [*words.partial_rows(report, texts), *words.notes(report, texts)]
    return [
        *section(texts.translate(words.MISSING), list(missing)),
        *section(texts.translate(labels.COVERAGE), [Text(line) for line in lacking]),
    ]
