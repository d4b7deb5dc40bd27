"""Headings and labels of the page, in Japanese."""

from sfn_digest.report.words import page_labels


class PageLabels(page_labels.PageLabels):
    """What only the page says."""

    SKIP = "レポート本文へ移動"
    NUMBERS = "数値"
    TIMELINE = "実行が失敗した時刻"
    TIMELINE_TABLE = "表で見る"
    TIMELINE_CAPTION = "時刻と原因ごとの失敗"
    LISTED_ONLY = "一覧できた実行を、終了時刻 (UTC) で示します。"
    FROM = "開始 (UTC)"
    OTHER_CAUSES = "その他の原因"
    MACHINES_CAPTION = "失敗のあったステートマシンとその原因"
    MACHINE = "ステートマシンまたは原因"
    STATE = "状態"
    FAILURES = "失敗"
    EXECUTIONS = "実行"
    TRIES = "失敗した試行"
    SHARES = "原因の割合"
    EXECUTIONS_CAPTION = "失敗した実行の根本原因と失敗した試行"
    EXECUTION = "実行"
    ENDED = "終了 (UTC)"
    CAUSE = "根本原因"
    COVERAGE = "読み取った範囲"
    API = "API"
    CALLS = "呼び出し"
    API_CALLS = "API 呼び出し"
