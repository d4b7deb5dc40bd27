"""What a machine's retries are evaluated on: its definition and its successes.

Those are listed newest first, and the ones that retried are read: an execution that succeeded
after a retry took longer than its peers. The others, which cost a thousandth of a call each, tell
when the state worked at once. A redrive that succeeded is a recovery that is known already.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sfn_digest.aws.account_errors import FRUITLESS
from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.execution_lists import OVERLAP
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.pages import A_PAGE, pages
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import HistoryEvent, StateMachine, Window
from sfn_digest.model.successes import ReadSuccess, Success, Successes
from sfn_digest.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


T = TypeVar("T")
U = TypeVar("U")

ReadSuccessful = Callable[[Success, Iterator[Sequence[HistoryEvent]]], ReadSuccess]

BATCH = 5
"""Histories after which it is asked whether the next ones would still show something."""
ENOUGH_RETRIED = 20
"""Recoveries after which more hardly change what a retry is worth."""


def list_successes(
    calls: Calls, states: "SFNClient", machine_arn: str, window: Window, most_pages: int
) -> tuple[tuple[Success, ...], bool]:
    """The successes that closed in the window, newest first, and whether those are all.

    At most `most_pages` calls of 1,000 executions each are made; one that is retried counts twice.
    """
    ask = partial(
        states.list_executions,
        stateMachineArn=machine_arn,
        statusFilter="SUCCEEDED",
        maxResults=A_PAGE,
    )
    asked, complete = 0, True

    def read(answer: Answer) -> tuple[Sequence[Success], str]:
        return [_success(each, machine_arn) for each in answer.structures("executions")], (
            answer.token()
        )

    def fetch(token: str) -> tuple[Sequence[Success], str]:
        nonlocal asked, complete
        asked += 1
        request = partial(ask, nextToken=token) if token else ask
        page, following = calls.make(Api.LIST_EXECUTIONS, request, read)
        if page and page[-1].stopped_at < window.start - OVERLAP:
            following = ""
        if following and asked >= most_pages:
            complete, following = False, ""
        return page, following

    found = {each.arn: each for page in pages(fetch) for each in page if each.stopped_at in window}
    return tuple(found.values()), complete


def read_informative(
    listed: Iterable[Success], most: int, read: Callable[[Success], ReadSuccess]
) -> Iterator[ReadSuccess]:
    """What `read` makes of the executions that may have retried, at most so many.

    Redriven executions come first, then the slowest. It ends with the first batch in which no
    attempt failed, since those after it took less time still, and once enough attempts failed.
    """
    order = iter(
        sorted(
            listed,
            key=lambda each: (
                each.redrive_count == 0,
                each.started_at - each.stopped_at,
                each.arn,
            ),
        )
    )
    left, retried = most, 0
    while retried < ENOUGH_RETRIED:
        before = retried
        for found in at_once(read, tuple(islice(order, min(BATCH, left)))):
            left -= 1
            retried += bool(found.failed)
            yield found
        if retried == before:
            return


def evenly(listed: Sequence[Success], most: int) -> Sequence[Success]:
    """So many of the executions that were not redriven, spread evenly over the time."""
    whole = [each for each in listed if not each.redrive_count]
    return whole[:: -(-len(whole) // most) or 1] if most else []


def after_each(
    listed: Sequence[Success], moments: Sequence[datetime], most: int
) -> Sequence[Success]:
    """Of executions that were not redriven, the first that began after each moment and before the
    next one; so many of them at most, spread evenly.
    """
    whole = sorted((e for e in listed if not e.redrive_count), key=lambda e: e.started_at)
    began = [each.started_at for each in whole]
    places = {bisect_right(began, moment) for moment in moments}
    found = [whole[place] for place in sorted(places) if place < len(whole)]
    return found[:: -(-len(found) // most) or 1] if most else []


def at_once(read: Callable[[T], U], wanted: Sequence[T]) -> Iterator[U]:
    """What `read` makes of each, in their order, several read at a time: most of a call is waiting.

    Raises what `read` raises, after what comes before it.
    """
    yield from _readers().map(read, wanted)


@cache
def _readers() -> ThreadPoolExecutor:
    """Threads for all batches: to start a thread while others work takes as long as a call."""
    return ThreadPoolExecutor(BATCH, "successes")


def history_reader(
    calls: Calls, states: "SFNClient", read: ReadSuccessful
) -> Callable[[Success], ReadSuccess]:
    """Gives `read` an execution's history, newest page first; a page is a call."""
    return lambda each: read(each, history_pages(calls, states, each.arn))


def _informative_and(
    drawn: Sequence[Success],
    listed: Sequence[Success],
    most: int,
    read: Callable[[Success], ReadSuccess],
) -> Iterator[ReadSuccess]:
    """What `read` makes of those drawn, and of those that may have retried, at most so many."""
    yield from at_once(read, drawn)
    known = {each.arn for each in drawn}
    others = (each for each in listed if each.arn not in known)
    yield from read_informative(others, most - len(drawn), read)


def _success(item: Answer, machine_arn: str) -> Success:
    return Success(
        arn=item.text("executionArn"),
        machine_arn=machine_arn,
        started_at=item.moment("startDate"),
        stopped_at=item.moment("stopDate"),
        redrive_count=item.whole("redriveCount", 0),
        machine_version_arn=item.text_or_none("stateMachineVersionArn"),
    )


class EvidenceCalls:
    """The questions; what AWS refuses is reported by the account's `usage`."""

    def __init__(
        self, calls: Calls, states: "SFNClient", tally: UsageTally, progress: Progress
    ) -> None:
        self._calls = calls
        self._states = states
        self._tally = tally
        self._progress = progress

    def definition(self, machine_arn: str, version_arn: str | None = None) -> str | None:
        """The text of a machine's definition, in Amazon States Language; one call.

        Where a version is given it is the version's, or the machine's own if AWS refuses that.
        None where AWS refuses both, and a note says so. Raises what the next machine would meet
        as well (FRUITLESS).
        """
        self._progress.stage("reading definitions")
        ask = partial(
            self._states.describe_state_machine, stateMachineArn=version_arn or machine_arn
        )
        try:
            return self._calls.make(
                Api.DESCRIBE_STATE_MACHINE, ask, lambda answer: answer.text("definition")
            )
        except FRUITLESS:
            raise
        except AccountError as error:
            if version_arn is not None:
                return self.definition(machine_arn)
            self._tally.not_evaluated(machine_arn.rsplit(":", 1)[1], error.sentence)
            return None

    def success(self, execution: Success, read: ReadSuccessful) -> ReadSuccess:
        """What `read` makes of one success's history. Raises AccountError where it is refused."""
        self._progress.stage("reading successes, to count recoveries")
        return history_reader(self._calls, self._states, read)(execution)

    def successes(
        self,
        machine: StateMachine,
        window: Window,
        read: ReadSuccessful,
        *,
        most_pages: int,
        most_histories: int,
        sample: int = 0,
        after: Sequence[datetime] = (),
    ) -> Successes | None:
        """The successes that closed in the window, and what `read` makes of those that may have
        retried; None where they could not be listed.

        At most `most_pages` calls list 1,000 each, newest first; at most `most_histories` are read,
        mostly far fewer: see `read_informative`. Up to `sample` of these are spread over all, where
        there are enough; up to a third began next `after` one of some moments. What AWS refuses is
        noted, and what was read before counts.
        """
        self._progress.stage("reading successes, to evaluate retries")
        calls, states = self._calls, self._states
        try:
            listed, complete = list_successes(calls, states, machine.arn, window, most_pages)
        except AccountError as error:
            self._tally.not_evaluated(machine.name, error.sentence)
            return None
        values: dict[str, ReadSuccess] = {}
        drawn = evenly(listed, sample if most_histories >= sample + BATCH else 0)
        first = list(dict.fromkeys([*drawn, *after_each(listed, after, most_histories // 3)]))
        reader = history_reader(calls, states, read)
        try:
            for value in _informative_and(first, listed, most_histories, reader):
                values[value.execution.arn] = value
        except AccountError as error:
            self._tally.partly_evaluated(machine.name, error.sentence)
        sampled = frozenset(each.arn for each in drawn if each.arn in values)
        return Successes(machine.arn, listed, tuple(values.values()), complete, sampled)
