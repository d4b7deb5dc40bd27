"""The report's chart as a PNG, for a Slack thread: failures by time and cause, and the trend.

Words in it are the contract's own (ids of causes, dates), the same in every language; what it
shows is said in words by the message it hangs on. The colours are the page's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.report import Report
from sfn_digest.report.html import charts

WIDTH, HEIGHT = 1600, 640
"""Pixels: twice what Slack shows, so that it is sharp on a dense screen."""

COLOURS = ("#c2410c", "#1f6fb2", "#7a3fb5", "#2e7d32", "#6e7781")
_INK, _SOFT, _PAPER, _LINE = "#1b1f24", "#57606a", "#ffffff", "#d0d7de"
_SMALL, _LARGE = 22, 26
_OTHERS = "others"
_LONGEST_NAME = 24
_SHADES = 24
"""Of a text's colour, down to the paper's: its edges are smooth."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """A chart's own area, in pixels, without its labels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


_TIMELINE = _Panel(70, 90, 1080, HEIGHT - 60)
_TREND = _Panel(1190, 90, WIDTH - 40, HEIGHT - 60)


@dataclass(frozen=True, slots=True)
class _Column:
    """A bar: its label, and its parts from the bottom up, each with a colour and a number."""

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.parts)


def picture(report: Report) -> bytes | None:
    """Give the chart as a PNG; None where no failure was listed, so that there is none."""
    if not report.failures:
        return None
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    series = charts.main_series(report)
    columns = _failures(report, series)
    _legend(draw, series, others=any(c.parts[-1][0] == COLOURS[-1] for c in columns if c.parts))
    _chart(draw, _TIMELINE if report.trend else _whole(), columns)
    if report.trend:
        _chart(draw, _TREND, _periods(report))
    out = BytesIO()
    few = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _whole() -> _Panel:
    return _Panel(_TIMELINE.left, _TIMELINE.top, _TREND.right, _TIMELINE.bottom)


def _failures(report: Report, series: Mapping[str, int]) -> list[_Column]:
    timeline = charts.timeline(report, series)
    return [
        _Column(
            ENGLISH.tick(bar.start, timeline.period),
            tuple((COLOURS[index], count) for index, count in enumerate(bar.counts) if count),
        )
        for bar in timeline.bars
    ]


def _periods(report: Report) -> list[_Column]:
    return [
        _Column(f"{period.window.start:%m-%d}", ((_SOFT, period.failures),))
        for period in report.trend
    ]


def _legend(draw: ImageDraw.ImageDraw, series: Mapping[str, int], *, others: bool) -> None:
    named = [(clean(cause, _LONGEST_NAME), index) for cause, index in series.items()]
    x = float(_TIMELINE.left)
    for name, index in [*named, *([(_OTHERS, charts.SERIES)] if others else [])]:
        draw.rectangle((x, 32, x + 22, 54), COLOURS[index])
        draw.text((x + 32, 43), name, _INK, _font(_LARGE), anchor="lm")
        x += 32 + draw.textlength(name, _font(_LARGE)) + 40


def _chart(draw: ImageDraw.ImageDraw, area: _Panel, columns: Sequence[_Column]) -> None:
    top = max(1, *(column.total for column in columns))
    draw.line((area.left, area.top, area.right, area.top), _LINE, 2)
    for value, y in ((top, area.top), (0, area.bottom)):
        draw.text((area.left - 12, y), f"{value:,}", _SOFT, _font(_SMALL), anchor="rm")
    width = (area.right - area.left) / len(columns)
    room = max(draw.textlength(column.label, _font(_SMALL)) for column in columns) + 12
    every = math.ceil(room / width)
    for index, column in enumerate(columns):
        left = area.left + index * width
        _bar(draw, area, column, (left + width * 0.1, left + width * 0.9), top)
        if index % every == 0:
            place = (left + width / 2, area.bottom + 14)
            draw.text(place, column.label, _SOFT, _font(_SMALL), anchor="mt")
    draw.line((area.left, area.bottom, area.right, area.bottom), _SOFT, 2)


def _bar(
    draw: ImageDraw.ImageDraw, area: _Panel, column: _Column, sides: tuple[float, float], top: int
) -> None:
    below = float(area.bottom)
    for colour, count in column.parts:
        above = below - area.height * count / top
        draw.rectangle((sides[0], above, sides[1], below), colour)
        below = above
    number = f"{column.total:,}"
    if column.total and draw.textlength(number, _font(_SMALL)) <= (sides[1] - sides[0]) * 1.25:
        draw.text((sum(sides) / 2, below - 6), number, _INK, _font(_SMALL), anchor="mb")


@cache
def _palette() -> Image.Image:
    """The colours that are drawn with, and those between the two of the text and the paper: to
    find as many in the picture itself takes fifty times as long.
    """
    plain = [ImageColor.getrgb(colour) for colour in (_PAPER, _LINE, *COLOURS)]
    shades = [shade for colour in (_INK, _SOFT) for shade in _shades(ImageColor.getrgb(colour))]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*plain, *shades) for part in colour[:3]])
    return palette


def _shades(colour: tuple[int, ...]) -> list[tuple[int, ...]]:
    paper = ImageColor.getrgb(_PAPER)
    return [
        tuple(
            round(dark + (light - dark) * step / _SHADES)
            for dark, light in zip(colour, paper, strict=True)
        )
        for step in range(_SHADES)
    ]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
