"""Logs Insights: a query is started, asked for until it is done, and its pages put together.

Every call goes through the governor. What a query scanned is billed by the byte, so it is added
up here; see `scanned`.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

Row = Mapping[str, str]
"""The fields of one log record, by name."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 4.0
"""Seconds before a query is asked for, growing from time to time."""

PATIENCE = 240.0
"""Seconds after which a query is given up; CloudWatch itself would go on for an hour."""

_UNDER_WAY = ("Scheduled", "Running", "Unknown")


@dataclass(frozen=True, slots=True)
class _Page:
    """What GetQueryResults answers."""

    status: str
    rows: Sequence[Row]
    scanned: float
    token: str


class LogQueries:
    """Runs queries, one log group each, and adds up what they scanned."""

    def __init__(self, calls: Calls, open_client: "Callable[[], CloudWatchLogsClient]") -> None:
        self._calls = calls
        self._open_client = open_client
        self.scanned = 0.0
        """Bytes scanned so far, as CloudWatch Logs itself told."""
        self.number = 0
        """Queries that were started."""

    def rows(
        self, group_arn: str, start: datetime, end: datetime, text: str, most: int
    ) -> Iterator[Row]:
        """The rows of a query on one group from `start` to `end`, at most so many.

        Raises an AccountError where AWS refuses it, or does not come to an end of it.
        """
        logs = self._open_client()
        ask = partial(
            logs.start_query,
            logGroupIdentifiers=[group_arn],
            startTime=int(start.timestamp()),
            endTime=ceil(end.timestamp()),
            queryString=text,
            limit=most,
        )
        query = self._calls.make(Api.START_QUERY, ask, lambda answer: answer.text("queryId"))
        self.number += 1
        page = self._finished(partial(logs.get_query_results, queryId=query))
        self.scanned += page.scanned
        yield from page.rows
        while page.token:
            more = partial(logs.get_query_results, queryId=query, nextToken=page.token)
            page = self._calls.make(Api.GET_QUERY_RESULTS, more, _page)
            yield from page.rows

    def _finished(self, ask: Callable[[], object]) -> _Page:
        clock, never = self._calls.clock, threading.Event()
        given_up, wait = clock.now() + PATIENCE, FIRST_WAIT
        while True:
            clock.sleep(wait, never)
            page = self._calls.make(Api.GET_QUERY_RESULTS, ask, _page)
            if page.status == "Complete":
                return page
            if page.status not in _UNDER_WAY or clock.now() >= given_up:
                raise AccountError(
                    Message(
                        "CloudWatch Logs did not finish a query ({status}): ask for a shorter "
                        "window.",
                        status=page.status,
                    )
                )
            wait = min(LONGEST_WAIT, wait * 1.5)


def _page(answer: Answer) -> _Page:
    return _Page(
        status=answer.text("status"),
        rows=[
            {cell.text_or_none("field") or "": cell.text_or_none("value") or "" for cell in row}
            for row in answer.rows("results")
        ],
        scanned=answer.structure("statistics").number("bytesScanned", 0.0),
        token=answer.token(),
    )
