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
A_TIME = "a time such as 2026-11-16T09:00:00+09:00"
A_LENGTH = "a length such as 7d, 36h or 90m"


def parse_window(since: str | None, until: str | None, *, now: datetime) -> Window:
    """The window from `since` (a length before its end, or a time) to `until` (a time, or now).

    Times without a zone are UTC. Raises BadWindowError.
    """
    end = now if until is None else _moment(until, "until")
    length = _length(DEFAULT_SINCE if since is None else since)
    start = _before(end, length) if length is not None else _moment(since or "", "since")
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


def _before(end: datetime, length: timedelta) -> datetime:
    earliest = datetime.min.replace(tzinfo=UTC)
    return end - length if end - earliest > length else earliest


def _length(text: str) -> timedelta | None:
    match = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip())
    if match is None:
        return None
    length = timedelta(**{UNITS[match[2]]: int(match[1])})
    return min(length, timedelta(days=3650))


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadWindowError(
            f"{name} is {quoted(text)}, which is no time: give {_when(name)}."
        ) from None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        raise BadWindowError(
            f"{name} is {quoted(text)}, which lies outside the calendar: give {_when(name)}."
        ) from None


def _when(name: str) -> str:
    return f"{A_LENGTH}, or {A_TIME}" if name == "since" else A_TIME


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
