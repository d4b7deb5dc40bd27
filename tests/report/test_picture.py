"""The chart is a picture of the size it says, drawn from any report."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from sfn_digest.model.comparison import Period
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.report.slack.picture import COLOURS, HEIGHT, WIDTH, picture
from tests.examples import many
from tests.report import made
from tests.report.hostile import Author

pytestmark = pytest.mark.slow

WEEK = timedelta(days=7)
LARGEST = 200_000


def trend(*failed: int) -> tuple[Period, ...]:
    return tuple(
        Period(
            Window(made.WINDOW.start - back * WEEK, made.WINDOW.end - back * WEEK),
            executions=1_000,
            succeeded=1_000 - count,
            failed=count,
            timed_out=0,
            aborted=0,
        )
        for back, count in zip(range(len(failed) - 1, -1, -1), failed, strict=True)
    )


def drawn(report: Report) -> Image.Image:
    content = picture(report)
    assert content is not None
    assert len(content) < LARGEST
    image = Image.open(BytesIO(content))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    return image.convert("RGB")


def share(image: Image.Image, colour: str, box: tuple[int, int, int, int]) -> float:
    wanted = tuple(bytes.fromhex(colour[1:]))
    area = image.crop(box)
    pixels = list(area.get_flattened_data())
    return sum(pixel == wanted for pixel in pixels) / len(pixels)


def test_a_quiet_week_has_no_picture() -> None:
    assert picture(made.quiet_week()) is None


def test_the_main_cause_has_the_first_colour_and_most_of_the_area() -> None:
    image = drawn(made.week())
    plot = (70, 90, WIDTH - 40, HEIGHT - 60)
    shares = [share(image, colour, plot) for colour in COLOURS]
    assert shares[0] == max(shares) > 0.03


def test_the_trend_stands_beside_the_failures() -> None:
    with_trend = drawn(replace(made.week(), trend=trend(3, 1, 0, 0, 5, 2, 30, 22)))
    beside = (1190, 90, WIDTH - 40, HEIGHT - 60)
    assert share(with_trend, "#57606a", beside) > 0.1


@pytest.mark.parametrize(("machines", "failures"), [(1, 5), (40, 500), (400, many(50_000))])
def test_a_report_of_any_size_is_drawn(machines: int, failures: int) -> None:
    drawn(replace(made.large(machines, failures), trend=trend(*[failures] * 8)))


@pytest.mark.parametrize("seed", range(15))
def test_hostile_names_of_causes_are_drawn_within_the_picture(seed: int) -> None:
    report = Author(seed).found().report()
    assert (picture(report) is None) == (not report.failures)


def test_what_is_drawn_has_its_own_colours_and_the_edges_of_letters_those_between() -> None:
    content = picture(replace(made.week(), trend=trend(3, 1, 0, 0, 5, 2, 30, 22)))
    assert content is not None
    image = Image.open(BytesIO(content))
    assert image.mode == "P"
    found = {colour for _, colour in image.convert("RGB").getcolors() or ()}
    for colour in ("#ffffff", "#1b1f24", "#57606a", "#d0d7de", COLOURS[0]):
        assert tuple(bytes.fromhex(colour[1:])) in found
    assert len(found) > 20
