"""When: the window a person asks for, as a length or as times, checked against the clock."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from sfn_digest.config.wall_clock import wall_clock_before
from sfn_digest.errors import BadRequestError, BadWindowError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import Window

DEFAULT_SINCE = "7d"
RETENTION = timedelta(days=90)
"""How long Step Functions keeps closed executions (AWS's default and its maximum)."""

LATEST_RUN = timedelta(hours=12)
"""How long after the time it was scheduled for a run may come, with every attempt of Scheduler
and Lambda."""

CLOCK_SKEW = timedelta(minutes=5)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DAYS = {"today": 0, "yesterday": 1}
"""Words for a day, and how many days before today it began."""

A_TIME = "a time such as 2026-11-16T09:00:00+09:00"
A_LENGTH = "a length such as 7d, 1d12h or 90m, yesterday"


def parse_window(
    since: str | None, until: str | None, *, now: datetime, schedule: tzinfo | None = None
) -> Window:
    """The window from `since` (a length before its end, or a time) to `until`.

    `until` is a time, a length before `now`, or None for now. Either may be "yesterday" or
    "today": its first moment in UTC. Times without a zone are UTC. Raises BadWindowError.

    `schedule` is the time zone of the schedule that asks, if one does: a length then goes by its
    wall clock, and the run may come later than `until`, the time it was scheduled for.
    """
    kept_since = now - RETENTION - (timedelta() if schedule is None else LATEST_RUN)
    end = now if until is None else _ago(until, "until", before=now, now=now)
    start = _ago(DEFAULT_SINCE if since is None else since, "since", before=end, now=now)
    length = parse_length(DEFAULT_SINCE if since is None else since)
    if schedule is not None and length is not None:
        start = wall_clock_before(end, length, schedule, earliest=kept_since)
    if end <= start:
        raise BadWindowError(
            f"The window ends ({_shown(end)}) before it starts ({_shown(start)}): give a "
            "since before until."
        )
    if end > now + CLOCK_SKEW:
        raise BadWindowError(
            f"The window ends in the future ({_shown(end)}): give an until no later than now "
            f"({_shown(now)}), or leave it out."
        )
    if start < kept_since:
        raise BadWindowError(
            f"The window starts {_shown(start)}, but Step Functions keeps executions for "
            f"{RETENTION.days} days: give a since no earlier than {_shown(now - RETENTION)}."
        )
    return Window(start, end)


def window_before(window: Window, since: str, schedule: tzinfo) -> Window:
    """The window of the schedule's firing before, which ends where this one starts."""
    length = parse_length(since)
    if length is None:
        return Window(window.start - (window.end - window.start), window.start)
    return Window(wall_clock_before(window.start, length, schedule), window.start)


def _ago(text: str, name: str, *, before: datetime, now: datetime) -> datetime:
    length = parse_length(text)
    if length is not None:
        return _before(before, length)
    days = DAYS.get(text.strip().lower())
    if days is not None:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=days)
    return _moment(text, name)


def _before(end: datetime, length: timedelta) -> datetime:
    earliest = datetime.min.replace(tzinfo=UTC)
    return end - length if end - earliest > length else earliest


def parse_length(text: str) -> timedelta | None:
    """The length in a text such as 7d or 1d12h, at most ten years; None where it is none."""
    if not re.fullmatch(r"([0-9]{1,6}[mhdw]){1,4}", text.strip()):
        return None
    parts = re.findall(r"([0-9]+)([mhdw])", text)
    length = sum((timedelta(**{UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
    return min(length, timedelta(days=3650))


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadWindowError(
            f"{name} is {quoted(text)}, which is not a time: give {A_LENGTH}, or {A_TIME}."
        ) from None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        raise BadWindowError(
            f"{name} is {quoted(text)}, which is outside the calendar: give {A_LENGTH}, or "
            f"{A_TIME}."
        ) from None


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def parse_settle_seconds(text: str) -> int:
    """The seconds to wait for CloudWatch's figures. Raises BadRequestError."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 600:
        raise BadRequestError(
            f"The time to wait for CloudWatch is {quoted(text)}, which is not a whole number of "
            "seconds from 0 to 600: give one such as 180."
        )
    return int(text)
