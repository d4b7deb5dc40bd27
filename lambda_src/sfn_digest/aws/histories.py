"""The history of one execution, newest page first, each page fetched only when asked for.

`read_events` reads the answers of GetExecutionHistory in a fifth of the time that botocore's
parser takes. Botocore looks for each of an event's forty kinds of details in each event, which is
most of what reading a failure costs. Its `before-parse` hook hands over the answer first: what is
read here is taken out of it. An answer that is not what it should be is left to botocore whole, so
errors and what they say stay botocore's.
"""

import json
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.pages import pages
from sfn_digest.model.executions import HistoryEvent

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


HOOK = "before-parse.sfn.GetExecutionHistory"


def read_events(
    response_dict: MutableMapping[str, Any],
    customized_response_dict: MutableMapping[str, Any],
    **_: object,
) -> None:
    """Read the events of an answer, and leave an empty answer to botocore."""
    if response_dict.get("status_code") != 200:
        return
    try:
        answer = json.loads(response_dict["body"])
        events = [_event(each) for each in answer["events"]]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, OSError):
        return
    customized_response_dict["events"] = events
    if answer.get("nextToken") is not None:
        customized_response_dict["nextToken"] = answer["nextToken"]
    response_dict["body"] = b"{}"


def _event(sent: Mapping[str, Any]) -> dict[str, Any]:
    """An event with its time read; what AWS leaves empty is not there, as with botocore."""
    told = {name: _details(value) for name, value in sent.items() if value is not None}
    return {**told, "timestamp": datetime.fromtimestamp(sent["timestamp"], UTC)}


def _details(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if each is not None}


_DETAILS = "EventDetails"


def event_from_boto(raw: Mapping[str, Any]) -> HistoryEvent:
    """One event as boto3 gives it; its time may be in any zone."""
    return read_event(Answer(raw))


def read_event(event: Answer) -> HistoryEvent:
    """One event of a history.

    Every event has at most one `…EventDetails` object, named after its type; MapRunStarted
    and many others may have none.
    """
    details = event.first_ending(_DETAILS)
    usual = event.exactly(_MEMBERS, _KINDS)
    if usual is not None:
        number, before, kind, at = usual
        if at.tzinfo is UTC:
            return HistoryEvent(number, before, kind, at, details)
    return HistoryEvent(
        id=event.whole("id"),
        previous_event_id=event.whole("previousEventId", 0),
        type=event.text("type"),
        timestamp=event.moment("timestamp"),
        details=details,
    )


_MEMBERS = ("id", "previousEventId", "type", "timestamp")
_KINDS = (int, int, str, datetime)
"""What nearly every event has; whatever is not just that is read member by member."""


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
