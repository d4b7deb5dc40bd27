"""Where no grammar holds: a Fail state's words, a callback's, or nothing at all."""

from sfn_digest.causes import code
from sfn_digest.causes.lexicon import Verdict, by_name
from sfn_digest.causes.reading import Clue, Reading

_STOPPED = "The execution was stopped"
_EXCEPTION = ("Exception", "Error", "Fault")


def read_silence(clue: Clue) -> Reading | None:
    """The reading where the event or the status says it all: StopExecution takes any words,
    and elsewhere AWS may give neither error nor cause."""
    ended = clue.event_type or ("ExecutionAborted" if clue.status == "ABORTED" else "")
    if ended == "ExecutionAborted":
        return Reading("silent", clue.error, clue.cause or _STOPPED, Verdict("aborted_by_user"))
    return None if clue.error or clue.cause else _without_words(clue)


def _without_words(clue: Clue) -> Reading:
    if clue.status == "TIMED_OUT" or clue.event_type == "ExecutionTimedOut":
        return _silent("The execution ran longer than its timeout", "timeout_execution")
    if clue.status == "ABORTED":
        return _silent(_STOPPED, "aborted_by_user")
    if clue.event_type.endswith("TimedOut"):
        return _silent("", "timeout_task")
    if clue.integration == "fail-state" or clue.event_type == "ExecutionFailed":
        return _silent("A Fail state without an error or cause", "fail_state")
    return _silent("", "unknown")


def _silent(text: str, cause: str) -> Reading:
    return Reading("silent", "", text, Verdict(cause))


def read(clue: Clue) -> Reading:
    """The reading of words that none of AWS's grammars explains."""
    text = code.human(clue.document) if clue.document is not None else clue.cause
    if _authors(clue):
        return Reading("fail", clue.error, text, Verdict("fail_state"))
    leaf = code.read(clue.error, text, "code_error" if clue.error else "unknown")
    return Reading("code", leaf.error, leaf.text, leaf.verdict, leaf.fields)


def _authors(clue: Clue) -> bool:
    """Whether the words are the workflow author's: a Fail state's, or an unknown error that
    ended an execution and looks like no exception."""
    if clue.integration == "fail-state":
        return True
    if clue.event_type in ("TaskFailed", "ActivityFailed", "LambdaFunctionFailed"):
        return False
    if clue.integration in ("lambda", "activity") or not clue.error:
        return False
    named = by_name(clue.error)
    return not (clue.error.endswith(_EXCEPTION) and named is not None)
