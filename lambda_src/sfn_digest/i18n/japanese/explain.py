"""The words of one execution's story, in Japanese."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

from sfn_digest.i18n.english import explain
from sfn_digest.i18n.japanese.plain import Plain, day
from sfn_digest.model.described import ExecutionStatus

_UNITS = ((86_400, "日"), (3_600, "時間"), (60, "分"), (1, "秒"))


class ExplainWords(Plain, explain.ExplainWords):
    """What `sfn-digest explain` says; names come in safe to show."""

    ENDED: Mapping[ExecutionStatus, str] = {
        "RUNNING": "実行中",
        "SUCCEEDED": "成功",
        "FAILED": "失敗",
        "TIMED_OUT": "タイムアウト",
        "ABORTED": "中止",
        "PENDING_REDRIVE": "redrive 待ち",
    }
    TRIED = "試行の経過"
    CHILDREN = "ともに失敗した子実行 (外側から)"
    HELPED = "有効だったはずの対策"
    SUCCEEDED_ATTEMPT = "成功"
    CUT_OFF = "実行の終了により打ち切り"
    RUNNING_ATTEMPT = "実行中"
    NO_ATTEMPTS = "何かを呼び出す状態には到達していません。"

    def ending(self, status: ExecutionStatus, cause: str | None, state: str | None) -> str:
        """Say how the execution ended, why, and in which state."""
        where = f" (状態: {state})" if state else ""
        return f"{self.ENDED[status]}: {cause}{where}" if cause else f"{self.ENDED[status]}{where}"

    def seconds(self, length: float) -> str:
        """Give a length of time in its two largest units: 42秒, 3分10秒, 2日4時間."""
        if length < 10:
            return f"{length:.1f}".removesuffix(".0") + "秒"
        rest = round(length)
        for (size, unit), (smaller, smaller_unit) in pairwise(_UNITS):
            if rest >= size:
                more = rest % size // smaller
                return f"{rest // size}{unit}" + (f"{more}{smaller_unit}" if more else "")
        return f"{rest}秒"

    def clock(self, time: datetime, *, dated: bool) -> str:
        """The time of an attempt in UTC, with its day where that is not the execution's first."""
        utc = time.astimezone(UTC)
        return f"{day(utc)} {utc:%H:%M:%S}" if dated else f"{utc:%H:%M:%S}"

    def ran(self, started: datetime, stopped: datetime | None) -> str:
        """Say from when until when it ran, and how long."""
        if stopped is None:
            return f"{self.moment(started)} UTC に開始。"
        took = self.seconds((stopped - started).total_seconds())
        return f"{self.moment(started)} から {self.moment(stopped)} まで (UTC)、{took}。"

    def redriven(self, times: int) -> str:
        """Say that it was redriven."""
        return f"{self.number(times)}回 redrive されました。"

    def caught_to(self, state: str, fail_state: str) -> str:
        """Say that a Catch led from the state that failed to the Fail state that ended it."""
        return f"{state} が失敗し、Catch により Fail 状態の {fail_state} に移りました。"

    def visit(self, state: str, failed: int, attempts: int) -> str:
        """Head a visit of a state with its attempts."""
        if attempts == 1:
            return f"{state}: {'試行 1回が失敗' if failed else '試行 1回'}"
        return f"{state}: 試行 {self.number(attempts)}回中 {self.number(failed)}回が失敗"

    def attempt_took(self, length: float) -> str:
        """Say how long an attempt took, before what came of it."""
        return f"{self.seconds(length)}:"

    def waited(self, length: float) -> str:
        """Say how long the execution waited before the next attempt."""
        return f"{self.seconds(length)}待機"

    def hidden_attempts(self, count: int) -> str:
        """Say how many attempts of a visit are not shown."""
        return f"… ほか、失敗した試行 {self.number(count)}回 …"

    def more_visits(self, count: int) -> str:
        """Say how many visits with failed attempts are not shown."""
        return f"… ほか、失敗した試行のある状態 {self.number(count)}回分 …"

    def smooth_visits(self, count: int) -> str:
        """Say how many visits of states went well at the first attempt."""
        return f"ほかの状態 {self.number(count)}回分は最初の試行で成功しました。"

    def cut_visits(self, count: int) -> str:
        """Say how many visits had not ended when the execution did."""
        return f"実行の終了で打ち切られた状態が {self.number(count)}回分あります。"

    def recovered(self, attempts: int) -> str:
        """Say that the attempts that failed did no lasting harm."""
        if not attempts:
            return "失敗した試行はありません。"
        return (
            f"試行 {self.number(attempts)}回が失敗しましたが、再試行または Catch で続行しました。"
        )

    def failed_so_far(self, attempts: int) -> str:
        """Say of a running execution how many attempts failed."""
        if not attempts:
            return "これまでに失敗した試行はありません。"
        return f"これまでに試行 {self.number(attempts)}回が失敗しました。"

    def no_retry(self, state: str, error: str) -> str:
        """Say that the state has no Retry at all."""
        return f"{state} には Retry がなく、{error} で直ちに終了しました。"

    def none_takes(self, state: str, error: str, retriers: int) -> str:
        """Say that no retrier takes the error."""
        if retriers == 1:
            return f"{state} の Retrier は {error} を対象にしません。"
        return f"{state} の Retrier {self.number(retriers)}個は、どれも {error} を対象にしません。"

    def used_up(self, state: str, error: str, place: int, attempts: int) -> str:
        """Say that a retrier took the error, and how often."""
        taken = f"{state} の {self.number(place)}番目の Retrier は {error} を対象にしますが、"
        if not attempts:
            return f"{taken}MaxAttempts が 0 です。"
        return f"{taken}MaxAttempts の {self.number(attempts)}回を使い切りました。"

    def taken_but_cut(self, state: str, error: str, place: int) -> str:
        """Say that a retrier takes the error, and the execution ended before it was used up."""
        return (
            f"{state} の {self.number(place)}番目の Retrier は {error} を対象にしますが、"
            "使い切る前に実行が終了しました。"
        )

    def redrive(self, until: datetime) -> str:
        """Say that the execution can be redriven; the command follows."""
        return f"{self.minute(until)} UTC まで redrive でき、失敗した状態から続行します:"

    def redrive_after_change(self, until: datetime) -> str:
        """Say the same of a cause that time does not heal; the command follows."""
        return (
            f"定義の外で原因を取り除けば、{self.minute(until)} UTC まで redrive でき、"
            "失敗した状態から続行します:"
        )

    def start_anew(self) -> str:
        """Say that a redrive would not help after a Catch."""
        return "redrive すると Fail 状態から続行するため、新しく実行を開始してください。"

    def not_redrivable(self) -> str:
        """Say that Step Functions does not redrive it any more."""
        return "Step Functions では redrive できません。新しく実行を開始してください。"
