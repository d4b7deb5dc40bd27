"""Replies: what to change, with its figures and its Amazon States Language; what was changed."""

from collections.abc import Iterator, Mapping, Sequence

from sfn_digest.model.message import Message
from sfn_digest.model.report import Hint, Report
from sfn_digest.report import compared
from sfn_digest.report import presenter as view
from sfn_digest.report.leading import benefit
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.reply import Code, Item, Kind, Piece, bullet, line, replies
from sfn_digest.report.slack.rich_text import BOLD, link, text
from sfn_digest.report.snippet import command, snippet
from sfn_digest.report.wording import counts, labels

_REPLIES = 1
MISSING_TIMEOUT = "missing_timeout"
"""The kind of hints to set a timeout where there is none."""

_HINTS = 30
_LIMITS_TOLD = 10
_ADOPTED = 30
_SNIPPET_LINES = 40
_SNIPPET_LIMIT = 1_200


def hint_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Give each hint with its benefit, the part of the state that it changes, and its command.

    Limits on time are one line together.
    """
    limits = [hint for hint in report.hints if hint.kind == MISSING_TIMEOUT]
    changes = [hint for hint in report.hints if hint.kind != MISSING_TIMEOUT]
    names = view.machine_names(report)
    items = [Item(tuple(_hint(hint, names[hint.machine_arn], texts))) for hint in changes[:_HINTS]]
    if limits:
        items.append(_limits(limits, names, texts))
    kind = Kind(labels.HINTS, _REPLIES, counts.more_hints_in_json)
    return replies(kind, items, texts, beyond=len(changes[_HINTS:]))


def _hint(hint: Hint, machine: str, texts: Shown) -> Iterator[Piece]:
    gain = benefit(hint, texts)
    head = f"{texts.hint_title(hint, machine)}{': ' if gain else ''}{gain}"
    yield line(text(head, BOLD), text(f"{texts.after_stop(texts.hint(hint))}"))
    if asl := snippet(hint):
        shown = _cut(asl)
        yield Code(asl if shown == asl else f"{shown}\n{texts.tell(labels.CUT)}")
    if how := command(hint, machine):
        yield Code(how)


def _limits(hints: Sequence[Hint], names: Mapping[str, str], texts: Shown) -> Item:
    """The timeouts to set, in one line."""
    named = "; ".join(
        texts.hint_title(hint, names[hint.machine_arn]) for hint in hints[:_LIMITS_TOLD]
    )
    hidden = len(hints[_LIMITS_TOLD:])
    more = f"; {texts.tell(counts.more_hints_in_json(hidden))}" if hidden else ""
    return Item((line(text(f"{named}{more}")),))


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
