"""A Slack message's top-level text: what notifications and screen readers read."""

from sfn_digest.model.report import Report
from sfn_digest.report import leading
from sfn_digest.report import presenter as view
from sfn_digest.report.attention import may_mislead
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import comparisons, labels, unnoticed
from sfn_digest.report.wording import leading_sentences as words

TEXT_LIMIT = 3_000
"""Characters of `text` that Slack shows without cutting it."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def summary(report: Report, texts: Shown, lead: leading.Leading, context: str) -> str:
    """Give the whole message in plain lines, escaped for mrkdwn."""
    missing = texts.partial(report, 1) if may_mislead(report) else ""
    lines = [
        f"{leading.headline(report, texts)}{texts.translate(labels.STOP)}",
        *([f"{texts.translate(labels.PARTIAL)} {missing}"] if missing else []),
        *(leading.spoken(each, texts) for each in lead.needs),
        *(f"• {leading.spoken(each, texts)}" for each in lead.others),
        *([f"• {lead.more}"] if lead.more else []),
        context,
    ]
    return escape("\n".join(lines), TEXT_LIMIT)


def quiet_summary(report: Report, texts: Shown) -> str:
    """Give the line of a week without failures, with what could not be read."""
    missing = texts.partial(report, 1)
    partial = [f"{texts.translate(labels.PARTIAL)} {missing}"] if missing else []
    return escape(texts.joined([*partial, quiet_line(report, texts)]), TEXT_LIMIT)


def quiet_line(report: Report, texts: Shown) -> str:
    """Say in one line that nothing failed, how many executions did in the period before, and what
    recovered by itself.
    """
    before = report.before.period.failures if report.before else 0
    was = texts.translate(comparisons.failed_before(before, view.length(report)))
    stopped = words.stopped(report.totals.aborted) if report.totals.aborted else ""
    kept = report.recoveries
    saved = texts.translate(unnoticed.saved(kept)) if kept and kept.saved.executions else ""
    return texts.joined([texts.quiet(report), was, saved, texts.translate(stopped)])


def escape(text: str, limit: int) -> str:
    """Escape `text` for mrkdwn in at most `limit` characters, never cutting an entity in two."""
    escaped = [_ENTITIES.get(character, character) for character in text]
    if sum(map(len, escaped)) <= limit:
        return "".join(escaped)
    length, kept = 1, 0
    while length + len(escaped[kept]) <= limit:
        length += len(escaped[kept])
        kept += 1
    return "".join(escaped[:kept]) + "…"
