"""The Map run at the root of a failure: its own, or that of a child whose failure it repeats.

Either way the failure says only that too many children failed: the cause of most of these is its.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sfn_digest.errors import AccountError
from sfn_digest.history import read_history
from sfn_digest.history.map_run_events import started_map_runs
from sfn_digest.model.executions import Diagnosis, Failure, HistoryEvent
from sfn_digest.pipeline.map_run_children import THRESHOLD, ChildReader, ReadMapRun

MOST_OF_ONE = 5
"""Map runs that are read of one execution, where nobody asks for more than that execution."""

MOST_ELSEWHERE = 10
"""Parents of executions that the report is not on, whose Map runs are looked into for the cause."""


def is_threshold(failure: Failure) -> bool:
    """Whether a Map run of its own ended it."""
    return failure.map_run_arn is not None and failure.diagnosis.cause == THRESHOLD


def run_behind(reader: ChildReader, parent: Failure) -> str | None:
    """The Map run that ended the innermost child whose failure a parent repeats, by that child's
    history; None where it shows none, or is refused.
    """
    if parent.diagnosis.cause != THRESHOLD or not parent.children:
        return None
    history = reader.account.history(parent.children[-1], parent.execution.arn)
    return read_history(history).map_run_arn


def read_run_of(reader: ChildReader, failure: Failure) -> ReadMapRun | None:
    """The Map run at the root of one failure; None where there is none. Raises an AccountError
    where AWS refuses it.
    """
    arn = failure.map_run_arn if is_threshold(failure) else run_behind(reader, failure)
    return reader.read(arn, failure.execution.machine_arn, failure.state) if arn else None


def map_runs_of(
    reader: ChildReader, failure: Failure | None, history: Sequence[Sequence[HistoryEvent]]
) -> Sequence[ReadMapRun]:
    """The Map runs of one execution in which children failed, first the one at the root of its
    failure. Raises an AccountError where AWS refuses one.
    """
    root = read_run_of(reader, failure) if failure is not None else None
    found = [root] if root is not None else []
    for each in started_map_runs(iter([[event for page in history for event in page]])):
        if len(found) < MOST_OF_ONE and all(each.arn != other.run.arn for other in found):
            machine = each.arn.rpartition("/")[0].replace(":mapRun:", ":stateMachine:")
            found.append(reader.read(each.arn, machine, each.state))
    return [each for each in found if each.run.executions.failures]


def with_map_run(failure: Failure, runs: Sequence[ReadMapRun]) -> Failure:
    """The failure with the cause of most children of the first, where it says no more than that."""
    main = runs[0].main if runs else None
    if main is None or failure.diagnosis.cause != THRESHOLD:
        return failure
    return replace(failure, diagnosis=main.diagnosis)


def causes_behind(
    reader: ChildReader,
    failures: Sequence[Failure],
    runs: Mapping[str, ReadMapRun],
    refused: Counter[tuple[str, str]],
) -> dict[str, Diagnosis]:
    """The children's causes, by each execution that repeats what a Map run of its child said.

    `runs` are those that were looked into; what is `refused` is counted by machine and reason.
    """
    ended = {each.execution.arn: each.map_run_arn for each in failures if each.map_run_arn}
    found: dict[str, Diagnosis] = {}
    left = MOST_ELSEWHERE
    for each in failures:
        if each.map_run_arn is not None or each.diagnosis.cause != THRESHOLD:
            continue
        inner = next((ended[arn] for arn in reversed(each.children) if arn in ended), None)
        run = runs.get(inner) if inner is not None else None
        if inner is None and left:
            left -= 1
            try:
                run = read_run_of(reader, each)
            except AccountError as error:
                refused[each.execution.machine_arn.rpartition(":")[2], error.sentence] += 1
        if run is not None and run.main is not None:
            found[each.execution.arn] = run.main.diagnosis
    return found


def with_leaf_causes(
    failures: Sequence[Failure], runs: Sequence[ReadMapRun], behind: Mapping[str, Diagnosis]
) -> tuple[Failure, ...]:
    """The failures, each with the cause of most failed children of the Map run that ended it, or
    that a child's failure came from.
    """
    main = {each.run.arn: child.diagnosis for each in runs if (child := each.main)}
    own = {
        each.execution.arn: main[each.map_run_arn]
        for each in failures
        if each.map_run_arn in main and is_threshold(each)
    }
    causes = {**behind, **own}
    return tuple(
        replace(each, diagnosis=causes.get(each.execution.arn, each.diagnosis)) for each in failures
    )
