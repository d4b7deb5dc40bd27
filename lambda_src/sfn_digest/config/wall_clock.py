"""Time by the wall clock of a zone, as a schedule counts it.

From one firing of a cron schedule to the next no hour is left out and none counted twice when
the clocks change, as it would be if a day always had 24 hours.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

_FIRST = datetime.min.replace(tzinfo=UTC)
_ZONED_SINCE = datetime(2, 1, 1, tzinfo=UTC)
"""From here on no zone's clock leads out of the calendar."""


def parse_time_zone(name: str) -> tzinfo:
    """The time zone of an IANA name. Raises BadRequestError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadRequestError(
            f"The time zone is {quoted(name)}, which is unknown: give an IANA name such as "
            "UTC, Asia/Tokyo or Europe/Berlin."
        ) from None


def wall_clock_before(
    end: datetime, length: timedelta, zone: tzinfo, *, earliest: datetime = _FIRST
) -> datetime:
    """When the wall clock showed a time so long before `end`.

    Where it never did, since the clocks were put forward over it, Scheduler skipped that firing
    (Scheduler user guide, "Daylight savings time"), and the one before it is meant, unless it
    lies before `earliest`. Of a time that came twice the first is meant: Scheduler fires once.
    """
    elapsed = max(end - _ZONED_SINCE, timedelta(0))
    if not timedelta(0) < length < elapsed:
        return end - min(length, end - _FIRST)
    wall = end.astimezone(zone).replace(tzinfo=None)
    start = (wall - length).replace(tzinfo=zone)
    if not _exists(start, zone) and 2 * length < elapsed:
        skipped = (wall - 2 * length).replace(tzinfo=zone).astimezone(UTC)
        return skipped if skipped >= earliest else start.astimezone(UTC)
    return start.astimezone(UTC)


def _exists(moment: datetime, zone: tzinfo) -> bool:
    shown = moment.astimezone(UTC).astimezone(zone)
    return shown.replace(tzinfo=None) == moment.replace(tzinfo=None)
