"""Digests of 1, 40 and 400 state machines with 0, 5 and 50,000 failures."""

from functools import cache
from itertools import cycle

from sfn_digest.model.executions import ExecutionCounts, Failure, StateMachine
from sfn_digest.model.report import Report
from sfn_digest.report.build import build_report
from tests.report import made

MACHINES, FAILURES = (1, 40, 400), (0, 5, 50_000)

_CAUSES = (made.SPOT, made.SPOT, made.START, made.BROKEN, made.DENIED)
_NAMES = ("orders", "invoices", "score-batch", "nightly-import", "image-resize", "audit-export")


@cache
def sized(machines: int, failures: int) -> Report:
    """Give the report of so many machines, which fail in turn."""
    each = [made.machine(f"{_NAMES[n % len(_NAMES)]}-{n + 1:03}") for n in range(machines)]
    found = _failures(each, failures)
    return build_report(
        account_id=made.ACCOUNT,
        region=made.REGION,
        window=made.WINDOW,
        machines=each,
        counts={machine.arn: ExecutionCounts(succeeded=1_000) for machine in each},
        found=made.listed(found),
        failures=found,
        coverage=made.coverage(machines, failures),
        unlisted=(),
    )


def _failures(machines: list[StateMachine], failures: int) -> list[Failure]:
    # A few hundred are made, and counted again and again: only how many there are is shown.
    round_of = [
        made.failure(machines[n % len(machines)], n % 55, cause, (cause, cause), state="Run")
        for n, cause in zip(range(min(failures, 400)), cycle(_CAUSES), strict=False)
    ]
    return [round_of[n % len(round_of)] for n in range(failures)]
