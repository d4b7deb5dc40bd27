"""Histories are read as botocore would read them, only sooner; what is no history is left to it."""

import json
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.histories import event_from_boto, read_events

MODEL = get_session().get_service_model("stepfunctions")
OUTPUT: Any = MODEL.operation_model("GetExecutionHistory").output_shape
EVENT: Any = MODEL.shape_for("HistoryEvent")
DETAILS = sorted(
    name
    for name, shape in EVENT.members.items()
    if {"error", "cause"} <= getattr(shape, "members", {}).keys()
)
words = st.text(max_size=20)
details = st.fixed_dictionaries({}, optional={"error": words | st.none(), "cause": words})
envelopes = st.fixed_dictionaries(
    {
        "id": st.integers(1, 25_000),
        "previousEventId": st.integers(0, 25_000),
        "type": words,
        "timestamp": st.floats(0, 4e9) | st.integers(0, 4_000_000_000),
    }
)
events = st.builds(
    lambda envelope, name, told: {**envelope, name: told},
    envelopes,
    st.sampled_from(DETAILS),
    details,
)


def by_botocore(body: bytes) -> Any:
    response = {"body": body, "headers": {}, "status_code": 200}
    return create_parser("json").parse(response, OUTPUT)


def by_hook(body: bytes, status: int = 200) -> tuple[dict[str, Any], bytes]:
    response: dict[str, Any] = {"body": body, "headers": {}, "status_code": status}
    read: dict[str, Any] = {}
    read_events(response, read)
    return read, response["body"]


@given(st.lists(events, max_size=4), words | st.none())
def test_events_and_token_are_botocores(sent: list[dict[str, Any]], token: str | None) -> None:
    body = json.dumps({"events": sent, "nextToken": token}).encode()
    read, left = by_hook(body)
    expected = by_botocore(body)
    assert left == b"{}"
    assert read.get("nextToken") == expected.get("nextToken")
    assert [event_from_boto(each) for each in read["events"]] == [
        event_from_boto(each) for each in expected["events"]
    ]


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>proxy</html>", b"", b"{", b"[]", b"null", b"{}", b'{"events": null}'),
        *(b'{"events": [null]}', b'{"events": [{}]}', b'{"events": [{"timestamp": "soon"}]}'),
        b'{"events": [{"timestamp": 1e300}]}',
    ],
)
def test_what_is_no_history_is_left_to_botocore_whole(body: bytes) -> None:
    assert by_hook(body) == ({}, body)


def test_an_error_is_left_to_botocore_whole() -> None:
    body = b'{"events": [], "__type": "ThrottlingException"}'
    assert by_hook(body, 400) == ({}, body)
