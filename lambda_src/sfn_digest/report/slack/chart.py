"""Slack's own charts, which not every plan has (data_visualization, since 2026).

Shape and limits: docs.slack.dev, Data visualization block. At most two stand in a message;
titles have 50 characters, all other names 20, and a series 20 points. The SDK has no model of
the block.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.comparison import Period
from sfn_digest.model.report import Report
from sfn_digest.model.slack_message import MESSAGE_LIMIT, SlackMessage, weight
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import labels

_TITLE, _NAME, _POINTS = 50, 20, 20

Chart = dict[str, Any]


def with_chart(message: SlackMessage, chart: Chart | None) -> SlackMessage:
    """Give the message with a chart under its title, and without it to fall back on."""
    if chart is None:
        return message
    title, *rest = message.blocks
    drawn = replace(message, blocks=[title, chart, *rest], fallback_blocks=message.blocks)
    return drawn if weight(drawn) <= MESSAGE_LIMIT else message


def trend_chart(title: str, periods: Sequence[Period], texts: Shown) -> Chart | None:
    """Draw each period's failures."""
    points = [
        (
            texts.translator.formats.tick(
                period.window.start, period.window.end - period.window.start
            ),
            period.failures,
        )
        for period in periods[-_POINTS:]
    ]
    return _bars(title, texts.translate(labels.FAILURES), points)


def causes_chart(report: Report, texts: Shown) -> Chart | None:
    """Draw how many executions each cause ended, the most first."""
    totals = [total for total in view.cause_totals(report) if total.executions][:_POINTS]
    points = [(texts.title(total.cause), total.likely) for total in totals]
    return _bars(texts.translate(labels.CAUSES_CHART), texts.translate(labels.FAILURES), points)


def _bars(title: str, series: str, points: Sequence[tuple[str, int]]) -> Chart | None:
    """A chart of one series; None where there is nothing to draw, or bars of the same name."""
    labels = [clean(label, _NAME) for label, _ in points]
    if not labels or len(set(labels)) < len(labels):
        return None
    data = [
        {"label": label, "value": value} for label, (_, value) in zip(labels, points, strict=True)
    ]
    return {
        "type": "data_visualization",
        "title": clean(title, _TITLE),
        "chart": {
            "type": "bar",
            "series": [{"name": clean(series, _NAME), "data": data}],
            "axis_config": {"categories": labels, "y_label": clean(series, _TITLE)},
        },
    }
