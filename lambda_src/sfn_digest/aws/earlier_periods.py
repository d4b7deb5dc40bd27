"""What was before the window: earlier periods' counts, and when a definition was last changed.

The account's alias is asked for here too; none of it may cost the report. Earlier periods are
counted from CloudWatch, with the window where its figures have come by then. The period just before
is counted as finely as the window itself, since a machine's zero there means something. The others
are counted in coarse points: exactly where the periods' edges lie on such points, else to half a
point at each edge.

DescribeStateMachineForExecution shows the state machine as it was when the execution began:
`updateDate` is when that revision came to be, or the machine's creation (Step Functions API
reference). Its quota refills by one call a second, so it is asked of few executions.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import UnreadableAnswerError, answered
from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.execution_counts import (
    CountingAhead,
    PeriodSums,
    counted_span,
    counting_metrics,
    counts_by_machine,
)
from sfn_digest.aws.metric_sums import STEPS
from sfn_digest.aws.metrics import Metric
from sfn_digest.aws.period_sums import finest, plan_periods, read_period_sums
from sfn_digest.aws.redriven_ends import standing_periods_or_note
from sfn_digest.aws.scan import Tools
from sfn_digest.aws.sessions import RoleCredentials, open_session
from sfn_digest.errors import AccountError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import clean
from sfn_digest.model.executions import CountedPeriod, StateMachine, Window

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_stepfunctions import SFNClient


def read_updated_at(calls: Calls, states: "SFNClient", execution_arn: str) -> datetime:
    """When the definition this execution ran was last changed, in UTC; one call.

    Raises an AccountError where AWS refuses it.
    """
    # Without the definition itself, a machine under a key of its own needs no kms:Decrypt.
    ask = partial(
        states.describe_state_machine_for_execution,
        executionArn=execution_arn,
        includedData="METADATA_ONLY",
    )
    api = Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION
    return calls.make(api, ask, lambda answer: answer.moment("updateDate"))


PERIODS = 8
"""The length of a trend, with the window's own period."""

_LONGEST = timedelta(days=196)
"""How far a trend goes back before its window: days that fit one page of 500 metrics (100,800
values). Periods of more than four weeks are fewer for it."""

_MOST_POINTS = 120
"""Values a metric where they need not be days."""

_MANY_POINTS = 200_000
"""In all: ten seconds' worth of CloudWatch's quota at the default share."""


def earlier_windows(window: Window) -> tuple[Window, ...]:
    """The periods before the window, each as long as it, oldest first: seven, fewer if long."""
    length = window.end - window.start
    number = min(PERIODS - 1, max(1, _LONGEST // length))
    return tuple(
        Window(window.start - back * length, window.start - (back - 1) * length)
        for back in range(number, 0, -1)
    )


def point_seconds(windows: Sequence[Window], now: datetime, metrics: int = 1) -> int:
    """The length of a point of so many metrics: the coarsest that the periods' edges lie on, else
    a fine one, unless that would be very many points.
    """
    start, end = windows[0].start, windows[-1].end
    total = (end - start).total_seconds()
    least = finest(start, now)
    fitting = [s for s in STEPS if s >= least and total / s <= _MOST_POINTS] or [STEPS[0]]
    edges = {edge.timestamp() for each in windows for edge in (each.start, each.end)}
    on_edges = [step for step in fitting if all(edge % step == 0 for edge in edges)]
    many = metrics * total / fitting[-1] > _MANY_POINTS
    return on_edges[0] if on_edges else fitting[0 if many else -1]


def read_counting_sums(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    machine_arns: Sequence[str],
    windows: Sequence[Window],
    now: datetime,
    *,
    exact: int,
    among: int | None = None,
) -> PeriodSums:
    """The sums of machines' metrics over periods, oldest first: the last `exact` of them as finely
    as a report's own window, the others as `point_seconds` lets them be, of machines `among` so
    many.

    Raises AccountError where CloudWatch may not be asked.
    """
    metrics = counting_metrics(machine_arns)
    coarse = windows[: len(windows) - exact]
    spans = [counted_span(each, now) for each in windows[len(windows) - exact :]]
    fine = [Window(each.start, each.end) for each in spans]
    number = len(counting_metrics(machine_arns[:1])) * (among or len(machine_arns))
    reading = plan_periods(coarse, fine, point_seconds(windows, now, number), now)
    return read_period_sums(calls, cloudwatch, metrics, reading)


def counted_periods(
    machines: Sequence[StateMachine], windows: Sequence[Window], sums: PeriodSums
) -> tuple[CountedPeriod, ...]:
    """What the sums over periods come to, machine by machine."""
    return tuple(
        CountedPeriod(each, counts_by_machine(machines, _of_period(sums, index)))
        for index, each in enumerate(windows)
    )


def _of_period(sums: PeriodSums, index: int) -> Mapping[Metric, float]:
    return {metric: each[index] for metric, each in sums.items()}


LONGEST = 63
"""Characters of an alias (IAM user guide)."""

_SECONDS = 2


def read_alias(region: str, role: RoleCredentials | None = None) -> str | None:
    """The account's alias, by one call that is not tried again.

    None where there is none, and also where it may not be asked or IAM cannot be reached, as
    from a subnet without a way out: nobody is to wait for it, or to read why it is missing.
    """
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
    )
    try:
        client = open_session(region, role).client("iam", config=config)
        aliases = answered(
            client.list_account_aliases, lambda answer: answer.texts("AccountAliases")
        )
    except (BotoCoreError, ClientError, UnreadableAnswerError, ValueError):
        return None
    return clean(aliases[0], LONGEST) if aliases else None


class Past:
    """The questions; what is refused is reported by the account's `usage`, and nothing raises."""

    def __init__(self, clients: Clients, tools: Tools, now: datetime) -> None:
        self._clients = clients
        self._calls = tools.calls
        self._tally = tools.tally
        self._progress = tools.progress
        self._now = now

    def periods(
        self, machines: Sequence[StateMachine], window: Window, *, exactly: bool
    ) -> tuple[CountedPeriod, ...]:
        """The periods before the window, oldest first; empty where they could not be counted.

        `exactly`: the last of them is counted as finely as the window. An execution counts once in
        each: see `redriven_ends`.
        """
        with self._ahead(earlier_windows(window), exact=int(exactly)) as ahead:
            return self._standing(self._counted(machines, ahead))

    def ahead(self, window: Window, *, exactly: bool) -> CountingAhead:
        """What counts the same and the window itself, beside the finding of machines."""
        return self._ahead((*earlier_windows(window), window), exact=1 + exactly)

    def with_window(
        self, machines: Sequence[StateMachine], ahead: CountingAhead
    ) -> tuple[tuple[CountedPeriod, ...], CountedPeriod | None]:
        """The periods before the window, as `periods` gives them, and the window; in fewer calls
        than each for itself takes. None of the window where they could not be counted.
        """
        self._progress.stage("counting executions")
        found = self._counted(machines, ahead)
        return (self._standing(found[:-1]), found[-1]) if found else ((), None)

    def _ahead(self, windows: Sequence[Window], *, exact: int) -> CountingAhead:
        calls, cloudwatch, now = self._calls.until(), self._clients.cloudwatch, self._now

        def count(arns: Sequence[str], among: int) -> PeriodSums:
            return read_counting_sums(
                calls, cloudwatch, arns, windows, now, exact=exact, among=among
            )

        return CountingAhead(calls, windows, count)

    def _counted(
        self, machines: Sequence[StateMachine], ahead: CountingAhead
    ) -> tuple[CountedPeriod, ...]:
        try:
            sums = ahead.sums([each.arn for each in machines])
        except AccountError as error:
            note = Message("Earlier periods could not be counted: {error}", error=error.sentence)
            self._tally.note(note, left_out=False)
            return ()
        return counted_periods(machines, ahead.periods, sums)

    def _standing(self, periods: tuple[CountedPeriod, ...]) -> tuple[CountedPeriod, ...]:
        if not periods:
            return ()
        cloudwatch = self._clients.cloudwatch
        return standing_periods_or_note(self._calls, cloudwatch, periods, self._now, self._tally)

    def definition_updated_at(self, execution_arn: str) -> datetime | None:
        """When the definition that an execution ran was last changed; one call.

        None where AWS refuses it, and a note says so.
        """
        try:
            return read_updated_at(self._calls, self._clients.states, execution_arn)
        except AccountError as error:
            note = Message(
                "Definition changes before new causes appeared could not be looked up: {error}",
                error=error.sentence,
            )
            self._tally.note(note, left_out=False)
            return None

    def alias(self) -> str | None:
        """The account's alias, if it has one and may be asked for it in time; see `alias.py`."""
        if self._calls.is_over():
            return None
        self._tally.called(DeploymentApi.LIST_ACCOUNT_ALIASES)
        return read_alias(self._clients.region, self._clients.role)
