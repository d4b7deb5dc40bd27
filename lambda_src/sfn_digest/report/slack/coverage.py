"""Reply: what could not be read and what to do about it, and how the report was made."""

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.rich_text import bullets, header, rich, text
from sfn_digest.report.wording import labels

_NOTES = 5


def coverage_replies(report: Report, texts: Shown) -> tuple[Message, ...]:
    """Give the notes, on what was left out first; no reply where there is nothing to say."""
    missing = texts.partial(report, _NOTES)
    told = [*([missing] if missing else []), *texts.remarks(report.coverage, _NOTES)]
    if not told:
        return ()
    title = texts.tell(labels.COVERAGE)
    spoken = "\n".join([title, *(f"• {each}" for each in told)])
    blocks = [header(title), rich([bullets([[text(each)] for each in told])])]
    return (Message(escape(spoken, TEXT_LIMIT), [block.to_dict() for block in blocks]),)
