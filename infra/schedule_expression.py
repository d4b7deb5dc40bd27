"""EventBridge Scheduler's recurring expressions, read before Scheduler would refuse them.

Grammar: the Scheduler user guide, "Schedule types". The year is checked and then left out of
account, so a gap is that of the years in which the schedule fires.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
UNITS = {"minute": 1, "hour": 60, "day": 24 * 60}
SCANNED_FROM = date(2024, 1, 1)
SCANNED_DAYS = 4 * 366
"""Four years hold every pattern of weekdays and months, the leap day among them."""

EXAMPLE = "such as cron(0 9 ? * MON *) for Mondays at nine, or rate(7 days)"


class BadScheduleError(ValueError):
    """Scheduler would refuse the expression; the text says why, and what to write."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    steps: bool = True


MINUTES = _Field("minutes", 0, 59)
HOURS = _Field("hours", 0, 23)
DAY_OF_MONTH = _Field("day-of-month", 1, 31)
MONTH = _Field("month", 1, 12, MONTHS)
DAY_OF_WEEK = _Field("day-of-week", 1, 7, WEEKDAYS, steps=False)
YEAR = _Field("year", 1970, 2199)

DayRule = Callable[[date], bool]


def longest_gap(expression: str) -> int:
    """The most days from one day on which the schedule fires to the next; at least 1.

    Raises BadScheduleError for an expression that Scheduler would refuse, that never fires,
    or that fires once (at).
    """
    kind, body = _split(expression)
    return _rate_gap(body) if kind == "rate" else _cron_gap(body)


def firing_gaps(expression: str) -> tuple[int, int]:
    """The fewest and the most minutes from one firing to the next, by the schedule's own clock.

    Raises BadScheduleError as `longest_gap` does.
    """
    kind, body = _split(expression)
    if kind == "rate":
        longest_gap(expression)
        number, unit = body.split()
        every = int(number) * UNITS[unit.removesuffix("s")]
        return every, every
    minutes, hours = (
        sorted(_values(text, field))
        for text, field in zip(body.split(), (MINUTES, HOURS), strict=False)
    )
    times = [60 * hour + minute for hour in hours for minute in minutes]
    within = [later - time for time, later in pairwise(times)]
    around = times[0] - times[-1]
    across = [days * UNITS["day"] + around for days in _day_gaps(body)]
    return min(within + across), max(within + across)


def later(expression: str, minutes: int) -> str:
    """The schedule that fires so many minutes after this one, on the same days.

    Raises BadScheduleError where that cannot be written: of a rate, of several times a day, or
    where it would be another day.
    """
    kind, body = _split(expression)
    fields = body.split()
    at = minutes + 60 * int(fields[1]) + int(fields[0]) if _is_one_time(kind, fields) else 24 * 60
    if at >= 24 * 60:
        raise BadScheduleError(
            f"it fires at no one time of day that has {minutes} minutes of the day left: write the "
            f"later schedule yourself, {EXAMPLE}"
        )
    return f"cron({at % 60} {at // 60} {' '.join(fields[2:])})"


def _is_one_time(kind: str, fields: list[str]) -> bool:
    return kind == "cron" and all(each.isdecimal() for each in fields[:2])


def _split(expression: str) -> tuple[str, str]:
    match = re.fullmatch(r"(cron|rate)\((.*)\)", expression.strip())
    if match is None:
        raise BadScheduleError(f"it is neither cron(…) nor rate(…): write one, {EXAMPLE}")
    return match[1], match[2]


def _rate_gap(body: str) -> int:
    match = re.fullmatch(r"([1-9]\d{0,5}) (minute|hour|day)(s?)", body)
    if match is None or (match[1] == "1") == bool(match[3]):
        raise BadScheduleError(
            "a rate is a whole number and minute(s), hour(s) or day(s), singular for 1: "
            "write one, such as rate(1 day) or rate(12 hours)"
        )
    return max(1, ceil(int(match[1]) * UNITS[match[2]] / UNITS["day"]))


def _cron_gap(body: str) -> int:
    fields = body.split()
    if len(fields) != 6:
        raise BadScheduleError(
            f"a cron has six fields (minutes, hours, day-of-month, month, day-of-week, year) "
            f"and this one has {len(fields)}: write one, {EXAMPLE}"
        )
    minutes, hours, day_of_month, month, day_of_week, year = fields
    for text, field in ((minutes, MINUTES), (hours, HOURS), (year, YEAR)):
        _values(text, field)
    months = _values(month, MONTH)
    return max(_gaps_between(months, _day_rule(day_of_month, day_of_week)))


def _day_gaps(body: str) -> set[int]:
    _, _, day_of_month, month, day_of_week, _ = body.split()
    return _gaps_between(_values(month, MONTH), _day_rule(day_of_month, day_of_week))


def _gaps_between(months: frozenset[int], fires_on: DayRule) -> set[int]:
    """The days from one day on which the schedule fires to the next."""
    days = [day for day in _scanned() if day.month in months and fires_on(day)]
    if len(days) < 2:
        raise BadScheduleError("no calendar has such a day: write a day that exists")
    return {(later - day).days for day, later in pairwise(days)}


def _scanned() -> Iterator[date]:
    return (SCANNED_FROM + timedelta(days=n) for n in range(SCANNED_DAYS))


def _day_rule(day_of_month: str, day_of_week: str) -> DayRule:
    if (day_of_month == "?") == (day_of_week == "?"):
        raise BadScheduleError(
            "exactly one of day-of-month and day-of-week must be ?: "
            "write ? for the one that does not matter"
        )
    return _month_rule(day_of_month) if day_of_week == "?" else _week_rule(day_of_week)


def _month_rule(text: str) -> DayRule:
    if text == "L":
        return lambda day: day.day == _month_length(day)
    if match := re.fullmatch(r"(\d{1,2})W", text):
        nearest = _number(match[1], DAY_OF_MONTH)
        return lambda day: day == _nearest_weekday(day, nearest)
    days = _values(text, DAY_OF_MONTH)
    return lambda day: day.day in days


def _week_rule(text: str) -> DayRule:
    if match := re.fullmatch(r"(\w+)#([1-5])", text):
        weekday, nth = _number(match[1], DAY_OF_WEEK), int(match[2])
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if text == "L":
        return lambda day: _weekday(day) == len(WEEKDAYS)
    if match := re.fullmatch(r"(\w+)L", text):
        weekday = _number(match[1], DAY_OF_WEEK)
        return lambda day: _weekday(day) == weekday and day.day + 7 > _month_length(day)
    weekdays = _values(text, DAY_OF_WEEK)
    return lambda day: _weekday(day) in weekdays


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _month_length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, nearest: int) -> date | None:
    """The Monday-to-Friday nearest to a day of this month, without leaving the month."""
    length = _month_length(day)
    if nearest > length:
        return None
    wanted = day.replace(day=nearest)
    shift = {6: -1, 7: 1}.get(wanted.isoweekday(), 0)
    if not 1 <= nearest + shift <= length:
        shift = -2 * shift
    return wanted + timedelta(days=shift)


def _values(text: str, field: _Field) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _part(part, field))


def _part(part: str, field: _Field) -> range:
    span, slash, step = part.partition("/")
    if slash and not (field.steps and re.fullmatch(r"[1-9]\d{0,3}", step)):
        raise _unreadable(part, field)
    if span == "*":
        first, last = field.low, field.high
    else:
        low, dash, high = span.partition("-")
        first = _number(low, field)
        last = _number(high, field) if dash else field.high if slash else first
    if first > last:
        raise _unreadable(part, field)
    return range(first, last + 1, int(step) if slash else 1)


def _number(text: str, field: _Field) -> int:
    if text.upper() in field.names:
        return field.names.index(text.upper()) + field.low
    if not re.fullmatch(r"\d{1,4}", text) or not field.low <= int(text) <= field.high:
        raise _unreadable(text, field)
    return int(text)


def _unreadable(part: str, field: _Field) -> BadScheduleError:
    names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
    return BadScheduleError(
        f"{part!r} is not valid for {field.name}, which takes {field.low} to "
        f"{field.high}{names}: write a whole expression, {EXAMPLE}"
    )
