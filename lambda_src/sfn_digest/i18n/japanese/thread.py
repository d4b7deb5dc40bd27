"""What Slack's messages say besides, in Japanese."""

from datetime import datetime, timedelta

from sfn_digest.i18n.english import thread
from sfn_digest.i18n.japanese.plain import Plain, day


class ThreadWords(Plain, thread.ThreadWords):
    """A length is the report's period, which is a week unless somebody asked for another."""

    ADOPTED = "採用されたヒント"
    CAUSES_BY_STATE = "ステートマシンと状態ごとの原因"
    ATTEMPTS_BY_EXECUTION = "実行ごとの失敗した試行 (各ステートマシンから順に)"
    REDRIVE = "まだ redrive できる実行"
    PERIOD = "開始 (UTC)"
    SHARE = "割合"
    CAUSES_CHART = "根本原因ごとの実行"
    BAR = "推移"
    CUT = "… (省略)"

    def earlier(self, length: timedelta) -> str:
        """Name the period before: 前週, or 前の1日間."""
        return "前週" if self._is_week(length) else f"前の{self.length(length)}"

    def length(self, length: timedelta) -> str:
        """Give a length of time in the largest unit that it is a whole number of."""
        for unit, name in ((timedelta(days=1), "日間"), (timedelta(hours=1), "時間")):
            if length >= unit and not length % unit:
                return f"{self.number(length // unit)}{name}"
        return f"{self.number(round(length / timedelta(minutes=1)))}分間"

    def _before(self, number: str, length: timedelta) -> str:
        return f"{self.earlier(length)} {number}"

    def number_and_before(self, now: int, before: int | None, length: timedelta) -> str:
        """Give a number with that of the period before: 12 (前週 30)."""
        if before is None:
            return self.number(now)
        told = "新規" if now and not before else self._before(self.number(before), length)
        return f"{self.number(now)} ({told})"

    def moved(self, now: int, before: int, length: timedelta) -> str:
        """Say by how much a machine's failures changed: +3、前週 8件."""
        was = self._before(f"{self.number(before)}件", length)
        if not before:
            return f"新規、{was}"
        if now == before:
            return f"増減なし、{was}"
        sign = "+" if now > before else "\N{MINUS SIGN}"
        return f"{sign}{self.number(abs(now - before))}件、{was}"

    def cause_since(self, before: int, length: timedelta) -> str:
        """Say whether a cause is new."""
        if before:
            return self._before(f"{self.number(before)}件", length)
        return f"{self.earlier(length)}にはなかった原因"

    def grown(self, now: int, before: int, length: timedelta) -> str:
        """Say how many more or fewer failed than in the period before, after the finding."""
        if now == before:
            return f"{self.earlier(length)}と同数"
        moved = "増" if now > before else "減"
        return f"{self.earlier(length)}より {self.number(abs(now - before))}件{moved}"

    def failed_before(self, before: int, length: timedelta) -> str:
        """Say, where nothing failed, how many executions failed in the period before."""
        return f"{self.earlier(length)}の失敗は {self.number(before)}件でした。"

    def continued(self, title: str, number: int) -> str:
        """Head the second or a later message of the same kind."""
        return f"{title} ({self.number(number)}通目)"

    def more_hints_told(self, count: int) -> str:
        """Say how many hints are not shown, and where they are."""
        return self._elsewhere(f"ヒント {self.number(count)}件")

    def more_causes_told(self, count: int) -> str:
        """Say how many causes are not shown, and where they are."""
        return self._elsewhere(f"原因 {self.number(count)}件")

    def more_machines_told(self, count: int) -> str:
        """Say how many state machines are not shown, and where they are."""
        return self._elsewhere(f"ステートマシン {self.number(count)}個")

    def more_adopted(self, count: int) -> str:
        """Say how many adopted hints are not shown, and where they are."""
        return self._elsewhere(f"採用されたヒント {self.number(count)}件")

    def more_executions_told(self, count: int) -> str:
        """Say how many executions are not shown, and where they are."""
        return self._elsewhere(f"実行 {self.number(count)}件")

    def _elsewhere(self, what: str) -> str:
        return f"ほか、{what}は JSON のレポートにあります"

    def see_patch(self, command: str) -> str:
        """Name the command that gives a change whole."""
        return f"変更全体の diff: {command}"

    def for_example(self) -> str:
        """Lead over to the link of an example."""
        return "例:"

    def redrivable(self, executions: int, machines: int, until: datetime) -> str:
        """Say how much can be redriven, and until when the first of it."""
        return (
            f"ステートマシン {self.number(machines)}個の実行 {self.number(executions)}件は、"
            f"時間がたてば解消する原因で終了しました。redrive すると、失敗した状態から続行します。"
            f"AWS が認めるのは 14日間で、最初の期限は {self.minute(until)} UTC です。"
        )

    def caught_in_fail_state(self, executions: int) -> str:
        """Say how many executions a redrive would only bring back to their Fail state."""
        return (
            f"ほか {self.number(executions)}件は Catch の後の Fail 状態で終了しました。"
            "redrive せずに、新しく実行を開始してください。"
        )

    def redrivable_of_machine(self, executions: int, until: datetime) -> str:
        """Say after a machine's name how many of its executions can be redriven."""
        return f"実行 {self.number(executions)}件、最初の期限は {self.minute(until)} UTC"

    def began(self, time: datetime, length: timedelta) -> str:
        """Give the beginning of one period of a trend."""
        return day(time) if length >= timedelta(days=1) else self.minute(time)

    def period_failed(self, began: str, failed: int, executions: int) -> str:
        """Say in a line what failed in one period."""
        return f"{began}: 実行 {self.number(executions)}件中 {self.number(failed)}件が失敗"
