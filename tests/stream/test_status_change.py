"""An event tells of one end of an execution; what is no such event is refused without its text."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.errors import BadEventError
from sfn_digest.stream.status_change import StatusChange, group_of, read_status_change

DETAIL: dict[str, Any] = {
    "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:orders:run-1",
    "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
    "name": "run-1",
    "status": "FAILED",
    "startDate": 1_772_000_000_123,
    "stopDate": 1_772_000_060_456,
    "input": '{"password": "hunter2"}',
    "redriveCount": 2,
    "error": "Payments.Declined",
    "cause": "card 4111 declined",
}


def event(**changes: object) -> str:
    return json.dumps({"detail": {**DETAIL, **changes}})


def test_an_event_tells_all_that_a_list_would() -> None:
    change = read_status_change(event())
    assert change == StatusChange(
        execution_arn=DETAIL["executionArn"],
        machine_arn=DETAIL["stateMachineArn"],
        status="FAILED",
        started_at=datetime(2026, 2, 25, 6, 13, 20, 123_000, tzinfo=UTC),
        stopped_at=datetime(2026, 2, 25, 6, 14, 20, 456_000, tzinfo=UTC),
        redrive_count=2,
    )
    assert change.failed is not None
    assert (change.failed.name, change.failed.redrive_count) == ("run-1", 2)
    assert read_status_change(event(status="SUCCEEDED")).failed is None


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]", "{}", '{"detail": null}', "null"),
        *(event(status="RUNNING"), event(stopDate=None), event(stopDate="soon")),
        *(event(redriveCount=-1), event(redriveCount=True), event(executionArn="run-1")),
        *(event(stateMachineArn=None), event(stopDate=10**30)),
    ],
)
def test_what_is_no_event_of_a_closed_execution_is_refused_in_one_sentence(body: str) -> None:
    with pytest.raises(BadEventError, match="no Step Functions Execution Status Change"):
        read_status_change(body)


@pytest.mark.slow
@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_makes_reading_fail_otherwise(body: str) -> None:
    with pytest.raises(BadEventError):
        read_status_change(body)


def test_failures_are_of_one_group_where_their_errors_differ_by_nothing_but_numbers() -> None:
    def group(**changes: object) -> str:
        body = event(**changes)
        return group_of(body, read_status_change(body))

    assert group() == group(cause="card 4222 declined", executionArn=DETAIL["executionArn"] + "2")
    assert group() != group(error="Payments.Unreachable", cause="connection refused")
    assert group(error=None, cause=None) != group(error=None, cause=None, status="ABORTED")
    assert len(group()) == 12
