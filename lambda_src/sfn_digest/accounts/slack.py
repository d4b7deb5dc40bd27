"""The report on many accounts as Slack messages: one to read, and its thread to look up.

Text from outside stands only in rich text and plain text, where Slack reads no markup, or is
escaped.
"""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from sfn_digest.accounts import words
from sfn_digest.accounts.records import AccountRow, AccountsReport
from sfn_digest.model.slack_message import MESSAGE_LIMIT, SlackMessage, weight
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.rich_text import BOLD, bullets, header, rich, section, text, titled
from sfn_digest.report.wording import labels

_MOST = ((5, 3, 10), (3, 2, 10), (2, 1, 10), (1, 1, 5), (0, 0, 3))
"""Accounts, shared causes and incidents each, and missing accounts that the message names."""

_LINES = 25
"""Of a reply, with at most half of what a message holds."""

_HEADER_LIMIT = 150
"""Characters of a heading that Slack takes."""


def messages(report: AccountsReport, texts: Shown) -> tuple[SlackMessage, ...]:
    """Give the message first, then the thread's replies."""
    return (_root(report, texts), *_thread(report, texts))


def _root(report: AccountsReport, texts: Shown) -> SlackMessage:
    for accounts, shared, missing in _MOST:
        candidate = _message(report, texts, accounts, shared, missing)
        if weight(candidate) <= MESSAGE_LIMIT:
            break
    return candidate


def _message(
    report: AccountsReport, texts: Shown, accounts: int, shared: int, missing: int
) -> SlackMessage:
    absent = words.did_not_report(report, texts, missing)
    failing = _failing(report)
    rows = [_row(each, texts) for each in failing[:accounts]]
    if hidden := len(failing) - len(rows):
        rows.append(words.more(hidden, texts))
    parts = [
        (words.ACCOUNTS, rows),
        (
            words.SHARED_INCIDENTS,
            [words.shared_incident(each, texts) for each in report.incidents[:shared]],
        ),
        (
            words.SHARED_CAUSES,
            [words.shared_cause(each, texts) for each in report.causes[:shared]],
        ),
    ]
    lead, context = words.headline(report, texts), words.coverage(report, texts)
    blocks: list[Block] = [header(lead[:_HEADER_LIMIT])]
    if absent:
        warning = [text(texts.translate(labels.PARTIAL), BOLD), text(f" {absent}")]
        blocks.append(rich([section(warning)]))
    blocks += [
        titled(texts.translate(title), [("", [[text(line)] for line in lines])])
        for title, lines in parts
        if lines
    ]
    blocks.append(ContextBlock(elements=[PlainTextObject(text=context, emoji=False)]))
    spoken = [
        f"{lead}{texts.translate(labels.STOP)}",
        *([f"{texts.translate(labels.PARTIAL)} {absent}"] if absent else []),
        *(f"• {line}" for _, lines in parts for line in lines),
        context,
    ]
    return SlackMessage(escape("\n".join(spoken), TEXT_LIMIT), [each.to_dict() for each in blocks])


def _failing(report: AccountsReport) -> Sequence[AccountRow]:
    return [row for row in report.accounts if row.failures]


def _row(row: AccountRow, texts: Shown) -> str:
    return f"{words.place(row.place, texts)}: {words.failures(row, texts)}"


def _thread(report: AccountsReport, texts: Shown) -> tuple[SlackMessage, ...]:
    """The missing with their reasons, all accounts with failures, all that is shared, and what
    was not read.
    """
    unread = [*words.partial_rows(report, texts), *words.notes(report, texts)]
    kinds = (
        (words.MISSING, [words.why_missing(each, texts) for each in report.missing]),
        (words.ACCOUNTS, [_row(each, texts) for each in _failing(report)]),
        (
            words.SHARED_INCIDENTS,
            [words.shared_incident(each, texts) for each in report.incidents],
        ),
        (words.SHARED_CAUSES, [words.shared_cause(each, texts) for each in report.causes]),
        (labels.COVERAGE, unread),
    )
    return tuple(
        reply for title, lines in kinds for reply in _replies(texts.translate(title), lines)
    )


def _replies(title: str, lines: Sequence[str]) -> list[SlackMessage]:
    """A list under its heading, in as many messages as it takes."""
    replies: list[list[str]] = []
    for line in lines:
        full = replies and sum(map(len, replies[-1])) + len(line) > MESSAGE_LIMIT // 3
        if not replies or full or len(replies[-1]) == _LINES:
            replies.append([])
        replies[-1].append(line)
    return [_reply(title, each) for each in replies]


def _reply(title: str, lines: Sequence[str]) -> SlackMessage:
    spoken = "\n".join([title, *(f"• {line}" for line in lines)])
    blocks = [header(title), rich([bullets([[text(line)] for line in lines])])]
    return SlackMessage(escape(spoken, TEXT_LIMIT), [block.to_dict() for block in blocks])
