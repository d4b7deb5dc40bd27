"""Express executions that failed, read and diagnosed from what their machines logged.

The end of each tells its error and cause. For a sample of those that ended alike every event is
read; where the sample agrees on the state and the cause at the root, the others are taken to be
like it, and the report says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sfn_digest.aws import Account
from sfn_digest.aws.express_logs import ExpressLogs
from sfn_digest.aws.express_records import ended_execution
from sfn_digest.model.executions import Execution, Failure, HistoryEvent
from sfn_digest.model.logs import MachineLogs
from sfn_digest.pipeline.alike import Groups, alike, largest_first, spread, taken_after
from sfn_digest.pipeline.failures import read_failure
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
    Logs Insights scanned so many `bytes` in so many `queries`.
    """

    failures: tuple[Failure, ...] = ()
    logs: tuple[MachineLogs, ...] = ()
    whole: int = 0
    alike: int = 0
    queries: int = 0
    bytes: float = 0.0


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
        queries=express.queries.number,
        bytes=express.queries.scanned,
    )


def _failure(
    run: Run, account: Account, execution: Execution, events: Sequence[HistoryEvent]
) -> Failure:
    return read_failure(execution, iter([events]), child_history=account.history, rules=run.rules)


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
