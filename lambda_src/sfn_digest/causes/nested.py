"""Child executions and caught errors: a cause inside a cause, to any depth.

`startExecution.sync` hands its parent the child's DescribeExecution as JSON, always under
States.TaskFailed. A Fail state may hand on what a Catch gave it: `{"Error": …, "Cause": …}`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.documents import parse, pick, words
from sfn_digest.causes.lexicon import Verdict

MOST_LEVELS = 12
Again = Callable[[Clue], CauseReading]
_SAYS_TOO_LITTLE = ("nested_execution_failed", "unknown", "map_failure_threshold")


def read_child(clue: Clue, again: Again) -> CauseReading | None:
    """The reading of the child's own failure; `again` reads its cause."""
    child = clue.document
    if not isinstance(child, dict):
        return None
    if list(child) == ["Cause"] and not clue.whole:
        return _cut_short(clue, child["Cause"], again)
    arn = words(pick(child, "ExecutionArn"))
    return _of_child(clue, child, arn, again) if arn else None


def _of_child(clue: Clue, child: dict[str, Any], arn: str, again: Again) -> CauseReading:
    status = words(pick(child, "Status"))
    error, cause = words(pick(child, "Error")), words(pick(child, "Cause"))
    if status == "ABORTED":
        verdict = Verdict("aborted_by_user")
        return CauseReading("nested", error, cause or "The child execution was stopped", verdict)
    if status == "TIMED_OUT":
        return CauseReading(
            "nested", error, "The child execution timed out", Verdict("timeout_execution")
        )
    if not error and not cause:
        return _silent(clue, arn)
    reading = again(inner(clue, error, cause, "nested-sfn"))
    if reading.child_arn or not _says_too_little(clue, cause, reading):
        return reading
    return replace(reading, child_arn=usable(arn))


def _cut_short(clue: Clue, cause: Any, again: Again) -> CauseReading | None:
    """AWS writes keys in alphabetical order, so a long `Cause` is all that is left of a child."""
    if not isinstance(cause, str):
        return None
    return again(inner(clue, clue.error, cause, "nested-sfn"))


def _silent(clue: Clue, arn: str) -> CauseReading:
    verdict = Verdict("nested_execution_failed")
    text = "The child execution failed without a reason"
    return CauseReading("nested", clue.error, text, verdict, child_arn=usable(arn))


def _says_too_little(clue: Clue, cause: str, reading: CauseReading) -> bool:
    timed_out = reading.verdict.cause == "timeout_task"
    return (
        not clue.whole or (not cause and not timed_out) or reading.verdict.cause in _SAYS_TOO_LITTLE
    )


def usable(arn: str) -> str | None:
    """A child's ARN is text from a cause: only what has an execution's shape is passed on."""
    plain = len(arn) <= 400 and arn.isprintable() and " " not in arn
    return arn if plain and arn.startswith("arn:") and ":states:" in arn else None


def read_caught(clue: Clue, again: Again) -> CauseReading | None:
    """The reading of an error that a Catch stored and a later state handed on."""
    caught = _caught(clue.document)
    if caught is None:
        return None
    error, cause = words(pick(caught, "Error")), pick(caught, "Cause")
    text = cause if isinstance(cause, str) else ""
    return again(
        inner(clue, error, text, "" if clue.integration == "fail-state" else clue.integration)
    )


def _caught(document: Any) -> dict[str, Any] | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("Error"), str) and isinstance(document.get("Cause"), str):
        return document
    for value in document.values():
        if isinstance(value, dict) and isinstance(value.get("Cause"), str) and "Error" in value:
            return value
    return None


def inner(clue: Clue, error: str, cause: str, integration: str) -> Clue:
    """The clue that lies inside another."""
    document, whole = parse(cause)
    return replace(
        clue,
        error=error,
        cause=cause,
        document=document,
        whole=whole and clue.whole,
        integration=integration,
        event_type="ExecutionFailed",
        status=None,
    )


def child_executions(cause: str | None) -> tuple[str, ...]:
    """ARNs of the failed child executions in a cause, outermost first; none where it has none.

    `startExecution.sync` writes the child's DescribeExecution into its parent's cause, and
    the child's own cause lies inside it as text.
    """
    found: list[str] = []
    for _ in range(MOST_LEVELS):
        document, _whole = parse(cause or "")
        arn = usable(words(pick(document, "ExecutionArn"))) if isinstance(document, dict) else None
        if arn is None:
            break
        found.append(arn)
        cause = words(pick(document, "Cause"))
    return tuple(found)
