"""What Step Functions itself writes: States.* errors, its sentences, and causes inside causes.

Sentences quote the state's whole input, or the parameters made from it. Those are data:
they are cut away before any word is read.

`startExecution.sync` hands its parent the child's DescribeExecution as JSON, always under
States.TaskFailed. A Fail state may hand on what a Catch gave it: `{"Error": …, "Cause": …}`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfn_digest.causes import code, service_error
from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.documents import parse, pick, words
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import by_scope, by_words

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


_BY_NAME = {
    "States.DataLimitExceeded": Verdict("payload_too_large"),
    "States.Permissions": Verdict("permission"),
    "States.NoChoiceMatched": Verdict("invalid_input"),
    "States.ParameterPathFailure": Verdict("invalid_input"),
    "States.ResultPathMatchFailure": Verdict("invalid_input"),
    "States.IntrinsicFailure": Verdict("invalid_input"),
    "States.QueryEvaluationError": Verdict("invalid_input"),
    "States.ExceedToleratedFailureThreshold": Verdict("map_failure_threshold"),
    "States.HeartbeatTimeout": Verdict("timeout_task"),
}
_READERS = ("States.ItemReaderFailed", "States.ResultWriterFailed")
_RAISED = ("States.Timeout", *_READERS)
_REFUSED = "is not authorized to assume the task state's role"
_DUMPS = (
    " in the input '",
    " in the input:",
    "Current context is:",
    ' in the input "',
    " for input '",
)
_ENTERED = "(entered at the event id #"


def read(clue: Clue) -> CauseReading | None:
    """The reading of an error that Step Functions raised."""
    verdict = _BY_NAME.get(clue.error)
    runtime = clue.error == "States.Runtime" or (not clue.error and _ENTERED in clue.cause[:600])
    refused = _REFUSED in clue.cause or _REFUSED.replace("'", "\u2019") in clue.cause
    if not (verdict or runtime or refused or clue.error in _RAISED):
        return None
    text = plain(clue.cause)
    if clue.error == "States.Timeout":
        verdict = _timeout(clue)
    elif runtime:
        verdict = _runtime(text)
    elif clue.error in _READERS:
        verdict = _reader(text)
    elif refused or verdict is None:
        verdict = Verdict("permission")
    return CauseReading("states", clue.error, text, verdict)


def _timeout(clue: Clue) -> Verdict:
    ended = clue.event_type in ("", "ExecutionTimedOut") and clue.status == "TIMED_OUT"
    if ended or clue.event_type == "ExecutionTimedOut":
        return Verdict("timeout_execution")
    return Verdict("timeout_task")


def _runtime(text: str) -> Verdict:
    if "maximum number of history events" in text:
        return Verdict("history_limit")
    if text.startswith("The activity ") and "does not exist" in text:
        return Verdict("resource_not_found")
    if "size exceeding the maximum" in text or "maximum number of bytes" in text:
        return Verdict("payload_too_large")
    if "authorized to" in text:
        return Verdict("permission")
    return Verdict("invalid_input")


def _reader(text: str) -> Verdict:
    answer = service_error.find(text)
    if answer:
        return service_error.judge(answer)
    said = by_words(text)
    believed = ("permission", "resource_not_found", "throttling", "payload_too_large", "network")
    if said and said.cause in believed:
        return said
    return by_scope(text, "service") or Verdict("invalid_input", "depends")


def read_task_failed(clue: Clue) -> CauseReading | None:
    """States.TaskFailed or States.BranchFailed with plain words: those words decide."""
    if not clue.error.startswith("States.") or clue.document is not None:
        return None
    if clue.integration == "fail-state":
        return CauseReading("fail", clue.error, clue.cause, Verdict("fail_state"))
    fallback = "nested_execution_failed" if clue.integration == "nested-sfn" else "unknown"
    leaf = code.read("", plain(clue.cause), fallback)
    return CauseReading("task", leaf.error or clue.error, leaf.text, leaf.verdict, leaf.fields)


def plain(cause: str) -> str:
    """The sentence without its opening (the state is named elsewhere) and without dumps."""
    text = " ".join(cause.split())
    if text.startswith("An error occurred while "):
        text = _after_opening(text)
    _, found, reason = text.rpartition(" could not be used to start the Task:")
    if found:
        return f"The parameters could not be used to start the task:{reason}"
    ends = [text.find(dump) for dump in _DUMPS]
    cuts = [end + len(dump) for end, dump in zip(ends, _DUMPS, strict=True) if end >= 0]
    return text[: min(cuts)].rstrip(" '\":") if cuts else text


def _after_opening(text: str) -> str:
    entered = text.find(_ENTERED, 0, 600)
    if entered >= 0:
        return text[text.find(")", entered) + 1 :].lstrip(". ")
    named = text.find("'. ", 0, 400)
    return text[named + 3 :] if named >= 0 else text
