"""Replies: what to change, with its figures and its Amazon States Language; what was changed."""

import shlex
from collections.abc import Iterator

from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.message import Message
from sfn_digest.model.report import Hint, Report
from sfn_digest.report import compared
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Code, Item, Kind, Piece, bullet, line, replies
from sfn_digest.report.slack.rich_text import BOLD, link, text
from sfn_digest.report.snippet import snippet
from sfn_digest.report.wording import counts, labels

_REPLIES = 3
_HINTS = 30
_ADOPTED = 30
_SNIPPET_LINES = 40
_SNIPPET_LIMIT = 1_200
_NAME_LIMIT = 80
"""The longest name of a state machine."""


def hint_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Give each hint with the part of the state that it changes."""
    names = view.machine_names(report)
    items = [
        Item(tuple(_hint(hint, names[hint.machine_arn], texts))) for hint in report.hints[:_HINTS]
    ]
    kind = Kind(labels.HINTS, _REPLIES, counts.more_hints_in_json)
    return replies(kind, items, texts, beyond=len(report.hints[_HINTS:]))


def _hint(hint: Hint, machine: str, texts: Shown) -> Iterator[Piece]:
    yield line(
        text(texts.hint_title(hint, machine), BOLD),
        text(f"{texts.after_stop(texts.hint(hint))}"),
    )
    asl = snippet(hint)
    if not asl:
        return
    shown = _cut(asl)
    if shown == asl:
        yield Code(asl)
        return
    yield Code(f"{shown}\n{texts.tell(labels.CUT)}")
    if clean(machine, _NAME_LIMIT) == machine:
        yield line(
            text(
                texts.tell(
                    counts.whole_change(f"sfn-digest patch --machine {shlex.quote(machine)}")
                )
            )
        )


def _cut(asl: str) -> str:
    """The first whole lines that fit, and at least the first characters of the first."""
    kept = asl[:_SNIPPET_LIMIT]
    if kept != asl:
        kept = kept.rpartition("\n")[0] or kept
    return "\n".join(kept.split("\n")[:_SNIPPET_LINES])


def adopted_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Say what came of the hints of earlier weeks that definitions now carry."""
    adopted = compared.adopted(report, texts)
    items = [
        Item((bullet(link(each.url, each.machine, BOLD), text(f" {each.said}")),))
        for each in adopted[:_ADOPTED]
    ]
    kind = Kind(labels.ADOPTED, 1, counts.more_adopted_in_json)
    return replies(kind, items, texts, beyond=len(adopted[_ADOPTED:]))
