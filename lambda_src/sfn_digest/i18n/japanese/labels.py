"""Headings and labels, in Japanese."""

from collections.abc import Mapping

from sfn_digest.i18n.english import labels
from sfn_digest.model.executions import Nature, UnsuccessfulStatus


class Labels(labels.Labels):
    """Single words and phrases that stand alone."""

    STATUS: Mapping[UnsuccessfulStatus, str] = {
        "FAILED": "失敗",
        "TIMED_OUT": "タイムアウト",
        "ABORTED": "中止",
    }

    NATURE: Mapping[Nature, str] = {
        "transient": "時間がたてば解消",
        "permanent": "変更が必要",
        "depends": "場合による",
    }

    LANGUAGE = "ja"
    COMMA = "、"
    SEMICOLON = "。"
    STOP = "。"
    SPACE = ""
    PRODUCT = "Step Functions ダイジェスト"
    PARTIAL = "データは一部のみ:"
    FAILED = "失敗"
    TIMED_OUT = "タイムアウト"
    ABORTED = "中止"
    FAILED_ATTEMPTS = "失敗した試行"
    WHAT_TO_DO = "対処方法"
    HINTS = "改善のヒント"
    MACHINES = "失敗のあったステートマシン"
    EXECUTIONS = "失敗した実行 (失敗した試行の多い順)"
    HARDEST = "失敗した試行の多い実行 (各ステートマシンから順に)"
    FAILURES = "失敗"
    OF = "全実行"
    ATTEMPTS = "試行"
    EXPRESS = "Express"
    NO_FAILED_ATTEMPT = "失敗した試行なし"
    CAUSES_NOT_READ = "原因は読み取っていません"
    NO_NAME = "(名前なし)"
    READ_MORE = "AWS のガイド"
