"""FilterLogEvents: the records of a short stretch, which it finds without billing what it scans.

A page is one governed call, and few of them are taken: a stretch that takes more is left to Logs
Insights. AWS sends whole records; of each no more is kept than Logs Insights would be asked for.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.pages import pages
from sfn_digest.errors import AccessDeniedError

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
    """Searches log groups; once AWS denies it, `refused` says so and nothing more is asked."""

    def __init__(self, calls: Calls, open_client: "Callable[[], CloudWatchLogsClient]") -> None:
        self._calls = calls
        self._open_client = open_client
        self.number = 0
        """Calls that were made."""
        self.refused: str | None = None
        self._large: set[str] = set()

    def fits(self, group_arn: str, start: datetime, end: datetime, size: float) -> bool:
        """Whether a stretch with so many bytes is short enough, and searching it is allowed."""
        tried = self.refused is not None or group_arn in self._large
        return not tried and end - start <= SHORT and size <= MOST_BYTES

    def records(
        self, group_arn: str, start: datetime, end: datetime, pattern: str
    ) -> Sequence[Found] | None:
        """The records from `start` to `end`; None where that takes too many calls, or is denied.

        Raises an AccountError where AWS refuses it otherwise.
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
            found, following = self._calls.make(Api.FILTER_LOG_EVENTS, request, _page)
            return found, following

        try:
            found = list(chain.from_iterable(islice(pages(fetch), MOST_PAGES)))
        except AccessDeniedError as error:
            self.refused = error.sentence
            return None
        if following:
            self._large.add(group_arn)
            return None
        return found


def _page(answer: Answer) -> tuple[Sequence[Found], str]:
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
