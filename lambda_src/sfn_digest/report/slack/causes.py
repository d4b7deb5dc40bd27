"""Replies: every cause with an example, and Distributed Maps whose children failed."""

from collections.abc import Iterator, Mapping

from sfn_digest.model.message import Message
from sfn_digest.model.report import CauseRow, FailureReport, Report
from sfn_digest.report import leading
from sfn_digest.report.map_run_lines import MapRunLine, map_run_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.chart import causes_chart, with_chart
from sfn_digest.report.slack.reply import Item, Kind, bullet, line, replies
from sfn_digest.report.slack.rich_text import (
    BOLD,
    CODE,
    Part,
    execution_link,
    link,
    machine_link,
    runbook_parts,
    text,
)
from sfn_digest.report.wording import counts, findings, labels
from sfn_digest.report.wording import map_runs as wording

_MAP_RUNS = 12


def map_run_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Tell of each Map run with failed children; one reply at most."""
    lines = map_run_lines(report, texts)
    items = [_item(each) for each in lines[:_MAP_RUNS]]
    kind = Kind(wording.TITLE, 1, wording.more)
    return replies(kind, items, texts, beyond=len(lines[_MAP_RUNS:]))


def _item(told: MapRunLine) -> Item:
    head = line(link(told.url, told.name), text(f": {told.said}"))
    return Item((head, *(bullet(text(cause)) for cause in told.causes)))


_REPLIES = 1
_ROWS = 100

_Key = tuple[str, str, str | None, str, str]


def cause_replies(report: Report, texts: Shown, *, charts: bool) -> tuple[Message, ...]:
    """Give the causes by machine and state, machines with most failures first."""
    latest = _latest(report)
    items = list(_items(report, latest, texts))
    kind = Kind(labels.CAUSES_BY_STATE, _REPLIES, counts.more_causes_in_json)
    rows = sum(len(machine.causes) for machine in report.machines)
    told = replies(kind, items, texts, beyond=rows - len(items))
    if not charts or not told:
        return told
    return (with_chart(told[0], causes_chart(report, texts)), *told[1:])


def _items(report: Report, latest: Mapping[_Key, FailureReport], texts: Shown) -> Iterator[Item]:
    left, linked = _ROWS, set[str | None]()
    for machine in report.machines:
        whose = leading.about(machine, leading.environment(machine, report, texts), texts)
        named = [text(whose)] if whose else []
        lead = line(machine_link(machine, texts), *named, *runbook_parts(machine, texts))
        for row in machine.causes[:left]:
            url = texts.url(row.cause, row.integration)
            guide = url if url not in linked else None
            linked.add(url)
            example = latest.get((machine.arn, row.cause, row.state, row.error, row.group))
            yield Item((bullet(*_row(row, example, texts), *_guide(guide, texts)),), lead)
        left = max(0, left - len(machine.causes))


def _row(row: CauseRow, example: FailureReport | None, texts: Shown) -> Iterator[Part]:
    yield text(texts.title(row.cause), BOLD)
    if row.state:
        yield text(texts.tell(findings.in_state(elsewhere=False)))
        yield text(texts.name(row.state), CODE)
    number = counts.about_executions(row.executions, row.estimated)
    counted = [texts.tell(number)] if row.executions else []
    if row.failed_attempts:
        counted.append(texts.tell(counts.failed_attempts(row.failed_attempts)))
    yield text(f": {texts.tell(labels.COMMA).join(counted)}")
    if example:
        yield text(f"{texts.tell(labels.SEMICOLON)}{texts.tell(labels.FOR_EXAMPLE)} ")
        yield execution_link(example.execution_arn, texts)
    if detail := texts.detail(row.error, row.message):
        yield text(f": {detail}")


def _guide(url: str | None, texts: Shown) -> list[Part]:
    return [text(" "), link(url, texts.tell(labels.READ_MORE))] if url else []


def _latest(report: Report) -> dict[_Key, FailureReport]:
    """The latest execution that each cause ended; the report has the latest first."""
    latest: dict[_Key, FailureReport] = {}
    for each in report.failures:
        key = (each.machine_arn, each.cause, each.state, each.error, each.group)
        latest.setdefault(key, each)
    return latest
