"""Reply: failures of the last periods, as a table with bars."""

from collections.abc import Iterator

from slack_sdk.models.blocks import RawTextObject, TableBlock, TableBlockColumnSettings

from sfn_digest.model.comparison import Period
from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack.chart import trend_chart, with_chart
from sfn_digest.report.slack.fallback_text import TEXT_LIMIT, escape
from sfn_digest.report.slack.rich_text import header
from sfn_digest.report.wording import counts, labels, past

_LONGEST_BAR = 12
_PERIODS = 26
"""Half a year of weeks; a table takes 100 rows."""


def trend_replies(report: Report, texts: Shown, *, charts: bool) -> tuple[Message, ...]:
    """Give the periods with their failures, where any of them had one."""
    periods = report.trend[-_PERIODS:]
    if not any(period.failures for period in periods):
        return ()
    title = texts.tell(past.trend(len(periods), report.window))
    spoken = [title, *(_spoken(period, texts) for period in periods)]
    blocks = [header(title).to_dict(), _table(periods, texts).to_dict()]
    told = Message(escape("\n".join(spoken), TEXT_LIMIT), blocks)
    return (with_chart(told, trend_chart(title, periods, texts)) if charts else told,)


def _spoken(period: Period, texts: Shown) -> str:
    return texts.tell(past.period_failed(_began(period, texts), period.failures, period.executions))


def _began(period: Period, texts: Shown) -> str:
    return texts.tell(past.began(period.window.start, period.window.end - period.window.start))


def _table(periods: tuple[Period, ...], texts: Shown) -> TableBlock:
    heading = (
        texts.tell(labels.PERIOD),
        texts.tell(labels.FAILURES),
        texts.tell(labels.OF),
        texts.tell(labels.SHARE),
        texts.tell(labels.BAR),
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
    yield texts.tell(counts.executions(period.executions))
    yield texts.tell(counts.share(period.failures, period.executions))
    yield _bar(period.failures, most)


def _bar(value: int, most: int) -> str:
    return "█" * max(1, round(_LONGEST_BAR * value / most)) if value else "\N{EN DASH}"
