"""What synth warns of: gaps, overlaps, and a Node past its end of life."""

from datetime import date

import pytest

from infra.schedule_expression import firing_gaps
from infra.warnings import node_warning, settings_warnings
from tests.infra.test_settings import read

DAY = 1440


@pytest.mark.parametrize(
    ("expression", "gaps"),
    [
        ("rate(1 day)", (DAY, DAY)),
        ("rate(90 minutes)", (90, 90)),
        ("cron(0 9 ? * MON *)", (7 * DAY, 7 * DAY)),
        ("cron(0 9 ? * MON-FRI *)", (DAY, 3 * DAY)),
        ("cron(0 9,17 * * ? *)", (8 * 60, 16 * 60)),
        ("cron(0 9 1 * ? *)", (28 * DAY, 31 * DAY)),
        ("cron(0/15 * * * ? *)", (15, 15)),
    ],
)
def test_the_time_between_two_digests_is_known(expression: str, gaps: tuple[int, int]) -> None:
    assert firing_gaps(expression) == gaps


@pytest.mark.parametrize(
    ("schedule", "window", "warned"),
    [
        ("cron(0 9 ? * MON *)", "7d", None),
        ("rate(1 day)", "24h", None),
        ("cron(0 9 ? * MON *)", "6d", "sfn-digest:gap"),
        ("cron(0 9 ? * MON-FRI *)", "1d", "sfn-digest:gap"),
        ("cron(0 9 ? * MON-FRI *)", "3d", "sfn-digest:overlap"),
        ("rate(1 day)", "7d", "sfn-digest:overlap"),
        ("cron(0 9 1 * ? *)", "31d", "sfn-digest:overlap"),
    ],
)
def test_a_window_that_does_not_fit_the_schedule_is_warned_of(
    schedule: str, window: str, warned: str | None
) -> None:
    found = dict(settings_warnings(read(schedule=schedule, window=window)))
    assert list(found) == ([warned] if warned else [])
    assert all(schedule in text and window in text for text in found.values())


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("v24.3.0\n", None),
        ("v22.14.0\n", None),
        ("v20.20.2\n", "Node 20 is past its end of life since 2026-04-30: use Node 24 to deploy."),
        ("v16.1.0\n", "Node 16 is past its end of life: use Node 24 to deploy."),
        ("v23.1.0\n", "Node 23 is past its end of life since 2025-06-01: use Node 24 to deploy."),
        ("v40.0.0\n", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_a_node_past_its_end_of_life_is_told(version: str, sentence: str | None) -> None:
    assert node_warning(version, date(2026, 11, 28)) == sentence
