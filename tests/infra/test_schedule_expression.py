"""Scheduler's expressions: what fires how often, and what Scheduler would refuse."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.schedule_expression import BadScheduleError, longest_gap


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("cron(0 9 ? * MON *)", 7),
        ("cron(0 9 ? * 2 *)", 7),
        ("cron(0 9 ? * mon-fri *)", 3),
        ("cron(0 9 ? * MON,THU *)", 4),
        ("cron(0 9 * * ? *)", 1),
        ("cron(0/15 8-18/2 */5 * ? 2024-2030)", 5),
        ("cron(0 9 L * ? *)", 31),
        ("cron(0 9 15W * ? *)", 32),
        ("cron(0 9 1W * ? *)", 33),
        ("cron(0 9 31W * ? *)", 63),
        ("cron(0 9 ? * MON#1 *)", 35),
        ("cron(0 9 ? * 6L *)", 35),
        ("cron(0 9 ? * L *)", 7),
        ("cron(0 9 1 JAN,JUL ? *)", 184),
        ("rate(7 days)", 7),
        ("rate(1 day)", 1),
        ("rate(36 hours)", 2),
        ("rate(5 minutes)", 1),
    ],
)
def test_the_longest_gap_between_two_firing_days_is_known(expression: str, days: int) -> None:
    assert longest_gap(expression) == days


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "neither cron"),
        ("every monday", "neither cron"),
        ("at(2026-11-16T09:00:00)", "neither cron"),
        ("cron(0 9 * * 1)", "this one has 5"),
        ("cron(0 9 ? * MON * *)", "this one has 7"),
        ("cron(0 9 * * * *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(0 9 ? * ? *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(0 9 1 * MON *)", "exactly one of day-of-month and day-of-week must be ?"),
        ("cron(60 9 ? * MON *)", "'60' is not valid for minutes, which takes 0 to 59"),
        ("cron(0 24 ? * MON *)", "'24' is not valid for hours"),
        ("cron(0 9 32 * ? *)", "'32' is not valid for day-of-month"),
        ("cron(0 9 0W * ? *)", "'0' is not valid for day-of-month"),
        ("cron(0 9 ? 13 MON *)", "'13' is not valid for month, which takes 1 to 12 or JAN to DEC"),
        ("cron(0 9 ? * 0 *)", "'0' is not valid for day-of-week"),
        ("cron(0 9 ? * MONDAY *)", "'MONDAY' is not valid for day-of-week"),
        ("cron(0 9 ? * MON/2 *)", "'MON/2' is not valid for day-of-week"),
        ("cron(0 9 ? * MON#6 *)", "'MON#6' is not valid for day-of-week"),
        ("cron(0 9 ? * MON 1969)", "'1969' is not valid for year"),
        ("cron(0/0 9 ? * MON *)", "'0/0' is not valid for minutes"),
        ("cron(30-10 9 ? * MON *)", "'30-10' is not valid for minutes"),
        ("cron(0 9 30 FEB ? *)", "no calendar has such a day"),
        ("rate(1 days)", "singular for 1"),
        ("rate(7 day)", "singular for 1"),
        ("rate(0 days)", "singular for 1"),
        ("rate(1 week)", "singular for 1"),
    ],
)
def test_what_scheduler_would_refuse_is_refused(expression: str, why: str) -> None:
    with pytest.raises(BadScheduleError, match=re.escape(why)):
        longest_gap(expression)


@given(st.text(alphabet="cronrate()0123456789 */?,-#LWMONjan", max_size=40))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    for expression in (text, f"cron({text})", f"rate({text})"):
        with suppress(BadScheduleError):
            assert longest_gap(expression) >= 1


@given(st.integers(0, 59), st.integers(0, 23), st.sets(st.integers(1, 7), min_size=1))
def test_a_cron_of_weekdays_never_leaves_more_than_a_week(
    minute: int, hour: int, weekdays: set[int]
) -> None:
    days = ",".join(str(day) for day in sorted(weekdays))
    assert 1 <= longest_gap(f"cron({minute} {hour} ? * {days} *)") <= 7
