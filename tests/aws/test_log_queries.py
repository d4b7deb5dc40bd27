"""A query is asked for until it is done; what it scanned is added up."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from sfn_digest.aws.log_queries import PATIENCE, LogQueries
from sfn_digest.errors import AccountError
from tests.aws.fakes import FakeClock, client_error, fake_client, free_calls

START, END = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
STARTED = {"queryId": "q"}


def cells(**values: str) -> list[dict[str, str]]:
    return [{"field": name, "value": value} for name, value in values.items()]


def done(*rows: list[dict[str, str]], scanned: float = 100.0, **more: Any) -> dict[str, Any]:
    statistics = {"bytesScanned": scanned} if scanned else {}
    return {"status": "Complete", "results": list(rows), "statistics": statistics, **more}


def asked(*answers: Mapping[str, Any] | Exception) -> tuple[LogQueries, Any, FakeClock]:
    clock, client = FakeClock(), fake_client(*answers)
    return LogQueries(free_calls(clock), lambda: client), client, clock


def test_rows_of_all_pages_come_as_mappings_once_it_is_complete() -> None:
    running = {"status": "Running", "results": [cells(a="partial")], "statistics": {}}
    pages = (done(cells(a="1"), nextToken="t"), done(cells(a="2"), scanned=0))
    queries, client, clock = asked(STARTED, {**running, "status": "Scheduled"}, running, *pages)
    assert list(queries.rows("arn:g", START, END, "fields a", 7)) == [{"a": "1"}, {"a": "2"}]
    assert (queries.scanned, queries.number) == (100.0, 1)
    assert client.requests[0] == {
        "logGroupIdentifiers": ["arn:g"],
        "startTime": int(START.timestamp()),
        "endTime": int(END.timestamp()),
        "queryString": "fields a",
        "limit": 7,
    }
    assert client.requests[-1] == {"queryId": "q", "nextToken": "t"}
    # It waits before each look, a little longer from one to the next.
    assert clock.slept[:3] == [0.5, 0.75, 1.125]


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout"])
def test_a_query_that_ends_otherwise_is_an_error_of_one_sentence(status: str) -> None:
    queries, _, _ = asked(STARTED, {"status": status, "results": [], "statistics": {}})
    with pytest.raises(AccountError, match=rf"did not finish a query \({status}\)"):
        list(queries.rows("arn:g", START, END, "fields a", 7))


def test_a_query_that_never_ends_is_given_up() -> None:
    running = {"status": "Running", "results": [], "statistics": {}}
    queries, _, clock = asked(STARTED, *[running] * 1000)
    with pytest.raises(AccountError, match="Running"):
        list(queries.rows("arn:g", START, END, "fields a", 7))
    assert PATIENCE <= sum(clock.slept) < 2 * PATIENCE


def test_a_denied_query_says_which_action_to_allow() -> None:
    queries, _, _ = asked(client_error("AccessDeniedException"))
    with pytest.raises(AccountError, match="logs:StartQuery"):
        list(queries.rows("arn:g", START, END, "fields a", 7))
