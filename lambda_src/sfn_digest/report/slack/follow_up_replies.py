"""Replies on what stands around the failures: redrives, the periods before, what no failure shows,
and what was not read.
"""

from collections.abc import Iterator

from slack_sdk.models.blocks import RawTextObject, TableBlock, TableBlockColumnSettings

from sfn_digest.model.comparison import Period
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report import compared
from sfn_digest.report.redrive_candidates import MachineRedrives, Redrives, own_command, redrives
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.chart import trend_chart, with_chart
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.reply import (
    WHOLE,
    Code,
    Item,
    Kind,
    ReplyLine,
    Room,
    bullet,
    line,
    replies,
)
from sfn_digest.report.slack.rich_text import (
    BOLD,
    ITALIC,
    Part,
    bullets,
    header,
    link,
    machine_link,
    rich,
    text,
)
from sfn_digest.report.subsets import headed
from sfn_digest.report.unnoticed_lines import UnnoticedLine, unnoticed_lines
from sfn_digest.report.wording import comparisons, labels, quantities, redriving
from sfn_digest.report.wording import unnoticed as wording

_REPLIES = 1
_MACHINES = 20


def redrive_replies(report: Report, texts: Shown, room: Room = WHOLE) -> tuple[SlackMessage, ...]:
    """Give a command for each machine whose failures time may have healed."""
    found = redrives(report)
    if not found.machines:
        return ()
    machines = {machine.arn: machine for machine in report.machines}
    healing = headed(found.machines, lambda each: machines[each.machine_arn], report, texts)
    items = [
        _redrivable(machines[each.machine_arn], heading, each, texts) for each, heading in healing
    ]
    kind = Kind(labels.REDRIVE, _REPLIES, quantities.more_machines_in_json)
    shown = [_summary(found, texts), *items[:_MACHINES]]
    return replies(kind, shown, texts, beyond=len(items[_MACHINES:]), room=room)


def _summary(found: Redrives, texts: Shown) -> Item:
    until = min(each.until for each in found.machines)
    said = texts.translate(redriving.redrivable(found.executions, len(found.machines), until))
    if found.caught:
        said = f"{said} {texts.translate(redriving.caught_in_fail_state(found.caught))}"
    if found.standing:
        said = f"{said} {texts.translate(redriving.cause_stands(found.standing))}"
    return Item((line(text(said)),))


def _redrivable(machine: MachineReport, heading: str, found: MachineRedrives, texts: Shown) -> Item:
    sentence = redriving.redrivable_of_machine(len(found.executions), found.until, found.succeeded)
    said = texts.translate(sentence)
    above = [text(f"{heading}\n", ITALIC)] if heading else []
    head = line(*above, machine_link(machine, texts), text(f": {said}"))
    how = own_command(machine.name)
    return Item((head, *([Code(how)] if how else [])))


_CHANGES = 40
_CARRIED_OVER = 40


def change_replies(report: Report, texts: Shown) -> tuple[SlackMessage, ...]:
    """Hold the causes against those of the period before, where those are known."""
    changes = compared.changes(report, texts)
    items = [Item((_change(each, texts),)) for each in changes[:_CHANGES]]
    kind = Kind(labels.CHANGES, 1, quantities.more_causes_in_json)
    return replies(kind, items, texts, beyond=len(changes[_CHANGES:]))


def _change(each: compared.ChangeLine, texts: Shown) -> ReplyLine:
    counted = texts.translate(comparisons.now_and_before(each.executions, each.before))
    note = f"{texts.translate(labels.SEMICOLON)}{each.note}" if each.note else ""
    return bullet(
        text(f"{each.change}: ", BOLD),
        link(each.url, each.machine),
        text(f": {each.cause}: {counted}{note}"),
    )


def carried_over_replies(
    report: Report, texts: Shown, room: Room = WHOLE
) -> tuple[SlackMessage, ...]:
    """Name the executions that had failed in the period before, and failed again."""
    executions = compared.carried_over(report, texts)
    items = [
        Item((bullet(*_machine(each), link(each.url, each.name)),))
        for each in executions[:_CARRIED_OVER]
    ]
    kind = Kind(labels.CARRIED_OVER, 1, quantities.more_executions_in_json)
    return replies(kind, items, texts, beyond=len(executions[_CARRIED_OVER:]), room=room)


def _machine(each: compared.CarriedOver) -> tuple[Part, ...]:
    return (text(f"{each.machine} / "),) if each.machine else ()


_LONGEST_BAR = 12
_PERIODS = 26
"""Half a year of weeks; a table takes 100 rows."""


def trend_replies(report: Report, texts: Shown, *, charts: bool) -> tuple[SlackMessage, ...]:
    """Give the periods with their failures, where any of them had one."""
    periods = report.trend[-_PERIODS:]
    if not any(period.failures for period in periods):
        return ()
    title = texts.translate(comparisons.trend(len(periods), report.window))
    spoken = [title, *(_spoken(period, texts) for period in periods)]
    blocks = [header(title).to_dict(), _table(periods, texts).to_dict()]
    message = SlackMessage(escape("\n".join(spoken), TEXT_LIMIT), blocks)
    return (with_chart(message, trend_chart(title, periods, texts)) if charts else message,)


def _spoken(period: Period, texts: Shown) -> str:
    return texts.translate(
        comparisons.period_failed(_began(period, texts), period.failures, period.executions)
    )


def _began(period: Period, texts: Shown) -> str:
    return texts.translate(
        comparisons.began(period.window.start, period.window.end - period.window.start)
    )


def _table(periods: tuple[Period, ...], texts: Shown) -> TableBlock:
    heading = (
        texts.translate(labels.PERIOD),
        texts.translate(labels.FAILURES),
        texts.translate(labels.OF),
        texts.translate(labels.SHARE),
        texts.translate(labels.BAR),
    )
    most = max(period.failures for period in periods)
    rows = [heading, *(tuple(_cells(period, most, texts)) for period in periods)]
    right = TableBlockColumnSettings(align="right")
    return TableBlock(
        rows=[[RawTextObject(text=cell) for cell in row] for row in rows],
        column_settings=[TableBlockColumnSettings(align="left"), right, right, right],
    )


def _cells(period: Period, most: int, texts: Shown) -> Iterator[str]:
    yield _began(period, texts)
    yield texts.number(period.failures)
    yield texts.translate(quantities.executions(period.executions))
    yield quantities.percent(period.failures, period.executions)
    yield _bar(period.failures, most)


def _bar(value: int, most: int) -> str:
    return "█" * max(1, round(_LONGEST_BAR * value / most)) if value else "\N{EN DASH}"


_LINES = 14


def unnoticed_replies(report: Report, texts: Shown, room: Room = WHOLE) -> tuple[SlackMessage, ...]:
    """Say what retries saved, what hangs and what a release broke; one reply at most."""
    lines = unnoticed_lines(report, texts)
    items = [_unnoticed(each) for each in lines[:_LINES]]
    kind = Kind(wording.TITLE, 1, wording.more)
    return replies(kind, items, texts, beyond=len(lines[_LINES:]), room=room)


def _unnoticed(found: UnnoticedLine) -> Item:
    named = (link(found.url, found.name), text(f": {found.said}"))
    head = line(*named) if found.name else line(text(found.said))
    return Item((head, *(bullet(text(detail)) for detail in found.details)))


_NOTES = 5


def coverage_replies(report: Report, texts: Shown) -> tuple[SlackMessage, ...]:
    """Give the notes, on what was left out first; no reply where there is nothing to say."""
    missing = texts.partial(report, _NOTES)
    missing = missing[:1].upper() + missing[1:]
    notes = [*([missing] if missing else []), *texts.remarks(report.coverage, _NOTES)]
    if not notes:
        return ()
    title = texts.translate(labels.COVERAGE)
    spoken = "\n".join([title, *(f"• {each}" for each in notes)])
    blocks = [header(title), rich([bullets([[text(each)] for each in notes])])]
    return (SlackMessage(escape(spoken, TEXT_LIMIT), [block.to_dict() for block in blocks]),)
