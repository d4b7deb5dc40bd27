"""What is said of a period against the ones before it, in English."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sfn_digest.i18n.english.plain import Plain
from sfn_digest.model.comparison import Change, Source
from sfn_digest.model.executions import Window

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Compared(Plain):
    """Direction is told in words: a sign or a colour alone is lost on some readers."""

    CHANGE: Mapping[Change, str] = {"new": "new", "repeated": "again", "resolved": "resolved"}
    CHANGES = "Causes held against the period before"
    CHANGED = "Change"
    CARRIED_OVER = "Failed in the period before, and again"

    def change(self, before: int, now: int) -> str:
        """Say how a number moved: 3 more, 2 fewer, the same, or new where there was none."""
        if now == before:
            return "same"
        if before == 0:
            return "new"
        return f"{self.number(abs(now - before))} {'more' if now > before else 'fewer'}"

    def was(self, before: int, now: int) -> str:
        """Give the number of the period before, and how it moved: 8 before, 3 more."""
        return f"{self.number(before)} before, {self.change(before, now)}"

    def was_of_attempts(self, before: int | None, now: int) -> str:
        """Say the same of failed attempts; CloudWatch counts none."""
        return "not counted before" if before is None else self.was(before, now)

    def compared(self, before: Window, source: Source) -> str:
        """Say what the numbers are held against, and where those are from."""
        counted = {
            "kept_report": "as its digest counted it",
            "cloudwatch": "as CloudWatch counts it",
        }[source]
        return f"Held against the {self._noun(before)} before, {self.window(before)}, {counted}."

    def now_and_before(self, now: int, before: int) -> str:
        """Count executions in both periods."""
        return f"{self.number(now)} now, {self.number(before)} before"

    def first_at(self, time: datetime) -> str:
        """Say when a new cause first struck."""
        return f"first at {self.minute(time)} UTC"

    def definition_changed(self, at: datetime, version: str | None) -> str:
        """Say when the definition changed, and to which version, where there is one."""
        to = f" to version {version}" if version else ""
        return f"the definition changed{to} on {self.minute(at)} UTC"

    def together(self, said: Sequence[str]) -> str:
        """Join what is said of one cause."""
        return "; ".join(said)

    def recovered_machines(self, counted_names: Sequence[str]) -> str:
        """Name the machines that had failures before and have none now."""
        return f"No failure any more: {', '.join(counted_names)}."

    def counted_name(self, name: str, before: int) -> str:
        """Name a machine with the failures that it had before."""
        return f"{name} ({self.number(before)} before)"

    def more_carried_over(self, count: int) -> str:
        """Say how many executions that failed again are not shown."""
        return f"and {self.counted(count, 'more execution', 'more executions')}"

    def periods(self, count: int, each: Window) -> str:
        """Count periods by their length: 8 weeks, 8 days, or 8 periods of another length."""
        noun = self._noun(each)
        return self.counted(count, noun, f"{noun}s")

    def trend(self, count: int, each: Window) -> str:
        """Head the chart of so many periods."""
        return f"Failures over {self.periods(count, each)}"

    def trend_line(self, failures: Sequence[int], each: Window) -> str:
        """Give the failures of some periods, oldest first."""
        return f"{self.trend(len(failures), each)}: {', '.join(map(self.number, failures))}"

    def share(self, part: int, whole: int) -> str:
        """Give a share in per cent with one decimal, or nothing of nothing."""
        return f"{100 * part / whole:.1f} %" if whole else "-"

    def _noun(self, each: Window) -> str:
        return {_DAY: "day", _WEEK: "week"}.get(each.end - each.start, "period")
