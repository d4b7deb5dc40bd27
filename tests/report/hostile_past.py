"""What came before a random report, and its hints, by the same hostile authors."""

from dataclasses import replace
from datetime import timedelta

from sfn_digest.model.comparison import (
    Adopted,
    Before,
    CauseChange,
    Change,
    DefinitionChange,
    Period,
    Source,
    Verdict,
)
from sfn_digest.model.executions import ExecutionCounts, Window
from sfn_digest.model.report import Hint, Recovered, Report
from tests.report.hostile import Author
from tests.report.made import WINDOW

SOURCES: list[Source] = ["kept_report", "cloudwatch"]
CHANGES: list[Change] = ["new", "repeated", "resolved"]
VERDICTS: list[Verdict] = ["as_predicted", "better", "worse", "too_few"]


def with_past(author: Author, report: Report) -> Report:
    """Give the report all that may come before it, and hints; a report on nothing stays bare."""
    if not report.machines:
        return report
    return replace(
        report,
        hints=tuple(_hint(author, report) for _ in range(author.upto(4))),
        before=author.maybe(lambda: _before(author, report)),
        trend=tuple(_period(author, n) for n in range(author.upto(9))),
        adopted=tuple(_adopted(author, report) for _ in range(author.upto(3))),
        account_alias=author.maybe(author.text),
    )


def _machine_arn(author: Author, report: Report) -> str:
    return author.random.choice(report.machines).arn


def _retrier(author: Author) -> dict[str, object]:
    return {
        "ErrorEquals": [author.text()],
        "MaxAttempts": author.upto(9),
        author.text(): author.text(),
    }


def _hint(author: Author, report: Report) -> Hint:
    retriers = [_retrier(author) for _ in range(author.upto(30))]
    return Hint(
        kind=author.text(),
        machine_arn=_machine_arn(author, report),
        state=author.maybe(author.text),
        cause=author.cause(),
        errors=(author.text(),),
        retrier=author.maybe(lambda: _retrier(author)),
        failures=author.upto(99),
        incidents=author.upto(99),
        recovered=Recovered(1, 2.0, 3, 1, 3),
        added_wait_seconds=60.0,
        title=author.message(),
        text=author.message(),
        patched=author.maybe(lambda: {"Retry": retriers, "Parameters": {"secret": author.text()}}),
    )


def _period(author: Author, weeks_ago: int) -> Period:
    away = timedelta(days=7 * weeks_ago)
    counts = [author.upto(50_000) for _ in range(4)]
    return Period(Window(WINDOW.start - away, WINDOW.end - away), sum(counts), *counts)


def _before(author: Author, report: Report) -> Before:
    known = [machine.arn for machine in report.machines if author.upto(4)]
    return Before(
        source=author.random.choice(SOURCES),
        period=_period(author, 1),
        failed_attempts=author.maybe(lambda: author.upto(9_999)),
        machines={arn: ExecutionCounts(author.upto(999), author.upto(99)) for arn in known},
        causes=tuple(_change(author, report) for _ in range(author.upto(9))),
        carried_over=tuple(author.text() for _ in range(author.upto(3))),
    )


def _change(author: Author, report: Report) -> CauseChange:
    return CauseChange(
        machine_arn=author.random.choice([_machine_arn(author, report), author.text()]),
        state=author.maybe(author.text),
        cause=author.cause(),
        group=author.text(),
        change=author.random.choice(CHANGES),
        executions=author.upto(99),
        before=author.upto(99),
        first_at=author.maybe(lambda: WINDOW.start),
        definition=author.maybe(lambda: DefinitionChange(WINDOW.start, author.maybe(author.text))),
    )


def _adopted(author: Author, report: Report) -> Adopted:
    return Adopted(
        kind=author.text(),
        machine_arn=author.random.choice([_machine_arn(author, report), author.text()]),
        state=author.text(),
        cause=author.cause(),
        errors=tuple(author.text() for _ in range(author.upto(3))),
        retrier=_retrier(author),
        hinted_at=WINDOW.start,
        adopted_at=WINDOW.start,
        predicted_low=0.1,
        predicted_high=0.9,
        failures=author.upto(99),
        recovered=author.upto(99),
        verdict=author.random.choice(VERDICTS),
    )
