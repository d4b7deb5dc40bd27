"""The hints of a report: definitions read for the machines that failed, and held against it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sfn_digest.account import Account
from sfn_digest.records import Failure, Window
from sfn_digest.report.model import Hint
from sfn_digest.retry import Definition, certain, read_definition
from sfn_digest.said import Said

MOST_MACHINES = 40
"""Definitions that are read at most: the quota's burst at the default share holds 50 calls."""


def read_hints(
    account: Account, failures: Sequence[Failure], window: Window
) -> tuple[tuple[Hint, ...], tuple[str, ...]]:
    """The hints that failures and definitions bear out, and notes on what was left out.

    One call a machine, for the machines with most failures.
    """
    failed = Counter(failure.execution.machine_arn for failure in failures)
    chosen = [arn for arn, _ in sorted(failed.items(), key=lambda item: (-item[1], item[0]))]
    definitions = dict(_definitions(account, chosen[:MOST_MACHINES]))
    left = len(chosen[MOST_MACHINES:])
    note = Said(
        "Hints were looked for in the {most} state machines with most failures; {fewer} with "
        "fewer were left out.",
        most=MOST_MACHINES,
        fewer=left,
    )
    return certain(definitions, failures, window), (note,) if left else ()


def _definitions(account: Account, arns: Sequence[str]) -> Iterator[tuple[str, Definition]]:
    for arn in arns:
        text = account.definition(arn)
        if text is not None:
            yield arn, read_definition(text)
