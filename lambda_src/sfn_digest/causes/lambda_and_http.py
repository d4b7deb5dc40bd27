"""What the state called answered: Lambda functions' errors, and what HTTP endpoints refuse.

Python, Node, Java, Ruby, Go, .NET, Rust and custom runtimes all write `errorType` and
`errorMessage`; either may be absent, and the message may be JSON or name the true error. Of
API Gateway, HTTP tasks and the Kubernetes API the status is in the error's name, and the body
(JSON, HTML or text) is the cause. Events that were not taken are told entry by entry.
"""

import re

from sfn_digest.causes import code
from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.code import http_verdict, human
from sfn_digest.causes.documents import objects, parse, pick, words
from sfn_digest.causes.lexicon import AWS, Verdict, by_name
from sfn_digest.causes.phrases import by_scope, by_words

_NO_TYPE = "The cause could not be determined because Lambda did not return an error type"
_PAYLOAD = "Returned payload:"
_PREAMBLE = re.compile(
    r"^(?:RequestId: [\w<>-]{1,60}\s+|\d{4}-\d\d-\d\dT[\d:.]{5,20}Z [\w<>-]{1,60}\s+|Error: )+"
)
_TIMED_OUT = re.compile(r"Task timed out after (\d{1,6})")
_EXIT = re.compile(r"exit(?: status|ed with code| code:?) (\d{1,3})")
_LONGEST_FUNCTION = 900
_LONGEST_MESSAGE = 33_000
# Go and Rust panics, programs that cannot be run, and crashes by a signal.
_FOR_GOOD = ("2", "101", "126", "127", "132", "134", "136", "139")


def read_function(clue: Clue) -> CauseReading | None:
    """The reading of a function's error, or of Lambda's words about one."""
    if clue.cause.startswith(_NO_TYPE):
        return _without_type(clue)
    document = clue.document
    if not isinstance(document, dict) or not any(
        key in document for key in ("errorMessage", "errorType", "stackTrace")
    ):
        return _ambiguous(clue)
    return _of_payload(document, clue.error)


def _without_type(clue: Clue) -> CauseReading:
    _, found, payload = clue.cause.partition(_PAYLOAD)
    document, _ = parse(payload) if found else (None, True)
    if isinstance(document, dict):
        return _of_payload(document, clue.error)
    if payload.strip() == "null":
        return CauseReading("lambda", clue.error, clue.cause, Verdict("unknown"))
    if payload.strip():
        return _reading(clue.error, payload.strip())
    return CauseReading("lambda", clue.error, clue.cause, Verdict("timeout_task", "depends"))


def _ambiguous(clue: Clue) -> CauseReading | None:
    if "cannot determine whether Lambda successfully received the call" not in clue.cause:
        return None
    return CauseReading("lambda", clue.error, clue.cause, Verdict("service_error", "transient"))


def _of_payload(document: dict[str, object], event_error: str) -> CauseReading:
    error = words(pick(document, "errorType")) or event_error
    message = pick(document, "errorMessage")
    text = message if isinstance(message, str) else code.human(message)
    if not text and not words(pick(document, "errorType")):
        text = words(pick(document, "message", "error"))
    return _reading(error, text)


def _reading(error: str, message: str) -> CauseReading:
    text = _PREAMBLE.sub("", message.strip()[:_LONGEST_MESSAGE])
    platform = _platform(error, text)
    if platform:
        exit_status = _EXIT.search(text)
        return CauseReading(
            "lambda", error, text, platform, (exit_status[1],) if exit_status else ()
        )
    leaf = code.read(error, text)
    return CauseReading("lambda", leaf.error, leaf.text, leaf.verdict, leaf.fields)


def _platform(error: str, text: str) -> Verdict | None:
    timed_out = _TIMED_OUT.search(text)
    if timed_out:
        hopeless = int(timed_out[1]) >= _LONGEST_FUNCTION
        return Verdict("timeout_task", "permanent" if hopeless else "depends")
    if error == "Sandbox.Timedout":
        return Verdict("timeout_task")
    if "signal: killed" in text or "Runtime exited with error: signal: killed" in text:
        return Verdict("out_of_memory")
    crashed = ("untime exited", "xtension exited", "Process exited before completing request")
    if error.startswith("Extension.") or any(words in text for words in crashed):
        return _crash(error, text)
    return None


def _crash(error: str, text: str) -> Verdict:
    if error == "Extension.LaunchError":
        return Verdict("runtime_crash", "permanent")
    exit_status = _EXIT.search(text)
    for_good = exit_status is not None and exit_status[1] in _FOR_GOOD
    return Verdict("runtime_crash", "permanent" if for_good else "depends")


_STATUS_NAME = re.compile(
    r"^(?:ApiGateway|States\.Http\.StatusCode|EKS|Http)\.(\d{3})$", re.IGNORECASE
)
_TITLE = re.compile(r"<(title|h1)[^<>]{0,100}>([^<]{1,200})</", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,300}>")


def read_endpoint(clue: Clue) -> CauseReading | None:
    """The reading of an endpoint's refusal, or of a connection that an HTTP task lost."""
    if clue.error.startswith("States.Http.Socket"):
        return CauseReading("http", clue.error, body_text(clue), Verdict("network", "depends"))
    match = _STATUS_NAME.match(clue.error)
    if match:
        status, text = int(match[1]), body_text(clue)
        judge = _kubernetes if clue.error.startswith("EKS") else http_verdict
        return CauseReading("http", clue.error, text, judge(status, text), (match[1],))
    return _kubernetes_job(clue)


def _kubernetes(status: int, text: str) -> Verdict:
    known = {404: Verdict("resource_not_found"), 422: Verdict("invalid_input")}
    if status in known:
        return known[status]
    if status == 409:
        said = by_words(text)
        known_conflict = said and said.cause in ("resource_busy", "data_condition")
        return said if said and known_conflict else Verdict("data_condition", "depends")
    if status == 400:
        return by_scope(text, "service") or Verdict("invalid_input", "depends")
    return http_verdict(status, text) if status < 500 else Verdict("service_error")


def _kubernetes_job(clue: Clue) -> CauseReading | None:
    """A Job of EKS that failed says why in its conditions."""
    body = pick(clue.document, "ResponseBody") or clue.document
    for condition in objects(pick(pick(body, "status"), "conditions")):
        if words(pick(condition, "type")) == "Failed":
            reason, message = words(pick(condition, "reason")), words(pick(condition, "message"))
            verdict = by_scope(f"{reason} {message}", "container") or Verdict("container_exit")
            return CauseReading("eks", clue.error, message or reason, verdict, (reason,))
    return None


def body_text(clue: Clue) -> str:
    """The words for people in a body; for HTML its title, for unknown JSON nothing."""
    if clue.document is not None:
        return human(pick(clue.document, "ResponseBody") or clue.document)
    if "<" not in clue.cause[:200]:
        return clue.cause
    title = _TITLE.search(clue.cause[:4000])
    return title[2] if title else _TAG.sub(" ", clue.cause[:4000])


def read_entries(clue: Clue) -> CauseReading | None:
    """The reading of a batch call of which some entries were not taken (PutEvents)."""
    entries = objects(pick(clue.document, "Entries", "Failed"))
    for entry in entries:
        code = words(pick(entry, "ErrorCode", "Code"))
        if code:
            message = words(pick(entry, "ErrorMessage", "Message"))
            verdict = by_name(code, AWS) or by_words(message) or Verdict("invalid_input", "depends")
            return CauseReading("entries", clue.error, f"{code}: {message}", verdict, (code,))
    return None
