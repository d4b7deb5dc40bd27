"""How a language writes numbers, times and lists: English, which the others change.

What can be said in a sentence of the catalog stands there instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise


class Formats:
    """English; times are shown in a zone, which a template names as {zone}."""

    COMMA = ", "
    UNITS: tuple[tuple[int, str], ...] = ((86_400, " d"), (3_600, " h"), (60, " min"), (1, " s"))
    BETWEEN_UNITS = " "

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone

    def fill(self, template: str, values: Mapping[str, object]) -> str:
        """Fill a template in str.format's own syntax; see `write` for what it adds."""
        shown = {name: _Value(each, self) for name, each in values.items()}
        return template.format_map({"zone": str(self.zone), **shown})

    def write(self, value: object, spec: str) -> str:
        """Write a value into a sentence.

        A whole number gets thousands separators, a tuple commas, a length of time its two
        largest units. A time is shown to the minute, or as `spec` says: "day", "second" (to the
        second where it has any) or "clock" (without its day); a length that is "rough" by its
        largest unit alone. "apart" sets a word off that may begin in another script, "within" one
        that may end in it too.
        """
        if isinstance(value, int) and not spec:
            return self.number(value)
        if isinstance(value, datetime):
            return self._time(value, spec)
        if isinstance(value, timedelta):
            seconds = value.total_seconds()
            return self.rough_length(seconds) if spec == "rough" else self.length(seconds)
        if isinstance(value, tuple):
            return self.COMMA.join(value)
        if spec in ("apart", "within"):
            word = self.apart(str(value))
            return self.apart(word[::-1])[::-1] if spec == "within" else word
        return format(value, spec)

    def _time(self, time: datetime, spec: str) -> str:
        if spec == "clock":
            return f"{time.astimezone(self.zone):%H:%M:%S}"
        return {"day": self.day, "second": self.second, "": self.minute}[spec](time)

    def number(self, value: int) -> str:
        """Give a number with thousands separators: 1,204."""
        return f"{value:,}"

    def day(self, time: datetime) -> str:
        """Give a date: 2026-11-09."""
        return f"{time.astimezone(self.zone):%Y-%m-%d}"

    def minute(self, time: datetime) -> str:
        """Give a time to the minute."""
        return f"{self.day(time)} {time.astimezone(self.zone):%H:%M}"

    def second(self, time: datetime) -> str:
        """Give a time to the minute, or to the second where it has any."""
        seconds = time.astimezone(self.zone).second
        return f"{self.minute(time)}:{seconds:02}" if seconds else self.minute(time)

    def tick(self, time: datetime, period: timedelta) -> str:
        """Label a bar of a chart whose bars are `period` long."""
        local = time.astimezone(self.zone)
        whole_days = period >= timedelta(days=1) or (local.hour, local.minute) == (0, 0)
        date = self._short_day(local)
        return date if whole_days else f"{date} {local:%H:%M}"

    def _short_day(self, local: datetime) -> str:
        return f"{local:%m-%d}"

    def length(self, seconds: float) -> str:
        """Give a length of time in its two largest units: 42 s, 3 min 10 s, 2 d 4 h."""
        smallest = self.UNITS[-1][1]
        if seconds < 10:
            return f"{seconds:.1f}".removesuffix(".0") + smallest
        rest = round(seconds)
        for (size, unit), (smaller, smaller_unit) in pairwise(self.UNITS):
            if rest >= size:
                more = rest % size // smaller
                whole = f"{rest // size}{unit}"
                return f"{whole}{self.BETWEEN_UNITS}{more}{smaller_unit}" if more else whole
        return f"{rest}{smallest}"

    def rough_length(self, seconds: float) -> str:
        """Give a length of time in the largest unit that tells it: 42 s, 1 h, 90 min, 2 d."""

        def tells(size: int) -> bool:
            return seconds > 1.9 * size or abs(seconds - size) < size / 10

        size, unit = next((each for each in self.UNITS if tells(each[0])), self.UNITS[-1])
        return f"{round(seconds / size)}{unit}"

    def apart(self, word: str) -> str:
        """Give a word as it stands in the middle of a sentence."""
        return word

    def guide(self, url: str) -> str:
        """Give the address of a page of AWS's documentation in this language."""
        return url


@dataclass(frozen=True, slots=True)
class _Value:
    """A value in a template, written as the language writes it."""

    value: object
    formats: Formats

    def __format__(self, spec: str) -> str:
        return self.formats.write(self.value, spec)


ENGLISH = Formats()
