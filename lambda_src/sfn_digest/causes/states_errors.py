"""What Step Functions itself writes: the States.* errors and the interpreter's sentences.

Sentences quote the state's whole input, or the parameters made from it. Those are data:
they are cut away before any word is read.
"""

from sfn_digest.causes import code, service_error
from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import by_scope, by_words

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
