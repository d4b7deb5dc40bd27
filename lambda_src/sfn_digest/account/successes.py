"""The successes of one machine: listed newest first, the slowest of them read.

An execution that succeeded after a retry took longer than its peers, so the slowest tell most
of what a retry is worth, and the others, which cost a thousandth of a call each, tell when the
state worked at once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sfn_digest.account.api import Api
from sfn_digest.account.calls import Calls
from sfn_digest.account.executions import OVERLAP
from sfn_digest.account.histories import history_pages
from sfn_digest.account.pages import pages
from sfn_digest.records import HistoryEvent, Window
from sfn_digest.successes import Success

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef

T = TypeVar("T")
ReadSuccessful = Callable[[Success, Iterator[Sequence[HistoryEvent]]], T]


def list_successes(
    calls: Calls, states: "SFNClient", machine_arn: str, window: Window, most_pages: int
) -> tuple[tuple[Success, ...], bool]:
    """The successes that closed in the window, newest first, and whether those are all.

    At most `most_pages` calls of 1,000 executions each are made, a page that has to be asked
    for again counted anew.
    """
    ask = partial(
        states.list_executions,
        stateMachineArn=machine_arn,
        statusFilter="SUCCEEDED",
        maxResults=1000,
    )
    asked, complete = 0, True

    def fetch(token: str) -> tuple[Sequence[Success], str]:
        nonlocal asked, complete
        asked += 1
        request = partial(ask, nextToken=token) if token else ask
        answer = calls.make(Api.LIST_EXECUTIONS, request)
        page = [_success(each, machine_arn) for each in answer["executions"]]
        following = answer.get("nextToken", "")
        if page and page[-1].stopped_at < window.start - OVERLAP:
            following = ""
        if following and asked >= most_pages:
            complete, following = False, ""
        return page, following

    found = {each.arn: each for page in pages(fetch) for each in page if each.stopped_at in window}
    return tuple(found.values()), complete


def read_slowest(
    calls: Calls,
    states: "SFNClient",
    listed: Sequence[Success],
    most: int,
    read: ReadSuccessful[T],
) -> Iterator[T]:
    """What `read` makes of the slowest executions, at most so many, the slowest first.

    `read` is given the history newest page first; a page is a call.
    """
    slowest = sorted(listed, key=lambda each: (each.started_at - each.stopped_at, each.arn))
    for each in slowest[:most]:
        yield read(each, history_pages(calls, states, each.arn))


def _success(item: "ExecutionListItemTypeDef", machine_arn: str) -> Success:
    return Success(
        arn=item["executionArn"],
        machine_arn=machine_arn,
        started_at=item["startDate"].astimezone(UTC),
        stopped_at=item["stopDate"].astimezone(UTC),
        redrive_count=item.get("redriveCount", 0),
    )
