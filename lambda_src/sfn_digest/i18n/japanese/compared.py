"""What is said of a period against the ones before it, in Japanese."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sfn_digest.i18n.english import compared
from sfn_digest.i18n.japanese.plain import Plain
from sfn_digest.model.comparison import Change, Source
from sfn_digest.model.executions import Window

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Compared(Plain, compared.Compared):
    """Direction is told in words: a sign or a colour alone is lost on some readers."""

    CHANGE: Mapping[Change, str] = {"new": "新規", "repeated": "継続", "resolved": "解消"}
    CHANGES = "前の期間と比べた原因"
    CHANGED = "変化"
    CARRIED_OVER = "前の期間に失敗し、再び失敗した実行"

    def change(self, before: int, now: int) -> str:
        """Say how a number moved: 3増, 2減, 増減なし, or 新規 where there was none."""
        if now == before:
            return "増減なし"
        if before == 0:
            return "新規"
        return f"{self.number(abs(now - before))}{'増' if now > before else '減'}"

    def was(self, before: int, now: int) -> str:
        """Give the number of the period before, and how it moved."""
        return f"前回 {self.number(before)}、{self.change(before, now)}"

    def was_of_attempts(self, before: int | None, now: int) -> str:
        """Say the same of failed attempts; CloudWatch counts none."""
        return "前回は集計なし" if before is None else self.was(before, now)

    def compared(self, before: Window, source: Source) -> str:
        """Say what the numbers are held against, and where those are from."""
        counted = {
            "kept_report": "その期間のダイジェストの集計",
            "cloudwatch": "CloudWatch の集計",
        }[source]
        each = self._name(before)
        return f"比較対象: 前の{each}、{self.window(before)} ({counted})。"

    def now_and_before(self, now: int, before: int) -> str:
        """Count executions in both periods."""
        return f"今回 {self.number(now)}件、前回 {self.number(before)}件"

    def first_at(self, time: datetime) -> str:
        """Say when a new cause first struck."""
        return f"最初の発生は {self.minute(time)} UTC"

    def definition_changed(self, at: datetime, version: str | None) -> str:
        """Say when the definition changed, and to which version, where there is one."""
        to = f" (バージョン {version})" if version else ""
        return f"{self.minute(at)} UTC に定義を変更{to}"

    def together(self, said: Sequence[str]) -> str:
        """Join what is said of one new cause."""
        return "、".join(said)

    def recovered_machines(self, counted_names: Sequence[str]) -> str:
        """Name the machines that had failures before and have none now."""
        return f"失敗がなくなったもの: {'、'.join(counted_names)}。"

    def counted_name(self, name: str, before: int) -> str:
        """Name a machine with the failures that it had before."""
        return f"{name} (前回 {self.number(before)}件)"

    def more_carried_over(self, count: int) -> str:
        """Say how many executions that failed again are not shown."""
        return f"ほか、実行 {self.number(count)}件"

    def periods(self, count: int, each: Window) -> str:
        """Count periods by their length: 8週間, 8日間, or 8期間 of another length."""
        unit = {_DAY: "日間", _WEEK: "週間"}.get(each.end - each.start, "期間")
        return f"{self.number(count)}{unit}"

    def trend(self, count: int, each: Window) -> str:
        """Head the chart of so many periods."""
        return f"{self.periods(count, each)}の失敗"

    def trend_line(self, failures: Sequence[int], each: Window) -> str:
        """Give the failures of each period, the oldest first."""
        told = "、".join(map(self.number, failures))
        return f"{self.trend(len(failures), each)} (古い順): {told}"

    def share(self, part: int, whole: int) -> str:
        """Give a share in per cent with one decimal, or nothing of nothing."""
        return f"{part / whole:.1%}" if whole else "-"

    def _name(self, each: Window) -> str:
        return {_DAY: "日", _WEEK: "週"}.get(each.end - each.start, "期間")
