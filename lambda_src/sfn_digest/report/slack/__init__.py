"""The digest for Slack: a root message of at most five blocks for thirty seconds, and its thread.

Text from outside stands only in rich text and plain text, where Slack reads no markup, or
is escaped. Limits are those of Slack's Block Kit reference. What does not fit in the root message
stands in the thread, which tells what its reader may want to know next.
"""

from collections.abc import Sequence
from operator import attrgetter
from unicodedata import east_asian_width

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from sfn_digest.model.report import Report
from sfn_digest.model.slack_message import MESSAGE_LIMIT, SlackMessage, weight
from sfn_digest.report import leading
from sfn_digest.report.attention import may_mislead
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import fallback_text
from sfn_digest.report.slack.failure_replies import (
    adopted_replies,
    cause_replies,
    failed_replies,
    hint_replies,
)
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.follow_up_replies import (
    carried_over_replies,
    change_replies,
    coverage_replies,
    trend_replies,
    unnoticed_replies,
)
from sfn_digest.report.slack.reply import in_one
from sfn_digest.report.slack.rich_text import (
    BOLD,
    Part,
    header,
    machine_link,
    owner_parts,
    rich,
    runbook_parts,
    section,
    text,
    titled,
)
from sfn_digest.report.subsets import by_environment
from sfn_digest.report.wording import labels
from sfn_digest.report.wording import leading_sentences as words

__all__ = [
    "MOST_CHARACTERS",
    "MOST_WORDS",
    "message",
    "messages",
    "nothing_here",
    "read_characters",
    "read_words",
    "thread_messages",
]

_SIZES = (
    *((5, 3, True), (4, 3, True), (3, 3, True)),
    *((5, 3, False), (4, 3, False), (3, 3, False), (2, 3, False), (1, 3, False), (0, 3, False)),
    *((0, 2, False), (0, 1, False), (0, 0, False)),
)
"""How many of the other machines are named, how many lines give advice, and whether it is said why
tasks did not start: from most to none."""

MOST_WORDS = 130
"""Words of the message's blocks that are read in thirty seconds."""

MOST_REPLIES = 6
"""Replies that a thread is read in."""

MOST_CHARACTERS = 300
"""Japanese characters that are read in as long, besides names and numbers."""


def message(report: Report, texts: Shown) -> SlackMessage:
    """Give the digest's root message; a week without failures is one line."""
    if not report.totals.failures:
        return _quiet(report, texts)
    for others, advised, reasons in _SIZES:
        context = leading.context(report, texts, brief=True, reasons=reasons)
        candidate = _message(report, texts, others, advised, context)
        if weight(candidate) <= MESSAGE_LIMIT and is_short(candidate):
            break
    return candidate


def _message(report: Report, texts: Shown, others: int, advised: int, context: str) -> SlackMessage:
    lead = leading.lines(report, texts, others, advised)
    needing = titled(texts.translate(words.NEEDS), _groups(lead.needs, report, texts))
    rest = _groups(lead.others, report, texts)
    if lead.more:
        rest.append(("", [[text(lead.more)]]))
    blocks: list[Block | None] = [
        header(leading.headline(report, texts)),
        _partial(report, texts),
        needing if lead.needs else None,
        titled(texts.translate(words.OTHERS), rest) if rest else None,
        ContextBlock(elements=[PlainTextObject(text=context, emoji=False)]),
    ]
    return SlackMessage(
        fallback_text.summary(report, texts, lead, context),
        [block.to_dict() for block in blocks if block],
    )


def _groups(
    lines: Sequence[leading.Line], report: Report, texts: Shown
) -> list[tuple[str, list[list[Part]]]]:
    """Give lines by environment, with its heading."""
    groups = by_environment(lines, attrgetter("machine"), report, texts)
    return [(heading, [_parts(each, texts) for each in those]) for heading, those in groups]


def _parts(line: leading.Line, texts: Shown) -> list[Part]:
    named = owner_parts(line.machine, texts)
    parts = [machine_link(line.machine, texts), *named, text(f": {line.said}")]
    if line.do:
        parts.append(text(texts.after_stop(line.short_do)))
    return [*parts, *runbook_parts(line.machine, texts)]


def _quiet(report: Report, texts: Shown) -> SlackMessage:
    missing = texts.partial(report, 1)
    parts = [text(texts.translate(labels.PARTIAL), BOLD), text(f" {missing}\n")] if missing else []
    block = rich([section([*parts, text(fallback_text.quiet_line(report, texts))])])
    return SlackMessage(fallback_text.quiet_summary(report, texts), [block.to_dict()])


def _partial(report: Report, texts: Shown) -> Block | None:
    """What is missing leads only where it could change who is named."""
    if not may_mislead(report):
        return None
    missing = texts.partial(report, 1)
    return rich([section([text(texts.translate(labels.PARTIAL), BOLD), text(f" {missing}")])])


def is_short(candidate: SlackMessage) -> bool:
    """Say whether a message is read in thirty seconds, in whichever language it is."""
    return read_words(candidate) <= MOST_WORDS and read_characters(candidate) <= MOST_CHARACTERS


def read_characters(candidate: SlackMessage) -> int:
    """Count the Japanese characters that a reader meets, kana and kanji without punctuation."""
    characters = "".join(_texts(candidate.blocks))
    return sum(each.isalpha() and east_asian_width(each) == "W" for each in characters)


def read_words(candidate: SlackMessage) -> int:
    """Count the words that a reader meets in the blocks; dots between them are none."""
    spoken = (each for words in _texts(candidate.blocks) for each in words.split())
    return sum(any(map(str.isalnum, each)) for each in spoken)


def _texts(value: object) -> list[str]:
    """Every text that is read in blocks, addresses and names of types left out."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [each for item in value.values() for each in _texts(item)]
    return [each for item in value for each in _texts(item)] if isinstance(value, list) else []


def messages(report: Report, texts: Shown, *, charts: bool = False) -> tuple[SlackMessage, ...]:
    """Give the whole digest: the root message first, then the thread's replies."""
    return (message(report, texts), *thread_messages(report, texts, charts=charts))


def thread_messages(
    report: Report, texts: Shown, *, charts: bool = False
) -> tuple[SlackMessage, ...]:
    """Give the replies in the order a person works: six in all but the longest weeks.

    What is new, what to change, the causes; each execution's attempts with Distributed Maps and
    redrives; what no failure shows with what is still open, what came of earlier hints, the last
    weeks, and what was not read. Hints take what the others leave; each says what it leaves out.
    `charts` adds Slack's own charts, each with blocks to fall back on without it.
    """
    new = change_replies(report, texts)
    causes = cause_replies(report, texts, charts=charts)
    failed = failed_replies(report, texts)
    others = (*trend_replies(report, texts, charts=charts), *coverage_replies(report, texts))
    open_still = (unnoticed_replies, carried_over_replies, adopted_replies)
    rest = in_one(report, texts, open_still, others)
    taken = sum(map(len, (new, causes, failed, rest)))
    hints = hint_replies(report, texts, max(1, MOST_REPLIES - taken))
    return (*new, *hints, *causes, *failed, *rest)


def nothing_here(sentence: str, texts: Shown) -> SlackMessage:
    """Give the message of a channel whose state machines all have channels of their own."""
    said = texts.translate(sentence)
    return SlackMessage(escape(said, TEXT_LIMIT), [rich([section([text(said)])]).to_dict()])
