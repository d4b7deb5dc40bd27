"""One report, shown the way a person or a program asked for; GitHub's Markdown is written here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, TextIO

from sfn_digest.model.report import CauseRow, MachineReport, Report
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report import console, leading
from sfn_digest.report import presenter as view
from sfn_digest.report.change.markdown import escaped
from sfn_digest.report.csv_face import to_csv
from sfn_digest.report.face_lines import hint_lines, more_machines
from sfn_digest.report.json_face import to_dict, to_json
from sfn_digest.report.redrive_lines import redrive_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.report.subsets import by_environment, itself
from sfn_digest.report.wording import findings, labels, quantities

_MACHINES, _CAUSES, _HINTS, _NOTES = 50, 10, 20, 20


def to_markdown(report: Report, texts: Shown) -> str:
    """Give the report as Markdown; text from executions stays text in it."""
    return "\n".join(_lines(report, texts)).strip() + "\n"


def _lines(report: Report, texts: Shown) -> Iterator[str]:
    yield escaped(texts.scope(report))
    if missing := texts.partial(report, _NOTES):
        yield from ("", f"**{escaped(texts.translate(labels.PARTIAL))}** {escaped(missing)}")
    if not report.totals.failures:
        yield from ("", escaped(texts.quiet(report)))
    if lost := leading.tasks_lost(report, texts):
        yield from ("", escaped(leading.BETWEEN.join(lost)))
    yield from _section(texts.translate(labels.MACHINES), _machines(report, texts))
    yield from _section(texts.translate(labels.HINTS), _hints(report, texts))
    yield from _section(texts.translate(labels.REDRIVE), _redrives(report, texts))
    yield from _section(texts.translate(labels.COVERAGE), _coverage(report, texts))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    items = list(lines)
    if items:
        yield from ("", f"## {escaped(title)}", "", *items)


def _machines(report: Report, texts: Shown) -> Iterator[str]:
    failing = view.failing_machines(report)
    if not failing:
        return
    heads = (labels.FAILURES, labels.OF, labels.FAILED_ATTEMPTS)
    groups = by_environment(failing[:_MACHINES], itself, report, texts)
    for place, (heading, machines) in enumerate(groups):
        if heading:
            yield from (*([""] if place else []), f"### {escaped(heading)}", "")
        yield _row(["", *(texts.translate(each) for each in heads)])
        yield _row(["---", *("--:" for _ in heads)])
        for machine in machines:
            yield from _machine(report, machine, texts)
    if hidden := failing[_MACHINES:]:
        yield _row([escaped(more_machines(hidden, texts)), "", "", ""])


def _machine(report: Report, machine: MachineReport, texts: Shown) -> Iterator[str]:
    executions = view.executions_of(report, machine)
    name, url = escaped(texts.name(machine.name)), console.machine_url(machine.arn)
    yield _row(
        [
            f"**[{name}]({url})**" if url else f"**{name}**",
            texts.number(machine.failures),
            "" if executions is None else texts.number(executions),
            texts.number(view.failed_attempts(machine)),
        ]
    )
    for row in machine.causes[:_CAUSES]:
        yield _row(_cause(row, texts))
    if hidden := len(machine.causes[_CAUSES:]):
        yield _row([escaped(texts.translate(quantities.more_causes(hidden))), "", "", ""])


def _cause(row: CauseRow, texts: Shown) -> list[str]:
    state = texts.name(row.state) if row.state else None
    said = escaped(texts.translate(findings.cause_in(texts.title(row.cause), state)))
    detail = escaped(texts.detail(row.error, row.message))
    return [
        f"{said}<br>{detail}" if detail else said,
        escaped(texts.translate(quantities.about(row.executions, row.estimated))),
        "",
        texts.number(row.failed_attempts),
    ]


def _hints(report: Report, texts: Shown) -> Iterator[str]:
    for hint in hint_lines(report, texts, _HINTS):
        yield f"- **{escaped(hint.title)}**  \n  {escaped(hint.text)}{_command(hint.command)}"
    if hidden := len(report.hints[_HINTS:]):
        yield f"- {escaped(texts.translate(quantities.more_hints(hidden)))}"


def _command(given: str) -> str:
    """A line with a command, as code unless that would end in its midst."""
    if not given:
        return ""
    return f"  \n  {escaped(given)}" if "`" in given else f"  \n  `{given}`"


def _redrives(report: Report, texts: Shown) -> Iterator[str]:
    found = redrive_lines(report, texts)
    if found is not None:
        yield escaped(found.said)
        yield ""
        yield from (f"- {escaped(each.machine)}: {escaped(each.said)}" for each in found.machines)


def _coverage(report: Report, texts: Shown) -> Iterator[str]:
    items = (
        texts.translate(findings.coverage(report.coverage)),
        *texts.remarks(report.coverage, _NOTES),
    )
    yield from (f"- {escaped(each)}" for each in items)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def show(
    report: Report,
    face: str,
    texts: Shown,
    out: TextIO,
    *,
    depth: Literal["brief", "usual", "full"] = "usual",
) -> None:
    """Write a report to `out`: as json, csv, slack, html, markdown, or for a terminal.

    Only the face that is asked for is imported: the Lambda needs none of the others.
    """
    if face == "json":
        out.write(to_json(report) + "\n")
    elif face == "csv":
        out.write(to_csv(to_dict(report)))
    elif face == "slack":
        out.write(json.dumps(as_posted(messages(report, texts)), indent=2) + "\n")
    elif face == "markdown":
        out.write(to_markdown(report, texts))
    elif face == "html":
        from sfn_digest.report.html.page import page  # noqa: PLC0415

        out.write(page(report, texts))
    else:
        from sfn_digest.report.terminal.whole_report import write  # noqa: PLC0415

        write(report, texts, out, depth=depth)


def as_posted(digest: Sequence[SlackMessage]) -> dict[str, Any]:
    """Give the root message as chat.postMessage takes it, with the replies to it as `thread`."""
    root, *replies = ({"text": each.text, "blocks": each.blocks} for each in digest)
    return {**root, "thread": replies}
