"""The digest as one Slack message: at most eight blocks, read in thirty seconds.

Text from outside stands only in rich text and plain text, where Slack reads no markup, or
is escaped. Limits are those of Slack's Block Kit reference; a whole message of some 11,000
characters was seen to be refused, so 8,000 are allowed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
    SectionBlock,
)

from sfn_digest.report import console, slack_text, view
from sfn_digest.report.model import FailureReport, MachineReport, Report
from sfn_digest.report.shown import Shown

MESSAGE_LIMIT = 8_000
"""Characters of all text in a message: blocks, links and top-level text."""

_LINK_LIMIT = 600
_MANY_TRIES = 2
"""One failed try says no more than the cause of the failure itself."""

_BOLD = {"bold": True}
_CODE = {"code": True}

_Part = RichTextElementParts.Text | RichTextElementParts.Link


@dataclass(frozen=True, slots=True)
class Message:
    """What chat.postMessage takes: `text` is a complete summary for notifications and screen
    readers, `blocks` what is seen.
    """

    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Size:
    machines: int
    executions: int
    hints: int
    causes: int
    notes: int


_SIZES = (_Size(5, 3, 2, 3, 3), _Size(4, 2, 1, 2, 2), _Size(3, 1, 1, 1, 1))
"""From the most that is shown to the least; names of the greatest length fit the last."""


def message(report: Report, texts: Shown) -> Message:
    """Give the digest's root message; a week without failures is one line."""
    candidates = (_message(report, texts, size) for size in _SIZES)
    for candidate in candidates:
        if weight(candidate) <= MESSAGE_LIMIT:
            break
    return candidate


def weight(candidate: Message) -> int:
    """Count the characters of a message's text: every string in its blocks, and `text`."""
    return len(candidate.text) + _characters(candidate.blocks)


def _characters(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_characters, value.values()))
    if isinstance(value, list):
        return sum(map(_characters, value))
    return len(value) if isinstance(value, str) else 0


def _message(report: Report, texts: Shown, size: _Size) -> Message:
    quiet = not report.totals.unsuccessful
    blocks = [_quiet(report, texts, size)] if quiet else _digest(report, texts, size)
    return Message(
        text=slack_text.summary(report, texts, machines=size.machines, notes=size.notes),
        blocks=[block.to_dict() for block in blocks],
    )


def _digest(report: Report, texts: Shown, size: _Size) -> list[Block]:
    candidates: list[Block | None] = [
        HeaderBlock(text=PlainTextObject(text=texts.finding(report), emoji=False)),
        _lead(report, texts, size),
        _numbers(report, texts),
        _machines(report, texts, size),
        _hardest(report, texts, size),
        _hints(report, texts, size),
        _advice(report, texts, size),
        _context(report, texts, size),
    ]
    return [block for block in candidates if block]


def _quiet(report: Report, texts: Shown, size: _Size) -> Block:
    return _rich([_section([*_partial(report, texts, size), _text(texts.quiet(report))])])


def _partial(report: Report, texts: Shown, size: _Size) -> list[_Part]:
    missing = texts.partial(report, size.notes)
    return [_text(texts.words.PARTIAL, _BOLD), _text(f" {missing}\n")] if missing else []


def _lead(report: Report, texts: Shown, size: _Size) -> Block:
    first = view.failing_machines(report)[0]
    said = f" {texts.lead(report)}"
    return _rich(
        [_section([*_partial(report, texts, size), _machine_link(first, texts), _text(said)])]
    )


def _numbers(report: Report, texts: Shown) -> Block:
    totals = report.totals
    tries = sum(map(view.failed_tries, report.machines))
    pairs = (
        (texts.words.FAILED, totals.failed),
        (texts.words.TIMED_OUT, totals.timed_out),
        (texts.words.ABORTED, totals.aborted),
        (texts.words.FAILED_TRIES, tries),
    )
    return SectionBlock(
        fields=[
            MarkdownTextObject(text=f"*{label}*\n{texts.words.number(value)}", verbatim=True)
            for label, value in pairs
        ]
    )


def _machines(report: Report, texts: Shown, size: _Size) -> Block:
    failing = view.failing_machines(report)
    rows = [_machine_row(machine, texts) for machine in failing[: size.machines]]
    if hidden := failing[size.machines :]:
        failures = sum(machine.unsuccessful for machine in hidden)
        rows.append([_text(texts.words.more_machines(len(hidden), failures))])
    return _titled(texts.words.MACHINES, rows)


def _machine_row(machine: MachineReport, texts: Shown) -> list[_Part]:
    executions = machine.succeeded + machine.unsuccessful
    counted = texts.words.machine_failures(machine.unsuccessful, executions)
    main = view.main_cause(machine)
    if main is None:
        return [_machine_link(machine, texts), _text(f": {counted}; {texts.words.CAUSES_NOT_READ}")]
    said = f": {counted}, {texts.main_cause(machine, main)}"
    parts = [_machine_link(machine, texts), _text(said)]
    if main.state:
        lead_in = f" {texts.words.in_state(elsewhere=main.elsewhere)} "
        parts += [_text(lead_in), _text(texts.name(main.state), _CODE)]
    if tries := view.failed_tries(machine):
        parts.append(_text(f"; {texts.words.failed_tries(tries)}"))
    return parts


def _hardest(report: Report, texts: Shown, size: _Size) -> Block | None:
    hardest = view.hardest_failures(report, size.executions, at_least=_MANY_TRIES)
    names = view.machine_names(report)
    rows = [_execution_row(failure, names[failure.machine_arn], texts) for failure in hardest]
    retried = sum(view.tries_of(failure) >= _MANY_TRIES for failure in report.failures)
    if hidden := retried - len(rows):
        rows.append([_text(texts.words.more_retried(hidden))])
    return _titled(texts.words.MOST_TRIES, rows) if rows else None


def _execution_row(failure: FailureReport, machine: str, texts: Shown) -> list[_Part]:
    name = texts.name(view.execution_name(failure.execution_arn))
    return [
        _text(f"{texts.name(machine)} / "),
        _link(console.execution_url(failure.execution_arn), name),
        _text(f": {texts.tries(failure)}"),
    ]


def _hints(report: Report, texts: Shown, size: _Size) -> Block | None:
    names = view.machine_names(report)
    rows: list[list[_Part]] = [
        [
            _text(texts.hint_title(hint, names[hint.machine_arn]), _BOLD),
            _text(f". {texts.hint(hint)}"),
        ]
        for hint in report.hints[: size.hints]
    ]
    if hidden := len(report.hints[size.hints :]):
        rows.append([_text(texts.words.more_hints(hidden))])
    return _titled(texts.words.HINTS, rows) if rows else None


def _advice(report: Report, texts: Shown, size: _Size) -> Block | None:
    causes = [total for total in view.cause_totals(report) if texts.advice(total.cause)]
    rows = [_advice_row(total, texts) for total in causes[: size.causes]]
    if hidden := len(causes[size.causes :]):
        rows.append([_text(texts.words.more_causes(hidden))])
    return _titled(texts.words.WHAT_TO_DO, rows) if rows else None


def _advice_row(total: view.CauseTotal, texts: Shown) -> list[_Part]:
    said = f" ({texts.words.executions(total.executions)}): {texts.advice(total.cause)}"
    parts: list[_Part] = [_text(texts.title(total.cause), _BOLD), _text(said)]
    if url := texts.url(total.cause):
        parts += [_text(" "), RichTextElementParts.Link(url=url, text=texts.words.READ_MORE)]
    return parts


def _context(report: Report, texts: Shown, size: _Size) -> Block:
    lines = [
        texts.place(report),
        texts.words.window(report.window),
        texts.words.coverage(report.coverage),
    ]
    if report.coverage.complete:
        lines += texts.notes(report.coverage, size.notes)
    return ContextBlock(elements=[PlainTextObject(text=line, emoji=False) for line in lines])


def _machine_link(machine: MachineReport, texts: Shown) -> _Part:
    return _link(console.machine_url(machine.arn), texts.name(machine.name), _BOLD)


def _link(url: str | None, text: str, style: dict[str, bool] | None = None) -> _Part:
    if url is None or len(url) > _LINK_LIMIT:
        return _text(text, style or _CODE)
    return RichTextElementParts.Link(url=url, text=text, style=style)


def _text(text: str, style: dict[str, bool] | None = None) -> RichTextElementParts.Text:
    return RichTextElementParts.Text(text=text, style=style)


def _section(parts: Sequence[_Part]) -> RichTextSectionElement:
    return RichTextSectionElement(elements=parts)


def _titled(title: str, rows: Sequence[Sequence[_Part]]) -> Block:
    bullets = RichTextListElement(style="bullet", elements=[_section(row) for row in rows])
    return _rich([_section([_text(title, _BOLD)]), bullets])


def _rich(elements: Sequence[RichTextSectionElement | RichTextListElement]) -> Block:
    return RichTextBlock(elements=elements)
