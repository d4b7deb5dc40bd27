"""The account as the digest sees it: what it can be asked, and what answering took."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients, open_clients
from sfn_digest.aws.counts import counted_span, read_counts
from sfn_digest.aws.definitions import read_definition_text
from sfn_digest.aws.described import Executions
from sfn_digest.aws.directory import Directory
from sfn_digest.aws.governor import Clock, Governor, SystemClock
from sfn_digest.aws.histories import history_pages
from sfn_digest.aws.metrics import Span, read_metrics
from sfn_digest.aws.past import Past
from sfn_digest.aws.quotas import (
    LOAD_MINUTES,
    allowance,
    applied_allowances,
    default_quotas,
    quota_metrics,
)
from sfn_digest.aws.scan import HOPELESS, Read, Scan, Tools
from sfn_digest.aws.successes import (
    ReadSuccessful,
    history_reader,
    list_successes,
    read_telling,
)
from sfn_digest.aws.targets import Target, choose_targets
from sfn_digest.aws.usage import ApiUsage, Tally
from sfn_digest.errors import AccountError, BadRequestError, NoCredentialsError
from sfn_digest.i18n.message import Said
from sfn_digest.model.executions import ExecutionCounts, HistoryEvent, StateMachine, Tag, Window
from sfn_digest.model.successes import ReadSuccess, Success
from sfn_digest.progress import Progress

T = TypeVar("T")


class Account:
    """One account in one Region, read within a share of its quotas; see `open_account`."""

    def __init__(self, clients: Clients, share: float, progress: Progress, clock: Clock) -> None:
        self.region = clients.region
        self._clients = clients
        self._share = share
        self._progress = progress
        self._opened_at = datetime.now(UTC)
        self._defaults = default_quotas(clients.region)
        allowances = {api: allowance(quota, share) for api, quota in self._defaults.items()}
        self._governor = Governor(allowances, clock, progress)
        self._tally = Tally()
        self._calls = Calls(clients.region, self._governor, clock, self._tally, progress)
        self._tools = Tools(self._calls, clients.states, self._tally, progress, clock)
        self._directory = Directory(self._calls, clients, self._tally)
        self.executions = Executions(self._calls, clients.states)
        self.past = Past(clients, self._calls, self._tally, self._opened_at)

    def learn_quotas(self) -> None:
        """Adapt to the quotas that are applied and to the load of the last 15 minutes.

        Where CloudWatch cannot be asked, AWS's default quotas stay, and a note says so.
        """
        end = self._opened_at.replace(second=0, microsecond=0)
        span = Span(end - timedelta(minutes=LOAD_MINUTES), end, 60)
        try:
            values = read_metrics(
                self._calls, self._clients.cloudwatch, quota_metrics(), span, tuple
            )
        except NoCredentialsError:
            raise
        except AccountError as error:
            note = Said(
                "The quotas and load of the account are unknown, so AWS's default quotas were "
                "taken: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
        else:
            self._governor.allow(applied_allowances(values, self._defaults, self._share))

    def tagged_machines(self, tag: Tag) -> tuple[StateMachine, ...]:
        """The state machines that carry the tag, sorted by ARN; see `directory.py`."""
        self._progress.stage("finding tagged state machines")
        return self._directory.tagged(tag)

    def all_machines(self) -> tuple[StateMachine, ...]:
        """All state machines of the Region, tagged or not, sorted by ARN."""
        self._progress.stage("listing state machines")
        return self._directory.all()

    def counts(
        self, machines: Sequence[StateMachine], window: Window
    ) -> Mapping[str, ExecutionCounts]:
        """Executions that closed in the window, by machine ARN; see `counts.py` for how exact.

        A machine that CloudWatch cannot tell of is absent, all of them where it may not be
        asked; a note says so.
        """
        self._progress.stage("counting executions")
        span = counted_span(window, self._opened_at)
        try:
            return read_counts(self._calls, self._clients.cloudwatch, machines, span)
        except NoCredentialsError:
            raise
        except AccountError as error:
            note = Said(
                "Successes are unknown and every state machine was listed, since CloudWatch "
                "could not be asked: {error}",
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
        deadline: float | None = None,
    ) -> Generator[T, None, None]:
        """What `read` makes of every unsuccessful execution that closed in the window.

        Only machines and statuses that failed by `counts` are listed, and machines absent
        from it; Express machines never are, and a note names them.

        `read` is given the execution and its history, newest page first, last event first.
        A page is fetched when `read` asks for it, so one that ends early costs one call; it
        runs in several threads, and what it returns should be small. Results come in no
        order. Closing the generator ends all calls.

        At `deadline` (`time.monotonic`'s seconds) it ends with what was read, nothing more is
        taken up, and `usage` tells what was left.

        A machine that cannot be listed or a history that cannot be read is told by `usage`;
        only credentials that expire and a network that fails raise, as does `read` itself.
        """
        self._progress.stage("reading failed executions")
        span = counted_span(window, self._opened_at)
        scan = Scan(self._tools, window, Window(span.start, span.end), read, deadline)
        return scan.results(self._listable(choose_targets(machines, counts), machines))

    def _listable(
        self, targets: Sequence[Target], machines: Sequence[StateMachine]
    ) -> Sequence[Target]:
        failed = {target.machine.arn for target in targets}
        for machine in machines:
            if machine.type == "EXPRESS":
                self._tally.express(machine, left_out=machine.arn in failed)
        return [target for target in targets if target.machine.type != "EXPRESS"]

    def history(self, execution_arn: str) -> Iterator[Sequence[HistoryEvent]]:
        """The history of any one execution, such as a child, as `read_failures` gives it.

        It ends early where AWS refuses it, as it does a child without the tag; `usage` tells.
        """
        try:
            yield from history_pages(self._calls, self._clients.states, execution_arn)
        except HOPELESS:
            raise
        except AccountError as error:
            self._tally.unread(execution_arn.split(":")[-2], error.sentence)

    def definition(self, machine_arn: str, version_arn: str | None = None) -> str | None:
        """The text of a machine's definition, in Amazon States Language; one call.

        Where a version is given it is the version's, or the machine's own if AWS refuses that.
        None where AWS refuses both, and a note says so.
        """
        self._progress.stage("reading definitions")
        try:
            arn = version_arn or machine_arn
            return read_definition_text(self._calls, self._clients.states, arn)
        except HOPELESS:
            raise
        except AccountError as error:
            if version_arn is not None:
                return self.definition(machine_arn)
            self._unweighed(machine_arn, error)
            return None

    def successes(
        self,
        machine: StateMachine,
        window: Window,
        read: ReadSuccessful,
        *,
        most_pages: int,
        most_histories: int,
    ) -> tuple[tuple[Success, ...], tuple[ReadSuccess, ...], bool]:
        """The successes that closed in the window, what `read` makes of those that may have
        retried, and whether all were listed.

        At most `most_pages` calls list 1,000 executions each, newest first; at most
        `most_histories` histories are read, mostly far fewer: see `read_telling`. Empty where
        AWS refuses it, and a note says so.
        """
        self._progress.stage("reading successes, to weigh retries")
        listed: tuple[Success, ...] = ()
        values: list[ReadSuccess] = []
        calls, states = self._calls, self._clients.states
        try:
            listed, complete = list_successes(calls, states, machine.arn, window, most_pages)
            reader = history_reader(calls, states, read)
            for value in read_telling(listed, most_histories, reader):
                values.append(value)  # noqa: PERF402 - what was read before a refusal counts
        except HOPELESS:
            raise
        except AccountError as error:
            self._unweighed(machine.arn, error)
            complete = False
        return listed, tuple(values), complete

    def _unweighed(self, machine_arn: str, error: AccountError) -> None:
        self._tally.unweighed(machine_arn.rsplit(":", 1)[1], error.sentence)

    def usage(self) -> ApiUsage:
        """What was asked of AWS so far, and what was left out."""
        return self._tally.usage()


def open_account(quota_share: float, progress: Progress, region: str | None = None) -> Account:
    """The account that AWS's own variables and profiles name, in `region` or the one they name.

    `quota_share` is the part of each API's quota that may be used, above 0 and at most 1.
    One GetMetricData call is made, for the quotas. Raises AccountError without a Region,
    NoCredentialsError, NoEndpointError; BadRequestError for a share that is none.
    """
    if not 0 < quota_share <= 1:
        raise BadRequestError(
            f"The quota share {quota_share} is not above 0 and at most 1: 0.25 is usual."
        )
    account = Account(open_clients(region), quota_share, progress, SystemClock())
    account.learn_quotas()
    return account
