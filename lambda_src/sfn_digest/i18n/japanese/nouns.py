"""A noun in Japanese for each cause, by the cause's id: the same for one and for many."""

from collections.abc import Mapping

_NOUNS = {
    "aborted_by_user": "意図的な停止",
    "capacity_unavailable": "キャパシティ不足",
    "code_error": "コードのエラー",
    "concurrency_limit": "同時実行数の上限",
    "container_exit": "コンテナの異常終了",
    "data_condition": "データの条件不一致",
    "dependency_http_4xx": "HTTP 4xx 応答",
    "dependency_http_5xx": "HTTP 5xx 応答",
    "disk_full": "ディスクの空き不足",
    "fail_state": "Fail 状態",
    "history_limit": "実行履歴の上限",
    "host_terminated": "ホストの終了",
    "image_pull": "イメージの取得失敗",
    "invalid_input": "無効な入力",
    "map_failure_threshold": "Map の失敗しきい値超過",
    "nested_execution_failed": "子実行の失敗",
    "network": "ネットワーク障害",
    "out_of_memory": "メモリ不足",
    "payload_too_large": "ペイロードのサイズ超過",
    "permission": "アクセス許可の不足",
    "resource_busy": "リソースの使用中",
    "resource_not_found": "リソースの不在",
    "runtime_crash": "ランタイムのクラッシュ",
    "service_error": "AWS サービスのエラー",
    "service_quota": "サービスクォータの到達",
    "spot_interruption": "スポット中断",
    "task_start_failure": "タスクの起動失敗",
    "throttling": "スロットリング",
    "timeout_execution": "実行のタイムアウト",
    "timeout_task": "タスクのタイムアウト",
    "unknown": "不明な原因",
}

CAUSES: Mapping[str, tuple[str, str]] = {cause: (noun, noun) for cause, noun in _NOUNS.items()}
