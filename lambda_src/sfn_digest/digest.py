"""The whole way in one page.

Find the tagged machines, count, read the failures, name the causes, write the report.
"""

from dataclasses import replace

from sfn_digest.account import Account, ApiUsage
from sfn_digest.causes import UserRules
from sfn_digest.errors import NothingTaggedError
from sfn_digest.failures import Pages, read_failure
from sfn_digest.hints import read_hints
from sfn_digest.records import Coverage, Execution, Failure, StateMachine, Tag
from sfn_digest.report.build import build_report
from sfn_digest.report.model import Report
from sfn_digest.request import Request, choose_machines


def make_report(
    request: Request,
    account: Account,
    rules: UserRules | None = None,
    *,
    deadline: float | None = None,
) -> Report:
    """The report on what a request asks for; a user's `rules` go before the product's own.

    At `deadline` (seconds of time.monotonic) reading ends; coverage tells what is missing.

    Raises UnknownMachineError or NothingTaggedError where there is nothing to report on, and
    AccountError where AWS refuses what the report cannot do without. What is refused for one
    machine alone is told under coverage.
    """
    tagged = account.tagged_machines(request.tag)
    if not tagged:
        raise NothingTaggedError(_nothing_tagged(request.tag, account.region))
    machines = choose_machines(tagged, request.machines, request.tag)
    counts = account.counts(machines, request.window)

    def read(execution: Execution, pages: Pages) -> Failure:
        return read_failure(execution, pages, child_history=account.history, rules=rules)

    failures = list(
        account.read_failures(machines, counts, request.window, read, deadline=deadline)
    )
    hints, left_out = read_hints(account, failures, request.window)
    usage = account.usage()
    coverage = _coverage(usage, len(tagged), len(machines), left_out)
    report = build_report(
        account_id=_account_id(machines[0]),
        region=account.region,
        window=request.window,
        machines=machines,
        counts=counts,
        found=usage.found,
        failures=failures,
        coverage=coverage,
        unlisted=usage.skipped,
    )
    return replace(report, hints=hints)


def _coverage(usage: ApiUsage, tagged: int, asked_for: int, left_out: tuple[str, ...]) -> Coverage:
    return Coverage(
        machines_tagged=tagged,
        machines_scanned=asked_for - len(usage.skipped),
        failures_found=usage.failures_found,
        failures_read=usage.failures_read,
        api_calls=usage.api_calls,
        throttled=usage.throttled,
        complete=usage.complete,
        notes=(*usage.notes, *left_out),
    )


def _account_id(machine: StateMachine) -> str:
    """The account, as the fifth part of any of its ARNs says."""
    return machine.arn.split(":")[4]


def _nothing_tagged(tag: Tag, region: str) -> str:
    return (
        f"No state machine in {region} carries the tag {tag}: tag the ones to report on "
        f"(aws stepfunctions tag-resource --resource-arn ARN --tags key={tag.key},"
        f"value={tag.value}), or name another tag or Region."
    )
