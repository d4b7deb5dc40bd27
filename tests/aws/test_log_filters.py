"""A short stretch of a log group is searched page by page; a long search is left to queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sfn_digest.aws.express_records import ENDED, ends_like, events_like
from sfn_digest.aws.log_queries import MOST_BYTES, MOST_PAGES, MOST_TEXT, SHORT, LogFilters
from simulator.server.logs.expressions import pattern_of
from tests.aws.fakes import FakeClock, client_error, fake_client, free_calls

START, END = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC)
RECORD = '{"id": "2", "type": "ExecutionFailed"}'


def page(*messages: str, token: str = "") -> dict[str, Any]:
    events = [{"message": each, "timestamp": 1_772_445_600_000} for each in messages]
    return {"events": events, "searchedLogStreams": [], **({"nextToken": token} if token else {})}


def asked(*answers: Any) -> tuple[LogFilters, Any]:
    client = fake_client(*answers)
    return LogFilters(free_calls(FakeClock()), lambda: client), client


def test_the_records_of_all_pages_come_with_the_time_they_were_logged() -> None:
    filters, client = asked(page(RECORD, "Permission check", token="t"), page(), page("[1]"))
    found = filters.records("arn:g", START, END, "{ }")
    assert found == [({"id": "2", "type": "ExecutionFailed"}, START)]
    assert filters.number == 2
    assert client.requests[0] == {
        "logGroupIdentifier": "arn:g",
        "startTime": int(START.timestamp() * 1000),
        "endTime": int(END.timestamp() * 1000),
        "filterPattern": "{ }",
    }
    assert client.requests[1]["nextToken"] == "t"


def test_a_stretch_of_too_many_pages_is_given_up_and_its_group_not_searched_again() -> None:
    filters, client = asked(*[page(RECORD, token="t")] * 99)
    assert filters.records("arn:g", START, END, "{ }") is None
    assert len(client.requests) == MOST_PAGES
    assert not filters.fits("arn:g", START, END, 0.0)
    assert filters.fits("arn:other", START, END, 0.0)


def test_where_it_is_denied_nothing_more_is_searched_and_the_action_is_told() -> None:
    filters, _ = asked(client_error("AccessDeniedException"))
    assert filters.records("arn:g", START, END, "{ }") is None
    assert "logs:FilterLogEvents" in (filters.refused or "")
    assert not filters.fits("arn:other", START, END, 0.0)


def test_a_group_that_cannot_be_searched_is_left_to_queries_and_others_are_searched() -> None:
    filters, _ = asked(client_error("InvalidOperationException"))
    assert filters.records("arn:g", START, END, "{ }") is None
    assert "InvalidOperationException" in (filters.refused or "")
    assert not filters.fits("arn:g", START, END, 0.0)
    assert filters.fits("arn:other", START, END, 0.0)


def test_only_short_stretches_of_few_bytes_are_searched() -> None:
    filters, _ = asked()
    assert filters.fits("arn:g", START, START + SHORT, MOST_BYTES)
    assert not filters.fits("arn:g", START, START + SHORT + timedelta(seconds=1), 0.0)
    assert not filters.fits("arn:g", START, END, MOST_BYTES + 1)


def test_patterns_ask_for_the_ends_of_machines_and_never_grow_longer_than_aws_takes() -> None:
    pattern = ends_like(["orders", "mail"])
    assert pattern is not None
    matches = pattern_of(pattern)
    arn = "arn:aws:states:us-east-1:1:express:mail:run:id"
    assert all(matches({"type": each, "execution_arn": arn}) for each in ENDED)
    assert not matches({"type": "TaskFailed", "execution_arn": arn})
    assert not matches({"type": "ExecutionFailed", "execution_arn": arn.replace("mail", "web")})
    assert ends_like(["m" * 80] * 20) is None


def test_every_execution_is_in_one_of_the_patterns() -> None:
    arns = [f"arn:aws:states:us-east-1:1:express:{'m' * 60}:{each}:id" for each in range(25)]
    patterns = list(events_like(arns))
    assert all(len(each) <= MOST_TEXT for each in patterns)
    for arn in arns:
        assert sum(pattern_of(each)({"execution_arn": arn}) for each in patterns) == 1
