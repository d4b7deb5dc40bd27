"""Express executions that failed, read and diagnosed from what their machines logged.

The end of each tells its error and cause. For a sample of those that ended alike every event is
read; where the sample agrees on the state and the cause at the root, the others are taken to be
like it, and the report says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sfn_digest.aws import Account
from sfn_digest.aws.express_logs import ExpressLogs
from sfn_digest.aws.express_records import ended_execution
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import Execution, Failure, HistoryEvent
from sfn_digest.model.logs import LogLevel, MachineLogs
from sfn_digest.pipeline.failures import read_failure
from sfn_digest.pipeline.representatives import Groups, alike, largest_first, spread, taken_after
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope

TIME_PART = 0.25
"""The part of a run's time after which no further query is started."""

MOST_CHAINS = 60
EACH = 3
"""Executions of which every event is read, in all and of those that ended alike."""

EACH_HIDDEN = 15
"""The same of those that a Fail state ended: what it hides may differ from one to the next."""


@dataclass(frozen=True, slots=True)
class ExpressRead:
    """What the logs told. `whole` executions were read in full, and `alike` were taken after them;
    Logs Insights scanned so many `bytes` in so many `queries`, and FilterLogEvents was called so
    often, unless it was `refused`.
    """

    failures: tuple[Failure, ...] = ()
    logs: tuple[MachineLogs, ...] = ()
    whole: int = 0
    alike: int = 0
    queries: int = 0
    bytes: float = 0.0
    filtered: int = 0
    refused: str | None = None


def read_express(run: Run, scope: Scope) -> ExpressRead:
    """The failures of the Express machines in scope, as far as their logs tell of them."""
    now = run.account.now()
    account = run.account.until(now + (run.deadlines.reading - now) * TIME_PART)
    express, request = account.express, run.request
    known: dict[str, Failure] = {}
    found = express.failures(scope.machines, scope.counts, request.window, request.express_scan_gb)
    for each in found:
        known[each.execution.arn] = _failure(run, account, each.execution, each.events)
    groups = alike(known.values())
    whole: dict[str, Failure] = {}
    for sample in (_first_sample, _second_sample):
        chosen = [known[arn] for arn in sample(express, groups, whole) if arn not in whole]
        executions = [each.execution for each in chosen[: MOST_CHAINS - len(whole)]]
        for arn, events in express.chains(executions):
            whole[arn] = _whole(run, account, known[arn], events)
    taken = dict(taken_after(groups, whole))
    return ExpressRead(
        failures=tuple({**known, **taken, **whole}.values()),
        logs=express.machines.all,
        whole=len(whole),
        alike=len(taken),
        queries=express.records.queries.number,
        bytes=express.records.queries.scanned,
        filtered=express.records.filters.number,
        refused=express.records.filters.refused,
    )


def _failure(
    run: Run, account: Account, execution: Execution, events: Sequence[HistoryEvent]
) -> Failure:
    history = partial(account.history, parent_arn=execution.arn)
    return read_failure(execution, iter([events]), child_history=history, rules=run.rules)


def _whole(run: Run, account: Account, end: Failure, events: Sequence[HistoryEvent]) -> Failure:
    """The failure as all events of its execution tell it."""
    return _failure(
        run, account, ended_execution(end.execution.arn, events) or end.execution, events
    )


def _first_sample(
    express: ExpressLogs, groups: Groups, _whole: Mapping[str, Failure]
) -> Iterator[str]:
    """A few of each group, the largest groups first."""
    telling = [each for each in largest_first(groups) if _logs_more(express, each)]
    for place in range(EACH):
        for mine in telling:
            sample = spread(mine, EACH)
            if place < len(sample):
                yield sample[place].execution.arn


def _second_sample(
    _express: ExpressLogs, groups: Groups, whole: Mapping[str, Failure]
) -> Iterator[str]:
    """More of the groups that a Fail state ended: it may hide one cause here, another there."""
    for mine in largest_first(groups):
        read = [whole[each.execution.arn] for each in mine if each.execution.arn in whole]
        if any(each.fail_state is not None for each in read):
            yield from (each.execution.arn for each in spread(mine, EACH_HIDDEN))


def _logs_more(express: ExpressLogs, mine: Sequence[Failure]) -> bool:
    """Whether the machine logs more of an execution than its end."""
    logging = express.machines.logging(mine[0].execution.machine_arn)
    return logging is not None and logging.level in ("ALL", "ERROR")


DOLLARS_A_GIGABYTE = 0.005
"""What Logs Insights bills for scanning (us-east-1; Tokyo $0.0076). Second-hand, not AWS's list."""

_GIGABYTE = 1e9


def tell(run: Run, read: ExpressRead) -> None:
    """Tell all of it under the report's coverage."""
    for sentence in gaps(read, run.request.express_scan_gb):
        run.account.note(sentence, left_out=True)
    for sentence in remarks(read):
        run.account.note(sentence, left_out=False)


def gaps(read: ExpressRead, allowed_gigabytes: float) -> Iterator[Message]:
    """What the report lacks, in whole sentences."""
    silent = [each for each in read.logs if each.logging is not None and not each.logging.is_on]
    if silent:
        yield ngettext(
            "{machines} logs nothing, so the causes of {failures} are unknown.",
            "{machines} log nothing, so the causes of {failures} are unknown.",
            len(silent),
            machines=_names(silent),
            failures=_failures(sum(each.expected or 0 for each in silent)),
        )
    refused = [each for each in read.logs if each.refused]
    for reason in dict.fromkeys(each.refused for each in refused):
        mine = [each for each in refused if each.refused == reason]
        yield Message(
            "The logs of {machines} were not read: {reason}", machines=_names(mine), reason=reason
        )
    unread = [each for each in read.logs if each.unread and not each.refused]
    if unread:
        yield Message(
            "To stay within {gigabytes:g} GB of logs and the time, {failures} of {machines} were "
            "not looked for; express-scan-gb sets the bytes.",
            gigabytes=allowed_gigabytes,
            failures=_failures(sum(each.unread for each in unread)),
            machines=_names(unread),
        )
    lost = [each for each in read.logs if _has_lost(each)]
    if lost:
        yield Message(
            "CloudWatch counted {failures} that the logs do not hold (late, lost or not "
            "delivered): {machines}.",
            failures=_failures(sum(each.not_logged for each in lost)),
            machines=_names(lost),
        )


def remarks(read: ExpressRead) -> Iterator[Message]:
    """How the report was made, in whole sentences."""
    if read.queries:
        yield Message(
            "Logs Insights scanned {gigabytes:.2f} GB for Express workflows in {queries}, about "
            "${dollars:.2f}.",
            gigabytes=read.bytes / _GIGABYTE,
            queries=ngettext("{n} query", "{n} queries", read.queries),
            dollars=read.bytes / _GIGABYTE * DOLLARS_A_GIGABYTE,
        )
    if read.refused:
        yield Message(
            "Logs Insights was asked about short stretches of the logs too, which costs more: "
            "{reason}",
            reason=read.refused,
        )
    elif read.filtered:
        yield Message(
            "Short stretches of the logs of Express workflows were searched with FilterLogEvents, "
            "which is not billed by the byte: {calls}.",
            calls=ngettext("{n} call", "{n} calls", read.filtered),
        )
    yield from _taken_alike(read)
    for level in _LESS:
        mine = [each for each in read.logs if each.found and _level(each) == level]
        if mine:
            yield Message(
                "At the log level {level} the states that failed and the failed attempts of "
                "{machines} are not known; ALL would tell them.",
                level=level,
                machines=_names(mine),
            )


def _taken_alike(read: ExpressRead) -> Iterator[Message]:
    """How many were read whole, and how many others are taken to be like them."""
    if not read.failures:
        return
    ends, whole = _failures(len(read.failures)), read.whole
    if read.alike:
        yield Message(
            "The last event of {ends} of Express workflows was read, and all events of {whole} of "
            "them; state and cause of {alike} are those of executions that ended alike.",
            ends=ends,
            whole=whole,
            alike=read.alike,
        )
    else:
        yield Message(
            "The last event of {ends} of Express workflows was read, and all events of {whole} of "
            "them.",
            ends=ends,
            whole=whole,
        )


_LESS: tuple[LogLevel, ...] = ("ERROR", "FATAL")


def _level(logs: MachineLogs) -> LogLevel | None:
    return logs.logging.level if logs.logging else None


def _has_lost(logs: MachineLogs) -> bool:
    return bool(logs.logging and logs.logging.is_on and not logs.refused and logs.not_logged)


def _failures(number: int) -> Message:
    return ngettext("{n} failure", "{n} failures", number)


def _names(logs: Sequence[MachineLogs]) -> Message:
    return listed(sorted(each.machine.name for each in logs))
