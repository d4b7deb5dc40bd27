"""Numbers, times and lists as a language writes them: in English."""

from datetime import UTC, datetime, timedelta

from sfn_digest.model.executions import Window


class Plain:
    """The small change of every sentence."""

    def number(self, value: int) -> str:
        """Give a number with thousands separators: 1,204."""
        return f"{value:,}"

    def counted(self, value: int, one: str, many: str) -> str:
        """Give a number with its noun: 1 failure, 1,204 failures."""
        return f"{self.number(value)} {one if value == 1 else many}"

    def moment(self, time: datetime) -> str:
        """Give a time in UTC to the minute, or to the second where it has any."""
        utc = time.astimezone(UTC)
        return f"{utc:%Y-%m-%d %H:%M:%S}" if utc.second else self.minute(utc)

    def minute(self, time: datetime) -> str:
        """Give a time in UTC to the minute."""
        return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"

    def window(self, covered: Window) -> str:
        """Give the window with its zone."""
        return f"{self.moment(covered.start)} to {self.moment(covered.end)} UTC"

    def tick(self, time: datetime, period: timedelta) -> str:
        """Label a bar of a chart whose bars are `period` long."""
        utc = time.astimezone(UTC)
        whole_days = period >= timedelta(days=1) or (utc.hour, utc.minute) == (0, 0)
        return f"{utc:%m-%d}" if whole_days else f"{utc:%m-%d %H:%M}"

    def per_period(self, period: timedelta) -> str:
        """Say how long a bar of a chart is."""
        if period >= timedelta(days=1):
            return f"One bar is {self.counted(period.days, 'day', 'days')}."
        return f"One bar is {self.counted(period // timedelta(hours=1), 'hour', 'hours')}."
