"""The history of one execution, newest page first, each page fetched only when asked for."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.events import read_event
from sfn_digest.aws.pages import pages
from sfn_digest.model.executions import HistoryEvent

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def history_pages(
    calls: Calls, states: "SFNClient", execution_arn: str
) -> Iterator[Sequence[HistoryEvent]]:
    """Pages of at most 1,000 events, last event first; one call a page, none before `next`.

    Input and output of states are not asked for.
    """
    ask = partial(
        states.get_execution_history,
        executionArn=execution_arn,
        reverseOrder=True,
        maxResults=1000,
        includeExecutionData=False,
    )

    def fetch(token: str) -> tuple[Sequence[HistoryEvent], str]:
        request = partial(ask, nextToken=token) if token else ask
        return calls.make(Api.GET_EXECUTION_HISTORY, request, _page)

    return _older_and_older(pages(fetch))


def _page(answer: Answer) -> tuple[Sequence[HistoryEvent], str]:
    return [read_event(each) for each in answer.structures("events")], answer.token()


def _older_and_older(
    fetched: Iterator[Sequence[HistoryEvent]],
) -> Iterator[Sequence[HistoryEvent]]:
    """The same without what an expired token made AWS send again."""
    oldest: int | None = None
    for page in fetched:
        new = [event for event in page if oldest is None or event.id < oldest]
        if new:
            oldest = new[-1].id
            yield new
