"""The account as the digest sees it: what it can be asked, and what answering took."""

from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TypeVar

from sfn_digest import guard
from sfn_digest.aws.backlog import failing_targets, targets_in_rotation
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.child_executions import OWN_CREDENTIALS, ChildHistories, ChildRoles
from sfn_digest.aws.clients import Clients, open_clients
from sfn_digest.aws.earlier_periods import Past
from sfn_digest.aws.execution_counts import counted_span, read_counts
from sfn_digest.aws.execution_lists import RunningExecutions
from sfn_digest.aws.express_logs import ExpressLogs
from sfn_digest.aws.governor import Clock, Governor, SystemClock
from sfn_digest.aws.histories import Executions
from sfn_digest.aws.late_failures import LateFailures, added, late_targets_or_note
from sfn_digest.aws.map_run_calls import MapRuns
from sfn_digest.aws.metrics import MetricSpan, read_metrics
from sfn_digest.aws.quotas import (
    LOAD_MINUTES,
    applied_allowances,
    default_allowances,
    default_quotas,
    quota_metrics,
)
from sfn_digest.aws.redriven_ends import listed_counts
from sfn_digest.aws.scan import Read, Recall, Scan, Tools
from sfn_digest.aws.sessions import RoleCredentials
from sfn_digest.aws.state_machines import Directory, Met, Versions
from sfn_digest.aws.state_tests import StateTests
from sfn_digest.aws.success_histories import EvidenceCalls
from sfn_digest.aws.usage import ApiUsage, UsageTally
from sfn_digest.errors import AccountError, BadRequestError, NoCredentialsError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import ExecutionCounts, HistoryEvent, StateMachine, Tag, Window
from sfn_digest.progress import Progress
from sfn_digest.stream.collected_window import NOTHING_COLLECTED, Collected

T = TypeVar("T")


class Account:
    """One account in one Region, read within a share of its quotas; see `open_account`."""

    def __init__(
        self,
        clients: Clients,
        share: float,
        progress: Progress,
        clock: Clock,
        child_roles: ChildRoles = OWN_CREDENTIALS,
    ) -> None:
        self.region = clients.region
        self._clients = clients
        self._share, self._progress = share, progress
        self._opened_at = datetime.now(UTC)
        self._defaults = default_quotas(clients.region)
        self._governor = Governor(default_allowances(self._defaults, share), clock, progress)
        self._tally = UsageTally()
        self._children = ChildHistories(clients.states, child_roles, share, self._tally, progress)
        self._ask_by(Calls(clients.region, self._governor, clock, self._tally, progress))

    def _ask_by(self, calls: Calls) -> None:
        clients = self._clients
        self._calls = calls
        self._tools = Tools(calls, clients.states, self._tally, self._progress)
        self._directory = Directory(calls, clients, self._tally)
        self.executions = Executions(calls, clients.states)
        self.evidence = EvidenceCalls(calls, clients.states, self._tally, self._progress)
        self.express = ExpressLogs(calls, clients, self._tally, self._progress)
        self.map_runs = MapRuns(calls, clients)
        self.versions = Versions(calls, clients.states)
        self.running = RunningExecutions(calls, clients, self._opened_at)
        self.tests = StateTests(calls, clients.states, self._progress)
        self.past = Past(clients, self._tools, self._opened_at)

    def until(self, deadline: float) -> "Account":
        """The same account, of which nothing is asked any more at the deadline, a time of `now`:
        what is asked later is refused, as AWS might refuse it, with an OutOfTimeError.
        """
        limited = copy(self)
        limited._ask_by(self._calls.until(deadline))  # noqa: SLF001 - its own kind
        return limited

    def now(self) -> float:
        """Seconds of the clock that deadlines are times of."""
        return self._calls.clock.now()

    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._calls.is_over()

    def wait_until(self, moment: datetime, *, most: float) -> bool:
        """Let `moment` come, for so many seconds at most; whether it has."""
        if (left := (moment - datetime.now(UTC)).total_seconds()) > 0:
            self._progress.stage("waiting for CloudWatch's figures")
            self._calls.wait(min(left, most))
        return left <= most

    def learn_quotas(self) -> None:
        """Adapt to the quotas that are applied and to the load of the last 15 minutes.

        Where CloudWatch cannot be asked, AWS's default quotas stay, and a note says so.
        """
        end, cloudwatch = self._opened_at.replace(second=0, microsecond=0), self._clients.cloudwatch
        span = MetricSpan(end - timedelta(minutes=LOAD_MINUTES), end, 60)
        try:
            values = read_metrics(self._calls, cloudwatch, quota_metrics(), span, tuple)
        except NoCredentialsError:
            raise
        except AccountError as error:
            note = Message(
                "The account's quotas and load are unknown, so AWS's default quotas were "
                "assumed: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
        else:
            self._governor.allow(applied_allowances(values, self._defaults, self._share))

    def tagged_machines(self, tag: Tag, met: Met = lambda _: None) -> tuple[StateMachine, ...]:
        """The state machines that carry the tag, sorted by ARN; see `Directory.tagged`."""
        self._progress.stage("finding tagged state machines")
        return self._directory.tagged(tag, met)

    def all_machines(self) -> tuple[StateMachine, ...]:
        """All state machines of the Region, tagged or not, sorted by ARN."""
        self._progress.stage("listing state machines")
        return self._directory.all()

    def counts(
        self, machines: Sequence[StateMachine], window: Window, *, once: bool = False
    ) -> Mapping[str, ExecutionCounts]:
        """Executions that closed in the window, by machine ARN; `once`: each as it closed last.

        A machine that CloudWatch cannot show is absent, all where it may not be asked: a note
        says so. See `execution_counts` for how exact they are.
        """
        self._progress.stage("counting executions")
        calls, clients = self._calls, self._clients
        span = counted_span(window, self._opened_at, fine=once)
        try:
            counts = read_counts(calls, clients.cloudwatch, machines, span)
            return listed_counts(calls, clients, counts, window, span) if once else counts
        except AccountError as error:
            note = Message(
                "CloudWatch could not be queried, so successes are unknown and every state "
                "machine was listed: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=True)
            return {}

    def read_failures(
        self,
        machines: Sequence[StateMachine],
        counts: Mapping[str, ExecutionCounts],
        window: Window,
        read: Read[T],
        *,
        kind: Callable[[T], Hashable] = lambda _: None,
        in_rotation: int = 0,
        late: LateFailures | None = None,
        collected: Collected = NOTHING_COLLECTED,
        recall: Recall[T] = lambda _: None,
    ) -> Generator[T, None, None]:
        """What `read` makes of every unsuccessful execution that closed in the window.

        Only machines and statuses that failed by `counts` are listed, machines absent from it, and
        `in_rotation` of those without a failure, since CloudWatch may have missed one; no Express
        ones. `late` failures of the time before the window are read too, those `collected` by
        events are passed over, and what `recall` knows counts as read.

        `read`, run in several threads, is given the execution and its history, newest page first,
        last event first. A page is fetched when `read` asks for it. Results come in no order.
        Closing the generator ends all calls.

        At the deadline of `until` it ends with what was read, a fair sample of what was found: see
        `sampling.py`. Where failures of a machine vary in `kind`, more are read.
        `usage` tells what cannot be listed or read; it raises only where nothing could be listed,
        for want of credentials or a network, and what `read` raises but an AccountError.
        """
        self._progress.stage("reading failed executions")
        spans = window, self.counted(window)
        scan = Scan(self._tools, *spans, read, kind, late, collected, recall)
        standard = [each for each in machines if each.type != "EXPRESS"]
        cloudwatch, now = self._clients.cloudwatch, self._opened_at
        found = late_targets_or_note(self._calls, cloudwatch, standard, late, now, self._tally)
        targets = added(failing_targets(standard, counts), found)
        others = targets_in_rotation(standard, counts, window, in_rotation)
        return scan.results(added(targets, others))

    def counted(self, window: Window) -> Window:
        """The time that CloudWatch is asked for where a window is: whole periods that cover it."""
        span = counted_span(window, self._opened_at)
        return Window(span.start, span.end)

    def add_collected(self, collected: Collected, *, read: int) -> None:
        """Count in `usage` what events reported, and how many of those failures had been read."""
        self._tally.collected(collected, read=read)

    def note(self, sentence: Message, *, left_out: bool) -> None:
        """Note something for a person in `usage`; `left_out`: the report lacks by it."""
        self._tally.note(sentence, left_out=left_out)

    def history(
        self, execution_arn: str, parent_arn: str | None = None
    ) -> Iterator[Sequence[HistoryEvent]]:
        """The history of any one execution, such as a parent's child, as `read_failures` gives it.

        A child in another account than its parent is read with the account's `child_roles`, where
        they reach it. It ends early where AWS refuses it, as one without the tag; `usage` tells.
        """
        return self._children.pages(self._calls, execution_arn, parent_arn or execution_arn)

    def usage(self) -> ApiUsage:
        """What was asked of AWS so far, and what was left out."""
        return self._tally.usage()


def open_account(
    quota_share: float,
    progress: Progress,
    region: str | None = None,
    clock: Clock | None = None,
    behind: Guard | None = None,
    role: RoleCredentials | None = None,
    child_roles: ChildRoles = OWN_CREDENTIALS,
    within: float = inf,
) -> Account:
    """The account of the `role`, or that AWS's variables and profiles name; `region` or theirs.

    `child_roles` are those of other accounts, in which nested executions ran.
    `quota_share` is the part of each API's quota that may be used, above 0 and at most 1.
    GetMetricData is called for the quotas, and not after `within` seconds. Raises AccountError
    without a Region, NoCredentialsError, NoEndpointError; BadRequestError for a share that is none.
    """
    if not 0 < quota_share <= 1:
        wrong = f"The quota share {quota_share} is not above 0 and at most 1: 0.25 is usual."
        raise BadRequestError(wrong)
    clients = open_clients(region, role)
    account = Account(clients, quota_share, progress, clock or SystemClock(), child_roles)
    learn = account.until(account.now() + within).learn_quotas
    (behind or Guard()).result_of(guard.QUOTAS, learn, None, passing=NoCredentialsError)
    return account
