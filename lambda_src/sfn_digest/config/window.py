"""When: the window a person asks for, as a length or as times, checked against the clock."""

import re
from datetime import UTC, datetime, timedelta

from sfn_digest.errors import BadWindowError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.executions import Window

DEFAULT_SINCE = "7d"
RETENTION = timedelta(days=90)
"""How long Step Functions keeps closed executions (AWS's default and its maximum)."""

CLOCK_SKEW = timedelta(minutes=5)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DAYS = {"today": 0, "yesterday": 1}
"""Words for a day, and how many days before today it began."""

A_TIME = "a time such as 2026-11-16T09:00:00+09:00"
A_LENGTH = "a length such as 7d, 1d12h or 90m, yesterday"


def parse_window(since: str | None, until: str | None, *, now: datetime) -> Window:
    """The window from `since` (a length before its end, or a time) to `until`.

    `until` is a time, a length before `now`, or None for now. Either may be "yesterday" or
    "today": its first moment in UTC. Times without a zone are UTC. Raises BadWindowError.
    """
    end = now if until is None else _ago(until, "until", before=now, now=now)
    start = _ago(DEFAULT_SINCE if since is None else since, "since", before=end, now=now)
    if end <= start:
        raise BadWindowError(
            f"The window ends ({_shown(end)}) before it starts ({_shown(start)}): "
            "give a since that lies before until."
        )
    if end > now + CLOCK_SKEW:
        raise BadWindowError(
            f"The window ends in the future ({_shown(end)}): give an until no later than now "
            f"({_shown(now)}), or leave it out."
        )
    if start < now - RETENTION:
        raise BadWindowError(
            f"The window starts {_shown(start)}, but Step Functions keeps executions for "
            f"{RETENTION.days} days: give a since no earlier than {_shown(now - RETENTION)}."
        )
    return Window(start, end)


def _ago(text: str, name: str, *, before: datetime, now: datetime) -> datetime:
    length = _length(text)
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


def _length(text: str) -> timedelta | None:
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
            f"{name} is {quoted(text)}, which is no time: give {A_LENGTH}, or {A_TIME}."
        ) from None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        raise BadWindowError(
            f"{name} is {quoted(text)}, which lies outside the calendar: "
            f"give {A_LENGTH}, or {A_TIME}."
        ) from None


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
