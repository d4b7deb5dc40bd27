"""Faults tried, and what came out: `python -m bench.faults [--every N]`.

Each API that a digest asks is denied, throttled, failed, cut, slow, answered by what is no answer,
or answers of what was deleted, at its first, second or a later call, once or from then on; and the
time runs out at each call. Each time the Lambda's handler is fired as the Scheduler and Lambda's
retries would fire it, on a clock that is set, and what it posted and said is held against what is
true. Every sentence of the coverage is one that the fault bears out, or one that a run without
faults says too.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bench.fault_account import FAULTS, Strike
from bench.fault_function import Came, fired_function
from bench.table import write_table
from sfn_digest.aws.api import Api, DeploymentApi

NEVER_DELETED = frozenset(
    {"GetResources", "ListStateMachines", "GetMetricData", "ListAccountAliases"}
)
"""What these ask for is always there."""

STEPS = 60
"""Calls of a run at which the time is let run out."""


def strikes() -> Iterator[Strike]:
    """Every fault that is tried."""
    apis = [
        Api.GET_RESOURCES,
        Api.LIST_STATE_MACHINES,
        Api.GET_METRIC_DATA,
        Api.LIST_EXECUTIONS,
        Api.GET_EXECUTION_HISTORY,
        Api.DESCRIBE_STATE_MACHINE,
        Api.DESCRIBE_STATE_MACHINE_FOR_EXECUTION,
        DeploymentApi.LIST_ACCOUNT_ALIASES,
        DeploymentApi.GET_PARAMETER,
    ]
    for fault in FAULTS:
        # Only a write changes anything before its answer is lost.
        names = ["GetItem", "PutItem", *(api.value for api in apis)]
        for name in ["PutItem"] if fault == "done, and its answer lost" else names:
            for first in (1, 2, 4, 7):
                if (name == "GetParameter" and first > 1) or (
                    fault == "deleted" and name in NEVER_DELETED
                ):
                    continue
                yield Strike(name, fault, first)
                yield Strike(name, fault, first, times=1)
    for step in range(1, STEPS + 1):
        for part in (0.3, 0.75, 0.92):
            yield Strike("any", "late", step, late=part)


def campaign(every: int = 1) -> Mapping[str, Came]:
    """What came of every so manieth fault, by its kind."""
    came: dict[str, Came] = defaultdict(Came)
    with fired_function() as made:
        for strike in list(strikes())[::every]:
            kind = strike.fault if strike.late is None else "the time runs out"
            made.try_out(strike, came[kind])
    return came


def rows(came: Mapping[str, Came]) -> Sequence[tuple[str, ...]]:
    """The table of the README, the sums last."""
    made = [
        (
            kind,
            f"{each.runs}",
            f"{each.at_once}",
            f"{each.retried}",
            f"{each.passed}",
            f"{len(each.lost)}",
            f"{len(each.twice)}",
            f"{len(each.false)}",
        )
        for kind, each in came.items()
    ]
    sums = [sum(int(row[column]) for row in made) for column in range(1, 8)]
    return [*made, ("**together**", *(f"**{each}**" for each in sums))]


HEADER = (
    "fault",
    "tried",
    "posted at once",
    "by Lambda's retry",
    "once it had passed",
    "lost",
    "posted twice",
    "false sentences",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Try the faults and print what came out, and each thing that should not have."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--every", type=int, default=1)
    came = campaign(parser.parse_args(arguments).every)
    write_table(HEADER, rows(came))
    for each in came.values():
        for what, found in vars(each).items():
            if isinstance(found, list):
                for line, times in Counter(map(str, found)).items():
                    sys.stderr.write(f"{what}: {times} x {line}\n")


if __name__ == "__main__":
    main()
