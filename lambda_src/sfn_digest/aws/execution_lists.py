"""The unsuccessful executions of one machine, newest first, listed only as far back as needed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.pages import pages
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import (
    UNSUCCESSFUL,
    Execution,
    ExecutionCounts,
    UnsuccessfulStatus,
    Window,
)

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

OVERLAP = timedelta(minutes=5)
"""How far the listing goes on behind the time asked for.

ListExecutions is eventually consistent, so its order may be off by a little.
"""


def list_executions(
    calls: Calls,
    states: "SFNClient",
    machine_arn: str,
    status: UnsuccessfulStatus,
    since: datetime,
) -> Iterator[Sequence[Execution]]:
    """Pages of at most 1,000 executions that closed at `since` or later, and some before it.

    ListExecutions has no filter by time: it sorts closed executions by stopDate, newest
    first, and the paging ends once that lies before `since`. An execution may come twice
    where one closes while its machine is listed.
    """
    ask = partial(
        states.list_executions, stateMachineArn=machine_arn, statusFilter=status, maxResults=1000
    )

    def read(answer: Answer) -> tuple[Sequence[Execution], str]:
        listed = answer.structures("executions")
        page = [_execution(each, machine_arn, status) for each in listed]
        return page, "" if _reaches(page, since) else answer.token()

    def fetch(token: str) -> tuple[Sequence[Execution], str]:
        request = partial(ask, nextToken=token) if token else ask
        return calls.make(Api.LIST_EXECUTIONS, request, read)

    return pages(fetch)


def count_listed(
    calls: Calls, states: "SFNClient", machine_arn: str, counted: ExecutionCounts, window: Window
) -> ExecutionCounts:
    """A machine's executions that closed in a window, each counted once as it closed last.

    Only statuses that CloudWatch counted are listed; where listing is refused its numbers stay.
    """
    numbers = zip(UNSUCCESSFUL, (counted.failed, counted.timed_out, counted.aborted), strict=True)
    found = dict[UnsuccessfulStatus, int]()
    try:
        for status, number in numbers:
            listed = list_executions(calls, states, machine_arn, status, window.start)
            pages = listed if number else ()
            found[status] = len({e.arn for page in pages for e in page if e.stopped_at in window})
    except AccountError:
        return counted
    return ExecutionCounts(counted.succeeded, *found.values())


def _reaches(page: Sequence[Execution], since: datetime) -> bool:
    return bool(page) and page[-1].stopped_at < since - OVERLAP


def _execution(item: Answer, machine_arn: str, status: UnsuccessfulStatus) -> Execution:
    return Execution(
        arn=item.text("executionArn"),
        machine_arn=machine_arn,
        name=item.text("name"),
        status=status,
        started_at=item.moment("startDate"),
        stopped_at=item.moment("stopDate"),
        redrive_count=item.whole("redriveCount", 0),
        machine_version_arn=item.text_or_none("stateMachineVersionArn"),
        machine_alias_arn=item.text_or_none("stateMachineAliasArn"),
    )
