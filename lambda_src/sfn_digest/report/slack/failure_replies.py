"""Replies on what failed: causes, what to change, the attempts of each execution, Map runs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sfn_digest.i18n.message import parts_of, sentences
from sfn_digest.model.report import CauseRow, FailureReport, Hint, Report
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report import leading
from sfn_digest.report import presenter as view
from sfn_digest.report.adopted_lines import adopted_lines
from sfn_digest.report.leading import benefit
from sfn_digest.report.map_run_lines import MapRunLine, map_run_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.chart import causes_chart, with_chart
from sfn_digest.report.slack.follow_up_replies import redrive_replies
from sfn_digest.report.slack.reply import (
    WHOLE,
    Code,
    Item,
    Kind,
    ReplyLine,
    Room,
    bullet,
    in_one,
    line,
    replies,
)
from sfn_digest.report.slack.rich_text import (
    BOLD,
    CODE,
    ITALIC,
    Part,
    execution_link,
    link,
    machine_link,
    runbook_parts,
    text,
)
from sfn_digest.report.snippet import command, snippet
from sfn_digest.report.subsets import headed, itself
from sfn_digest.report.wording import findings, labels, quantities
from sfn_digest.report.wording import map_run_sentences as wording


def failed_replies(report: Report, texts: Shown) -> tuple[SlackMessage, ...]:
    """Give each execution's attempts with Distributed Maps and redrives, in one reply."""
    return in_one(report, texts, (execution_replies, map_run_replies, redrive_replies))


_REPLIES = 1
_MAP_RUNS = 12


def map_run_replies(report: Report, texts: Shown, room: Room = WHOLE) -> tuple[SlackMessage, ...]:
    """Report each Map run with failed children; one reply at most."""
    lines = map_run_lines(report, texts)
    items = [_map_run(each) for each in lines[:_MAP_RUNS]]
    kind = Kind(wording.TITLE, 1, wording.more)
    return replies(kind, items, texts, beyond=len(lines[_MAP_RUNS:]), room=room)


def _map_run(run: MapRunLine) -> Item:
    head = line(link(run.url, run.name), text(f": {run.said}"))
    return Item((head, *(bullet(text(cause)) for cause in run.causes)))


_ROWS = 100

_Key = tuple[str, str, str | None, str, str]


def cause_replies(report: Report, texts: Shown, *, charts: bool) -> tuple[SlackMessage, ...]:
    """Give the causes by machine and state, machines with most failures first."""
    latest = _latest(report)
    items = list(_items(report, latest, texts))
    kind = Kind(labels.CAUSES_BY_STATE, _REPLIES, quantities.more_causes_in_json)
    rows = sum(len(machine.causes) for machine in report.machines)
    messages = replies(kind, items, texts, beyond=rows - len(items))
    if not charts or not messages:
        return messages
    return (with_chart(messages[0], causes_chart(report, texts)), *messages[1:])


def _items(report: Report, latest: Mapping[_Key, FailureReport], texts: Shown) -> Iterator[Item]:
    left, linked = _ROWS, set[str | None]()
    for machine, heading in headed(report.machines, itself, report, texts):
        whose = leading.about(machine, "", texts)
        lead = line(
            *([text(f"{heading}\n", ITALIC)] if heading else []),
            machine_link(machine, texts),
            *([text(whose)] if whose else []),
            *runbook_parts(machine, texts),
        )
        for row in machine.causes[:left]:
            url = texts.url(row.cause, row.integration)
            guide = url if url not in linked else None
            linked.add(url)
            example = latest.get((machine.arn, row.cause, row.state, row.error, row.group))
            yield Item((bullet(*_cause(row, example, texts), *_guide(guide, texts)),), lead)
        left = max(0, left - len(machine.causes))


def _cause(row: CauseRow, example: FailureReport | None, texts: Shown) -> Iterator[Part]:
    yield text(texts.title(row.cause), BOLD)
    if row.state:
        yield text(texts.translate(findings.in_state()))
        yield text(texts.name(row.state), CODE)
    number = quantities.about_executions(row.executions, row.estimated)
    counted = [texts.translate(number)] if row.executions else []
    if row.failed_attempts:
        counted.append(texts.translate(quantities.failed_attempts(row.failed_attempts)))
    yield text(f": {texts.translate(labels.COMMA).join(counted)}")
    if example:
        yield text(f"{texts.translate(labels.SEMICOLON)}{texts.translate(labels.FOR_EXAMPLE)} ")
        yield execution_link(example.execution_arn, texts)
    if detail := texts.detail(row.error, row.message):
        yield text(f": {detail}")


def _guide(url: str | None, texts: Shown) -> list[Part]:
    return [text(" "), link(url, texts.translate(labels.READ_MORE))] if url else []


def _latest(report: Report) -> dict[_Key, FailureReport]:
    """The latest execution that each cause ended; the report has the latest first."""
    latest: dict[_Key, FailureReport] = {}
    for each in report.failures:
        key = (each.machine_arn, each.cause, each.state, each.error, each.group)
        latest.setdefault(key, each)
    return latest


MISSING_TIMEOUT = "missing_timeout"
"""The kind of hints to set a timeout where there is none."""

_HINTS = 30
_LIMITS_SHOWN = 10
_ADOPTED = 30
MOST_HINT_REPLIES = 3
"""As many as a long change may take up: it is given whole, or counted among what is left out."""
_SNIPPET_LIMIT = 2_500
"""Characters of a change that stay in one block; the rest follows in the next."""


def hint_replies(
    report: Report, texts: Shown, most: int = MOST_HINT_REPLIES
) -> tuple[SlackMessage, ...]:
    """Give each hint with its benefit, the part of the state that it changes, and its command, in
    so many replies at `most`. Limits on time are a list, which says once what they are for.
    """
    limits = [hint for hint in report.hints if hint.kind == MISSING_TIMEOUT]
    shown = limits[:_LIMITS_SHOWN]
    changes = [hint for hint in report.hints if hint.kind != MISSING_TIMEOUT]
    names = view.machine_names(report)
    items = [
        item for hint in changes[:_HINTS] for item in _hint(hint, names[hint.machine_arn], texts)
    ]
    lead = line(text(texts.translate(quantities.WITHOUT_TIMEOUT)))
    items += [_limit(hint, names[hint.machine_arn], lead, texts) for hint in shown]
    kind = Kind(labels.HINTS, min(most, MOST_HINT_REPLIES), quantities.more_hints_in_json)
    beyond = len(changes[_HINTS:]) + len(limits[_LIMITS_SHOWN:])
    return replies(kind, items, texts, beyond=beyond)


def _hint(hint: Hint, machine: str, texts: Shown) -> Iterator[Item]:
    """Give a hint whole: a change that is too long for one block goes on in the next."""
    gain = benefit(hint, texts)
    head = f"{texts.hint_title(hint, machine)}{': ' if gain else ''}{gain}"
    said = line(text(head, BOLD), seen=(text(texts.after_stop(texts.hint(hint))),))
    how = command(hint, machine)
    blocks = [Code(each) for each in (*_parts(snippet(hint)), *([how] if how else []))]
    if len(blocks) <= _USUAL_BLOCKS:
        yield Item((said, *blocks))
        return
    yield Item((said, blocks[0]))
    yield from (Item((block,), continued=True) for block in blocks[1:])


_USUAL_BLOCKS = 2
"""A change and the command that makes it."""


def _limit(hint: Hint, machine: str, lead: ReplyLine, texts: Shown) -> Item:
    """A timeout to set: what it rests on, the value and the command; the lead says the rest."""
    parts = parts_of(hint.text)
    said = texts.after_stop(texts.hint(replace(hint, text=sentences(*(parts[1:] or parts)))))
    how = command(hint, machine)
    seen = (text(said), *((text(" "), text(how, CODE)) if how else ()))
    named = text(texts.hint_title(hint, machine), BOLD)
    return Item((ReplyLine((named,), bullet=True, seen=seen),), lead)


def _parts(asl: str) -> Iterator[str]:
    """Whole lines, as many as fit in a block at a time; a line that does not fit is parted."""
    part = ""
    for each in asl.splitlines(keepends=True):
        for begin in range(0, len(each), _SNIPPET_LIMIT):
            piece = each[begin : begin + _SNIPPET_LIMIT]
            if part and len(part) + len(piece) > _SNIPPET_LIMIT:
                yield part.removesuffix("\n")
                part = ""
            part += piece
    if part:
        yield part.removesuffix("\n")


def adopted_replies(report: Report, texts: Shown, room: Room = WHOLE) -> tuple[SlackMessage, ...]:
    """Say what came of the hints of earlier weeks that definitions now carry."""
    adopted = adopted_lines(report, texts)
    items = [
        Item((bullet(link(each.url, each.machine, BOLD), text(f" {each.said}")),))
        for each in adopted[:_ADOPTED]
    ]
    kind = Kind(labels.ADOPTED, 1, quantities.more_adopted_in_json)
    return replies(kind, items, texts, beyond=len(adopted[_ADOPTED:]), room=room)


_EXECUTIONS = (20, 15, 10, 7, 5)
"""From the most that is shown to the least, which fits a reply with names of any length."""


def execution_replies(report: Report, texts: Shown, room: Room = WHOLE) -> tuple[SlackMessage, ...]:
    """Give executions with failed attempts, of all machines in turn; one reply at most."""
    tried = sum(view.attempts_of(each) > 0 for each in report.failures)
    for limit in _EXECUTIONS:
        messages = _replies_within(report, texts, limit, tried, room)
        if len(messages) <= 1:
            break
    return messages[:1]


def _replies_within(
    report: Report, texts: Shown, limit: int, tried: int, room: Room
) -> tuple[SlackMessage, ...]:
    names = view.machine_names(report)
    hardest = view.hardest_failures(report, limit, at_least=1)
    items = [Item((_row(each, names[each.machine_arn], texts),)) for each in hardest]
    kind = Kind(labels.ATTEMPTS_BY_EXECUTION, 2, quantities.more_executions_in_json)
    return replies(kind, items, texts, beyond=tried - len(hardest), room=room)


def _row(failure: FailureReport, machine: str, texts: Shown) -> ReplyLine:
    ended = texts.translate(findings.ended(failure.status, failure.stopped_at))
    return bullet(
        text(f"{texts.name(machine)} / "),
        execution_link(failure.execution_arn, texts),
        text(f" ({ended}): {texts.attempts_of(failure)}"),
        *([text(f". {hidden}")] if (hidden := texts.hidden_by_handler(failure.handled)) else []),
    )
