from datetime import UTC, datetime, timedelta, timezone

from sfn_digest.aws import event_from_boto
from sfn_digest.model.executions import HistoryEvent

TOKYO = timezone(timedelta(hours=9))


def test_an_event_of_boto3_becomes_a_record_with_its_details_in_utc() -> None:
    details = {"error": "E", "resource": "runTask.sync"}
    raw = {
        "id": 5,
        "previousEventId": 4,
        "type": "TaskFailed",
        "timestamp": datetime(2026, 3, 9, 9, tzinfo=TOKYO),
        "taskFailedEventDetails": details,
    }
    event = event_from_boto(raw)
    assert event == HistoryEvent(5, 4, "TaskFailed", datetime(2026, 3, 9, tzinfo=UTC), details)
    assert event.timestamp.tzinfo is UTC


def test_an_event_without_details_or_predecessor_has_none() -> None:
    raw = {"id": 1, "type": "ParallelStateStarted", "timestamp": datetime(2026, 3, 9, tzinfo=UTC)}
    event = event_from_boto(raw)
    assert (event.previous_event_id, event.details) == (0, {})
