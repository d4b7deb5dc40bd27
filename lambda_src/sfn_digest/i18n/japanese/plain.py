"""Numbers, times and lists in Japanese."""

from datetime import UTC, datetime, timedelta

from sfn_digest.i18n.english import plain
from sfn_digest.model.executions import Window


def day(time: datetime) -> str:
    """Give a date in UTC: 2026年11月9日."""
    utc = time.astimezone(UTC)
    return f"{utc.year}年{utc.month}月{utc.day}日"


class Plain(plain.Plain):
    """Nouns have one form, and follow what they count with a word of their own."""

    def counted(self, value: int, one: str, many: str) -> str:
        """Give a number with its counter: 1,204件."""
        return f"{self.number(value)}{one if value == 1 else many}"

    def moment(self, time: datetime) -> str:
        """Give a time in UTC to the minute, or to the second where it has any."""
        utc = time.astimezone(UTC)
        return f"{self.minute(utc)}:{utc:%S}" if utc.second else self.minute(utc)

    def minute(self, time: datetime) -> str:
        """Give a time in UTC to the minute."""
        utc = time.astimezone(UTC)
        return f"{day(utc)} {utc:%H:%M}"

    def window(self, covered: Window) -> str:
        """Give the window with its zone."""
        return f"{self.moment(covered.start)} から {self.moment(covered.end)} まで (UTC)"

    def tick(self, time: datetime, period: timedelta) -> str:
        """Label a bar of a chart whose bars are `period` long."""
        utc = time.astimezone(UTC)
        date = f"{utc.month}/{utc.day}"
        whole_days = period >= timedelta(days=1) or (utc.hour, utc.minute) == (0, 0)
        return date if whole_days else f"{date} {utc:%H:%M}"

    def per_period(self, period: timedelta) -> str:
        """Say how long a bar of a chart is."""
        if period >= timedelta(days=1):
            return f"棒 1本は {self.number(period.days)}日です。"
        return f"棒 1本は {self.number(period // timedelta(hours=1))}時間です。"
