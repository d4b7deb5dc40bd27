"""The digest as one Slack message: at most eight blocks, read in thirty seconds.

Text from outside stands only in rich text and plain text, where Slack reads no markup, or
is escaped. Limits are those of Slack's Block Kit reference. What does not fit stands in the
thread (thread/).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextElementParts,
    SectionBlock,
)

from sfn_digest.model.message import MESSAGE_LIMIT, Message, weight
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import fallback_text as slack_text
from sfn_digest.report.slack.rich_text import (
    BOLD,
    CODE,
    Part,
    header,
    machine_link,
    rich,
    section,
    text,
    titled,
)
from sfn_digest.report.wording import counts, findings, labels, past

__all__ = ["Message", "message"]


@dataclass(frozen=True, slots=True)
class _Size:
    machines: int
    hints: int
    notes: int


_SIZES = (_Size(5, 2, 3), _Size(4, 1, 2), _Size(3, 1, 1))
"""From the most that is shown to the least; names of the greatest length fit the last."""


def message(report: Report, texts: Shown) -> Message:
    """Give the digest's root message; a week without failures is one line."""
    candidates = (_message(report, texts, size) for size in _SIZES)
    for candidate in candidates:
        if weight(candidate) <= MESSAGE_LIMIT:
            break
    return candidate


def _message(report: Report, texts: Shown, size: _Size) -> Message:
    quiet = not report.totals.unsuccessful
    blocks = [_quiet(report, texts, size)] if quiet else _digest(report, texts, size)
    return Message(
        text=slack_text.summary(report, texts, machines=size.machines, notes=size.notes),
        blocks=[block.to_dict() for block in blocks],
    )


def _digest(report: Report, texts: Shown, size: _Size) -> list[Block]:
    candidates: list[Block | None] = [
        header(texts.finding(report)),
        _lead(report, texts, size),
        _numbers(report, texts),
        _machines(report, texts, size),
        _hints(report, texts, size),
        _advice(report, texts, size),
        _context(report, texts, size),
    ]
    return [block for block in candidates if block]


def _quiet(report: Report, texts: Shown, size: _Size) -> Block:
    line = slack_text.quiet_line(report, texts)
    return rich([section([*_partial(report, texts, size), text(line)])])


def _partial(report: Report, texts: Shown, size: _Size) -> list[Part]:
    missing = texts.partial(report, size.notes)
    return [text(texts.tell(labels.PARTIAL), BOLD), text(f" {missing}\n")] if missing else []


def _lead(report: Report, texts: Shown, size: _Size) -> Block:
    first = view.failing_machines(report)[0]
    said = text(f" {texts.lead(report)}")
    return rich([section([*_partial(report, texts, size), machine_link(first, texts), said])])


def _numbers(report: Report, texts: Shown) -> Block:
    length = view.length(report)
    return SectionBlock(
        fields=[
            MarkdownTextObject(
                text=f"*{label}*\n{texts.tell(past.number_and_before(now, before, length))}",
                verbatim=True,
            )
            for label, now, before in slack_text.numbers(report, texts)
        ]
    )


def _machines(report: Report, texts: Shown, size: _Size) -> Block:
    failing = view.failing_machines(report)
    rows = [list(_machine_row(machine, report, texts)) for machine in failing[: size.machines]]
    if hidden := failing[size.machines :]:
        failures = sum(machine.unsuccessful for machine in hidden)
        rows.append([text(texts.tell(counts.more_machines(len(hidden), failures)))])
    return titled(texts.tell(labels.MACHINES), rows)


def _machine_row(machine: MachineReport, report: Report, texts: Shown) -> Iterator[Part]:
    yield machine_link(machine, texts)
    counted = slack_text.machine_counted(machine, report, texts)
    main = view.main_cause(machine)
    if main is None:
        yield text(f": {counted}{texts.tell(labels.SEMICOLON)}{texts.tell(labels.CAUSES_NOT_READ)}")
        return
    yield text(f": {counted}{texts.tell(labels.COMMA)}{texts.main_cause(machine, main)}")
    if main.state:
        yield text(texts.tell(findings.in_state(elsewhere=main.elsewhere)))
        yield text(texts.name(main.state), CODE)
    if attempts := view.failed_attempts(machine):
        yield text(f"{texts.tell(labels.SEMICOLON)}{texts.tell(counts.failed_attempts(attempts))}")


def _hints(report: Report, texts: Shown, size: _Size) -> Block | None:
    names = view.machine_names(report)
    rows: list[list[Part]] = [
        [
            text(texts.hint_title(hint, names[hint.machine_arn]), BOLD),
            text(f"{texts.after_stop(texts.hint(hint))}"),
        ]
        for hint in report.hints[: size.hints]
    ]
    if hidden := len(report.hints[size.hints :]):
        rows.append([text(texts.tell(counts.more_hints(hidden)))])
    return titled(texts.tell(labels.HINTS), rows) if rows else None


def _advice(report: Report, texts: Shown, size: _Size) -> Block | None:
    """What to do about the first cause that no hint shown above is about."""
    total = view.unhinted(report, texts.table, hints=size.hints)
    if total is None:
        return None
    said = f" ({texts.tell(counts.executions(total.executions))}): {texts.advice(total.cause)}"
    parts: list[Part] = [
        text(f"{texts.tell(labels.WHAT_TO_DO)}: {texts.title(total.cause)}", BOLD),
        text(said),
    ]
    if url := texts.url(total.cause):
        parts += [text(" "), RichTextElementParts.Link(url=url, text=texts.tell(labels.READ_MORE))]
    return rich([section(parts)])


def _context(report: Report, texts: Shown, size: _Size) -> Block:
    lines = [
        texts.place(report),
        texts.tell(findings.window(report.window)),
        texts.tell(findings.coverage(report.coverage)),
        *texts.remarks(report.coverage, size.notes),
    ]
    return ContextBlock(elements=[PlainTextObject(text=line, emoji=False) for line in lines])
