"""The two ways to read a log group, Logs Insights and FilterLogEvents, each call governed.

A query of Logs Insights is started, asked for until it is done, and its pages are put together.
What it scanned is billed by the byte, so it is added up here; see `scanned`.

FilterLogEvents finds the records of a short stretch without billing what it scans. Few pages are
taken: a stretch that takes more is left to Logs Insights. AWS sends whole records; of each no more
is kept than Logs Insights would be asked for.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING

from sfn_digest.aws.account_errors import FRUITLESS
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.pages import pages
from sfn_digest.errors import AccessDeniedError, AccountError
from sfn_digest.i18n.message import Message

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


SHORT = timedelta(hours=7, minutes=10)
"""The longest stretch that is searched like this: six hours, in whole ones, and their edges."""

MOST_BYTES = 100e6
"""What a log group may have taken in meanwhile, where that is known."""

MOST_PAGES = 12
"""Calls for one stretch; at two a second Logs Insights is quicker than more of them."""

MOST_TEXT = 1024
"""Characters of a pattern (AWS quota)."""

Record = Mapping[str, object]
Found = tuple[Record, datetime]
"""A log record that is a JSON object, and when it was logged."""


class LogFilters:
    """Searches log groups; `refused` says why AWS did not let it. Once it is denied, nothing more
    is asked, and where it is refused otherwise, such as for groups of a class that cannot be
    searched, nothing more of that group.
    """

    def __init__(self, calls: Calls, open_client: "Callable[[], CloudWatchLogsClient]") -> None:
        self._calls = calls
        self._open_client = open_client
        self.number = 0
        """Calls that were made."""
        self.refused: str | None = None
        self._is_denied = False
        self._left_alone: set[str] = set()

    def fits(self, group_arn: str, start: datetime, end: datetime, size: float) -> bool:
        """Whether a stretch with so many bytes is short enough, and searching it is allowed."""
        tried = self._is_denied or group_arn in self._left_alone
        return not tried and end - start <= SHORT and size <= MOST_BYTES

    def records(
        self, group_arn: str, start: datetime, end: datetime, pattern: str
    ) -> Sequence[Found] | None:
        """The records from `start` to `end`; None where that takes too many calls, or is refused.

        Raises what a query would meet as well (FRUITLESS).
        """
        ask = partial(
            self._open_client().filter_log_events,
            logGroupIdentifier=group_arn,
            startTime=int(start.timestamp() * 1000),
            endTime=int(end.timestamp() * 1000),
            filterPattern=pattern,
        )

        following = ""

        def fetch(token: str) -> tuple[Sequence[Found], str]:
            nonlocal following
            request = partial(ask, nextToken=token) if token else ask
            self.number += 1
            found, following = self._calls.make(Api.FILTER_LOG_EVENTS, request, _log_filters_page)
            return found, following

        try:
            found = list(chain.from_iterable(islice(pages(fetch), MOST_PAGES)))
        except FRUITLESS:
            raise
        except AccountError as error:
            self.refused = error.sentence
            self._is_denied = self._is_denied or isinstance(error, AccessDeniedError)
            self._left_alone.add(group_arn)
            return None
        if following:
            self._left_alone.add(group_arn)
            return None
        return found


def _log_filters_page(answer: Answer) -> tuple[Sequence[Found], str]:
    return list(_records(answer)), answer.token()


def _records(answer: Answer) -> Iterator[Found]:
    for event in answer.structures("events"):
        try:
            record = json.loads(event.text("message"))
        except ValueError:
            # A group begins with a line of plain text, and others may write to it.
            continue
        if isinstance(record, dict):
            yield record, datetime.fromtimestamp(event.whole("timestamp") / 1000, UTC)


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
        """Bytes scanned so far, as CloudWatch Logs itself reports."""
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
