"""Express executions that failed, from the log groups of their machines, in two steps.

First the ends of all that failed, which tell error and cause; then, for those that are asked
for, every event. What Logs Insights scans is billed by the byte, so it keeps to what it may.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sfn_digest.aws.account_errors import OutOfTimeError
from sfn_digest.aws.calls import Calls
from sfn_digest.aws.clients import Clients
from sfn_digest.aws.express_machines import ExpressMachines
from sfn_digest.aws.express_records import LogRecords, machine_of
from sfn_digest.aws.log_hours import Hours, read_hours
from sfn_digest.aws.log_queries import SHORT
from sfn_digest.aws.log_spans import LogSpan, plan
from sfn_digest.aws.usage import UsageTally
from sfn_digest.errors import AccountError
from sfn_digest.history.log_records import newest_first
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import (
    Execution,
    ExecutionCounts,
    HistoryEvent,
    StateMachine,
    Window,
)
from sfn_digest.model.logs import LoggedFailure
from sfn_digest.progress import Progress

GIGABYTE = 1e9
MOST_FAILURES = 20_000
"""Ends that are read at most, newest first in each stretch of a log group."""

ENDS_PART = 0.8
"""The part of the bytes allowed that the ends may take; the rest is for whole chains."""

LONGEST = timedelta(minutes=5, seconds=10)
"""The longest an Express execution runs (AWS quota), and a little more."""

_LATER = timedelta(seconds=10)
MOST_TOGETHER = 25
"""Executions whose events one query asks for, where they ran at about the same time."""

DOES_NOT_LOG = Message(
    "Its state machine is an Express workflow that does not log, so there is no record of "
    "its executions: turn on logging at level ALL."
)


class ExpressLogs:
    """The questions. A group that AWS refuses is noted by `machines`, and none of them raises."""

    def __init__(
        self, calls: Calls, clients: Clients, tally: UsageTally, progress: Progress
    ) -> None:
        self._calls = calls
        self._clients = clients
        self._tally = tally
        self._progress = progress
        self._out_of_time = False
        self.records = LogRecords(calls, clients)
        self.machines = ExpressMachines(calls, clients)
        self._allowed = 0.0
        self._rates: Mapping[str, float] = {}

    def failures(
        self,
        machines: Sequence[StateMachine],
        counts: Mapping[str, ExecutionCounts],
        window: Window,
        allowed_gigabytes: float,
    ) -> Iterator[LoggedFailure]:
        """The ends of the Express executions that failed in the window, as far as logs show.

        Machines without a failure by `counts` are not looked at. At most so many gigabytes are
        scanned; it ends early at the deadline of the account's `until`.
        """
        self._allowed = allowed_gigabytes * GIGABYTE
        self._progress.stage("reading the logs of Express workflows")
        self.machines.look_at(machines, counts)
        hours = self._hours(window) if self.machines.groups else None
        spans: Iterable[LogSpan] = self._one_by_one(window)
        if hours is not None:
            spans = plan(hours.all, hours.length, self._allowed * ENDS_PART).spans
            self._rates = _rates(hours)
        yield from self._read(spans, window, hours)

    def chains(
        self, executions: Sequence[Execution]
    ) -> Iterator[tuple[str, tuple[HistoryEvent, ...]]]:
        """Every event that is logged of some executions, newest first, by execution ARN.

        It ends early where time or bytes do; an execution of a group that is refused is left out.
        """
        for group, together in self._clusters(executions):
            start, end = together[0].stopped_at - LONGEST, together[-1].stopped_at + _LATER
            size = self._rates.get(group, 0.0) * (end - start).total_seconds()
            span = LogSpan(group, start, end, size)
            if self._out_of_time or self._is_too_much(span):
                return
            found: defaultdict[str, list[HistoryEvent]] = defaultdict(list)
            try:
                for arn, event in self.records.events(span, [each.arn for each in together]):
                    found[arn].append(event)
            except OutOfTimeError:
                return
            except AccountError as error:
                self.machines.refuse(group, error)
                continue
            yield from ((arn, tuple(newest_first(events))) for arn, events in found.items())

    def execution(
        self, arn: str, window: Window, allowed_gigabytes: float
    ) -> tuple[HistoryEvent, ...]:
        """Every event that is logged of one execution, newest first; empty where none is found.

        It is looked for from the window's end on back, in ever longer stretches, until it is found
        or so many gigabytes are scanned. Raises AccountError where its machine does not log, or
        AWS refuses.
        """
        self._allowed = allowed_gigabytes * GIGABYTE
        self.machines.look_at([StateMachine(machine_of(arn), arn.split(":")[6], "EXPRESS")], {})
        (logs,) = self.machines.all
        if logs.refused is not None:
            name, refused = logs.machine.name, logs.refused
            note = Message("{name} could not be read: {reason}", name=name, reason=refused)
            raise AccountError(note)
        if not self.machines.groups:
            raise AccountError(DOES_NOT_LOG)
        for span in self._one_by_one(window):
            if found := self._events(span, arn):
                # It may go on beyond either end of the stretch.
                times = [each.timestamp for each in found]
                start, end = min(times) - LONGEST, max(times) + LONGEST
                return tuple(newest_first(self._events(LogSpan(span.group, start, end, 0.0), arn)))
        return ()

    def _events(self, span: LogSpan, arn: str) -> Sequence[HistoryEvent]:
        return [event for _, event in self.records.events(span, [arn])]

    def _hours(self, window: Window) -> Hours | None:
        """None where CloudWatch cannot be asked: what a query will scan is then not known."""
        groups = self.machines.groups
        try:
            return read_hours(self._calls, self._clients.cloudwatch, groups, window)
        except AccountError:
            return None

    def _one_by_one(self, window: Window) -> Iterator[LogSpan]:
        """Each group's window, newest first, in stretches that grow as their bytes are seen."""
        probing = window.end - window.start > SHORT
        for group in self.machines.groups:
            end, length, rate = window.end, timedelta(hours=1), 0.0
            while end > window.start:
                start = max(window.start, end - length)
                before, hours = self.records.queries.scanned, (end - start) / timedelta(hours=1)
                if before + rate * hours > self._allowed * ENDS_PART:
                    break
                yield LogSpan(group, start, end, rate * hours, is_probe=probing)
                rate = max(rate, (self.records.queries.scanned - before) / hours)
                end, length = start, length * 4

    def _read(
        self, spans: Iterable[LogSpan], window: Window, hours: Hours | None
    ) -> Iterator[LoggedFailure]:
        seen: set[str] = set()
        found: Counter[str] = Counter()
        scanned: set[tuple[str, datetime]] = set()
        for span in spans:
            left = MOST_FAILURES - len(seen)
            if left <= 0 or self._out_of_time or self._is_too_much(span):
                continue
            rows = 0
            for each in self._ends(span, left):
                rows += 1
                if each.execution.arn not in seen:
                    seen.add(each.execution.arn)
                    found[each.execution.machine_arn] += 1
                    if each.execution.stopped_at in window:
                        yield self._recorded(each)
            whole = rows < left and not self._out_of_time
            if whole and not self.machines.is_refused(span.group):
                scanned.update((span.group, at) for at in span.hours)
        self.machines.settle(found, hours, scanned)

    def _ends(self, span: LogSpan, most: int) -> Iterator[LoggedFailure]:
        mine = self.machines.groups[span.group]
        known = {each.arn for each in mine}
        try:
            for each in self.records.ends(span, [each.name for each in mine], most):
                if each.execution.machine_arn in known:
                    yield each
        except OutOfTimeError:
            self._out_of_time = True
        except AccountError as error:
            self.machines.refuse(span.group, error)

    def _recorded(self, failure: LoggedFailure) -> LoggedFailure:
        self._tally.found(failure.execution.machine_arn, failure.execution.status, 1)
        self._tally.read()
        self._progress.found(1)
        self._progress.read(1)
        return failure

    def _is_too_much(self, span: LogSpan) -> bool:
        too_much = self.records.queries.scanned + span.bytes > self._allowed
        return too_much and not self.records.is_free(span)

    def _clusters(
        self, executions: Sequence[Execution]
    ) -> Iterator[tuple[str, Sequence[Execution]]]:
        """Executions of one log group that ended at about the same time, together."""
        by_group: defaultdict[str, list[Execution]] = defaultdict(list)
        for each in executions:
            logging = self.machines.logging(each.machine_arn)
            if logging is not None and logging.group_arn is not None:
                by_group[logging.group_arn].append(each)
        for group, mine in by_group.items():
            together: list[Execution] = []
            for each in sorted(mine, key=lambda each: each.stopped_at):
                apart = together and each.stopped_at - together[-1].stopped_at > LONGEST
                if apart or len(together) == MOST_TOGETHER:
                    yield group, together
                    together = []
                together.append(each)
            yield group, together


def _rates(hours: Hours) -> Mapping[str, float]:
    """Bytes a second that each group takes in, in its busiest hour with a failure."""
    rates: dict[str, float] = {}
    for each in hours.all:
        if each.failures > 0:
            rate = each.bytes / hours.length.total_seconds()
            rates[each.group] = max(rates.get(each.group, 0.0), rate)
    return rates
