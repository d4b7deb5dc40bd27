"""One execution: how it is described, and its history, newest page first, each when asked for.

`read_events` reads the answers of GetExecutionHistory in a fifth of the time that botocore's
parser takes. Botocore looks for each of an event's forty kinds of details in each event, which is
most of what reading a failure costs. Its `before-parse` hook gets the answer first: what is
read here is taken out of it. An answer that is not what it should be is left to botocore whole, so
errors and what they say stay botocore's.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

from sfn_digest.aws.answers import Answer, UnreadableAnswerError
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.pages import A_PAGE, pages
from sfn_digest.model.described import Described, ExecutionStatus
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
    details = {name: _details(value) for name, value in sent.items() if value is not None}
    return {**details, "timestamp": datetime.fromtimestamp(sent["timestamp"], UTC)}


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
        maxResults=A_PAGE,
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


class Executions:
    """Executions by their ARNs: a call each. They raise an AccountError where AWS refuses."""

    def __init__(self, calls: Calls, states: "SFNClient") -> None:
        self._calls = calls
        self._states = states

    def describe(self, arn: str) -> Described:
        """An execution of any status. Raises GoneError where there is none of this ARN."""
        # Without input and output, a machine under a key of its own needs no kms:Decrypt.
        ask = partial(
            self._states.describe_execution, executionArn=arn, includedData="METADATA_ONLY"
        )
        return self._calls.make(Api.DESCRIBE_EXECUTION, ask, _described)

    def redrive(self, arn: str) -> datetime:
        """When it was redriven: the one call that changes something, which only a person asks for.

        A call that is made again for want of an answer carries the same token, so that no
        execution is redriven twice.
        """
        ask = partial(
            self._states.redrive_execution, executionArn=arn, clientToken=str(uuid.uuid4())
        )
        return self._calls.make(
            Api.REDRIVE_EXECUTION, ask, lambda answer: answer.moment("redriveDate")
        )

    def history(self, arn: str) -> Sequence[Sequence[HistoryEvent]]:
        """Its whole history, newest page first: a call for each 1,000 events."""
        return list(self.pages(arn))

    def pages(self, arn: str) -> Iterator[Sequence[HistoryEvent]]:
        """The same, a page when it is asked for."""
        return history_pages(self._calls, self._states, arn)

    def definition(self, arn: str) -> str:
        """The text of the definition that an execution ran, which may have changed since."""
        ask = partial(self._states.describe_state_machine_for_execution, executionArn=arn)
        api = Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION
        return self._calls.make(api, ask, lambda answer: answer.text("definition"))


def _described(answer: Answer) -> Described:
    arn, redrive = answer.text("executionArn"), answer.text_or_none("redriveStatus")
    return Described(
        arn=arn,
        machine_arn=answer.text("stateMachineArn"),
        name=answer.text_or_none("name") or arn.rsplit(":", 1)[1],
        status=_status(answer.text("status")),
        started_at=answer.moment("startDate"),
        stopped_at=answer.moment_or_none("stopDate"),
        redrive_count=answer.whole("redriveCount", 0),
        redrivable=redrive == "REDRIVABLE" if redrive else None,
        machine_version_arn=answer.text_or_none("stateMachineVersionArn"),
    )


def _status(text: str) -> ExecutionStatus:
    for status in get_args(ExecutionStatus):
        if text == status:
            return cast("ExecutionStatus", status)
    raise UnreadableAnswerError("status")
