"""The sentences of the digest, in Japanese."""

from collections.abc import Sequence
from datetime import datetime

from sfn_digest.i18n.english import sentences
from sfn_digest.i18n.japanese.labels import Labels
from sfn_digest.i18n.japanese.nouns import CAUSES
from sfn_digest.i18n.japanese.plain import Plain
from sfn_digest.model.executions import Coverage, UnsuccessfulStatus


class Sentences(Plain, Labels, sentences.Sentences):
    """Functions take plain values and give plain text: escaping is each face's own."""

    CAUSES = CAUSES

    def causes(self, count: int, cause: str, title: str) -> str:
        """Name a cause: one word for one and for many."""
        one, many = self.CAUSES.get(cause, (title, title))
        return one if count == 1 else many

    def counted_cause(self, count: int, cause: str, title: str) -> str:
        """Count a cause's attempts: スポット中断 5回."""
        return f"{self.causes(count, cause, title)} {self.number(count)}回"

    def finding(
        self, unsuccessful: int, executions: int | None, mostly: str | None, *, wholly: bool = False
    ) -> str:
        """Say in one line what was found; see the English."""
        among = "実行" if executions is None else f"実行 {self.number(executions)}件中"
        said = f"{among} {self.number(unsuccessful)}件が失敗"
        share = "原因は" if wholly else "主な原因は"
        return f"{said}、{share}{_apart(mostly)}" if mostly else said

    def news(self, causes: Sequence[tuple[str, str]], more: int) -> str:
        """Name what is new."""
        named = [f"{machine} の{cause}" for cause, machine in causes]
        rest = [f"ほか {self.number(more)}件"] if more else []
        return f"新規: {'、'.join([*named, *rest])}。"

    def repeated(self, parents: int) -> str:
        """Say how many executions failed only because a child that is counted too had failed."""
        return f"うち {self.number(parents)}件は、別に数えた子実行の失敗によるものです。"

    def quiet(self, executions: int, machines: int) -> str:
        """Say that nothing failed."""
        where = f"ステートマシン {self.number(machines)}個"
        if executions == 0:
            return f"失敗はありません: {where}で終了した実行はありません。"
        if executions == 1:
            return f"失敗はありません: {where}の実行 1件は成功しました。"
        return f"失敗はありません: {where}の実行 {self.number(executions)}件はすべて成功しました。"

    def quiet_but_partial(self, machines: int) -> str:
        """Say that no failure was seen where not everything could be read."""
        return f"ステートマシン {self.number(machines)}個で、失敗は見つかりませんでした。"

    def leader(self, failures: int, total: int) -> str:
        """Say after a machine's name how many of all failures it has."""
        if failures == total:
            return f"で失敗 {self.number(total)}件のすべてが発生"
        return f"で失敗 {self.number(total)}件中 {self.number(failures)}件が発生"

    def brought(self, count: int, failures: int, named: str) -> str:
        """Say how many of a machine's failures one cause brought."""
        if count == failures:
            return f"原因は{'' if count == 1 else 'すべて'}{_apart(named)}"
        return f"うち {self.number(count)}件は{_apart(named)}"

    def in_state(self, *, elsewhere: bool) -> str:
        """Lead over from a cause to the state that it struck, alone or most often."""
        return "、主な状態 " if elsewhere else "、状態 "

    def machines_with_failures(self, failing: int, tagged: int) -> str:
        """Say how many machines had failures."""
        return f"ステートマシン {self.number(tagged)}個中 {self.number(failing)}個で失敗"

    def machine_failures(self, unsuccessful: int, executions: int | None) -> str:
        """Say how much of one machine failed."""
        if executions is None:
            return f"{self.number(unsuccessful)}件が失敗"
        return f"{self.number(executions)}件中 {self.number(unsuccessful)}件が失敗"

    def attempts_of_one_cause(self, total: int, named: str, *, complete: bool) -> str:
        """Say what an execution's failed attempts were where all are alike."""
        all_of_them = f": {named}" if total == 1 else f"、すべて{_apart(named)}"
        return f"{self.failed_attempts(total)}{self._or_more(complete)}{all_of_them}"

    def attempts(self, total: int, counted_causes: Sequence[str], *, complete: bool) -> str:
        """Say what an execution's failed attempts were: 失敗した試行 6回: スポット中断 5回、…"""
        counted = "、".join(counted_causes)
        return f"{self.failed_attempts(total)}{self._or_more(complete)}: {counted}"

    def _or_more(self, complete: bool) -> str:
        return "" if complete else "以上"

    def more_machines(self, machines: int, failures: int) -> str:
        """Say what is not shown of the machines."""
        return f"ほか {self.number(machines)}個 (失敗 {self.number(failures)}件)"

    def more_hints(self, hints: int) -> str:
        """Say how many hints are not shown."""
        return f"ほか、ヒント {self.number(hints)}件"

    def more_causes(self, causes: int) -> str:
        """Say how many causes are not shown."""
        return f"ほか、原因 {self.number(causes)}件"

    def more_notes(self, notes: int) -> str:
        """Say how many notes on coverage are not shown."""
        return f"ほか、注記 {self.number(notes)}件は完全なレポートにあります"

    def more_executions(self, count: int) -> str:
        """Say how many failed executions are not shown, and where they are."""
        return f"ほか、実行 {self.number(count)}件は JSON のレポートにあります"

    def cause_in(self, title: str, state: str | None) -> str:
        """Name a cause and the state that it struck."""
        return f"{title} (状態: {state})" if state else title

    def ended(self, status: UnsuccessfulStatus, time: datetime) -> str:
        """Say how and when an execution ended."""
        return f"{self.minute(time)} UTC に{self.STATUS[status]}"

    def executions(self, count: int) -> str:
        """Give a number of executions."""
        return f"実行 {self.number(count)}件"

    def failed_attempts(self, count: int) -> str:
        """Give a number of failed attempts."""
        return f"失敗した試行 {self.number(count)}回"

    def place(self, account_id: str, region: str, alias: str) -> str:
        """Say which account and Region were read; `alias` is empty where there is none."""
        named = f"{alias} ({account_id})" if alias else account_id
        return f"アカウント {named}、{region}"

    def coverage(self, read: Coverage) -> str:
        """Say what was read and what it took."""
        calls = self.number(sum(read.api_calls.values()))
        throttled = f"{self.number(read.throttled)}回" if read.throttled else "なし"
        tagged = "" if read.all_machines else "タグ付き"
        return (
            f"失敗 {self.number(read.failures_found)}件中 {self.number(read.failures_read)}件、"
            f"{tagged}ステートマシン {self.number(read.machines_tagged)}個中 "
            f"{self.number(read.machines_scanned)}個を読み取りました。"
            f"API 呼び出し {calls}回、スロットリング{throttled}。"
        )

    def partial(self, read: Coverage, machines: int, notes: Sequence[str]) -> str:
        """Say what is missing of so many machines; `notes` are shown as they are."""
        missing = []
        if read.machines_scanned < machines:
            scanned = self.number(read.machines_scanned)
            missing.append(f"ステートマシン {self.number(machines)}個中 {scanned}個")
        if read.failures_read < read.failures_found:
            found, known = self.number(read.failures_found), self.number(read.failures_read)
            missing.append(f"失敗 {found}件中 {known}件")
        said = [f"読み取れたのは{'、'.join(missing)}のみです。"] if missing else []
        return self.SPACE.join([*said, *notes]) or "読み取れなかったものがあります。"


def _apart(word: str) -> str:
    """A word after Japanese text: Latin letters stand apart from it."""
    return f" {word}" if word[:1].isascii() else word
