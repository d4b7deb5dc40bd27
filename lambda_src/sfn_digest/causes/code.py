"""Errors that code raised: an exception's name and its message, of whatever language.

The message may be JSON, may wrap an AWS service's answer, or may begin with the name of
the error that matters (`Error: TypeError: …`). A name that is specific decides; after a
general one (`Exception`, `RuntimeError`) the words do. Where neither tells, it depends:
an author's own words are no evidence that the fault stays.

Python, Node, Java, Ruby, Go, .NET, Rust and custom runtimes of Lambda all write `errorType` and
`errorMessage`; either may be absent, and the message may be JSON or name the true error.

What wraps is taken off: a traceback to its last line, SQLAlchemy's `(psycopg2.errors.X) …` with
the statement behind it.
"""

import re
from dataclasses import dataclass

from sfn_digest.causes import service_error
from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.databases import by_number, by_state, said_by_driver
from sfn_digest.causes.documents import coded, human, keys, last_raised, parse, pick, words
from sfn_digest.causes.http_answers import answered, by_reply, by_reported_status
from sfn_digest.causes.lexicon import Verdict, by_name, is_of_aws
from sfn_digest.causes.phrases import by_code, by_codes_name, by_scope, by_words

_LEADING = re.compile(
    r"^(?:Uncaught |Caused by: |Traceback[^\n]{0,60}\n)?"
    r"((?:[A-Za-z_]\w{0,60}[.:]{1,2}){0,8}[A-Z]\w{0,80}?(?:Error|Exception|Fault|Timeout|NotFound|Denied))"
    r"(?:: |\s?\n|$)"
)
_SENDING = re.compile(r"^RequestError: send request failed\s{1,3}caused by: ")
_CALLING = re.compile(r"^An error occurred while calling \w{1,20}[.:]\w{1,60}\.\s*(?:: )?")
_WRAPPED = re.compile(r"^\(((?:[A-Za-z_]\w{0,60}\.){1,6}[A-Z]\w{1,80})\) ")
_STATEMENT = "\n[SQL: "
_MOST_LAYERS = 6
# What a fault in the code hides none of, as it comes from elsewhere.
_AROUND_CODE = ("network", "disk_full", "out_of_memory", "code_error", "runtime_crash")
_LESS_THAN_A_FAILURE = ("dependency_http_4xx", "code_error", "service_error", "invalid_input")
_MORE_THAN_A_400 = (
    "permission", "throttling", "concurrency_limit", "service_quota", "resource_busy",
    "payload_too_large", "data_condition",
)  # fmt: skip
# What AWS refused without a word that tells why.
_REFUSED = Verdict("invalid_input", "depends")
# What says less than that a session was lost.
_LESS_THAN_A_STATE = ("timeout_task", "network")


@dataclass(frozen=True, slots=True)
class Raised:
    """What was raised at the leaf, in what words, and what it means."""

    error: str
    text: str
    verdict: Verdict
    fields: tuple[str, ...] = ()


def read(error: str, message: str, fallback: str = "code_error", scope: str = "") -> Raised:
    """The error that matters among those that wrap it, and its verdict."""
    error, text = _unwrap(error, message)
    refused = service_error.refused_change(text)
    if refused:
        return Raised(error, text, service_error.judge(refused), (refused.service,))
    answer = service_error.find(text)
    if answer and not answer.code and not answer.status:
        text = answer.reason
    elif answer:
        verdict = service_error.judge(answer, error)
        known = answer.code and error.endswith(answer.code)
        said = answer.text if known else answer.reason
        return Raised(error, said, verdict, (answer.service, answer.code))
    # The names of an object's fields are shown where it has no words, and are no evidence.
    shown = text or keys(parse(message)[0])
    return Raised(error, shown, _verdict(error, text, fallback, scope))


def _unwrap(error: str, message: str) -> tuple[str, str]:
    text = message.strip()
    for _ in range(_MOST_LAYERS):
        text = last_raised(_SENDING.sub("", _CALLING.sub("", text)).partition(_STATEMENT)[0])
        document, _ = parse(text)
        said = answered(document) or coded(document) or said_by_driver(text)
        if document is not None and not said:
            return error, ""
        if said and said != text:
            text = said
            continue
        leading = _WRAPPED.match(text) or _LEADING.match(text)
        if leading is None or not _is_general(error):
            break
        error, text = leading[1], text[leading.end() :].strip()
    return error, text


def _is_general(error: str) -> bool:
    verdict = by_name(error)
    return verdict is None or verdict.weak or error.startswith("States.")


def _verdict(error: str, text: str, fallback: str, scope: str) -> Verdict:
    named, state = by_name(error), by_state(text)
    surely = named if named and not named.weak else None
    told = (None if state and state.weak else state) or by_number(text)
    told = told or (None if is_of_aws(error) else _beyond(named, text)) or by_reply(error, text)
    if told:
        return told
    if surely:
        return _of_whose_service(surely, text) or surely
    said = by_code(text) or _reported(text, scope) or by_scope(text, "code")
    if state and (said is None or said.cause in _LESS_THAN_A_STATE):
        return state
    if said is None and (named is None or named.cause == "code_error"):
        said = by_codes_name(text) or _last_words(error, text)
    return said or named or Verdict(fallback)


def _last_words(error: str, text: str) -> Verdict | None:
    """What the words may mean where nothing tells more: AWS's own of a name that is AWS's."""
    if not is_of_aws(error):
        return by_scope(text, "last")
    return by_scope(text, "service") or by_scope(text, "last") or _REFUSED


def _of_whose_service(named: Verdict, text: str) -> Verdict | None:
    """What a service's failure was, of which the name only says that it is one."""
    if named.cause != "service_error" or named.nature == "depends":
        return None
    said = by_reported_status(text) or by_code(text) or by_words(text)
    return said if said and said.cause not in _LESS_THAN_A_FAILURE else None


def _reported(text: str, scope: str) -> Verdict | None:
    """An HTTP status, or the words where it only says that something was wrong."""
    status, said = by_reported_status(text), by_words(text, scope)
    vague = status and status.cause == "dependency_http_4xx" and status.nature == "depends"
    if vague and said and said.cause == "invalid_input" and said.nature != "depends":
        return Verdict("dependency_http_4xx", "permanent")
    return said if said and (not status or (vague and said.cause in _MORE_THAN_A_400)) else status


def _beyond(named: Verdict | None, text: str) -> Verdict | None:
    """What is believed over the error's name: the words of a library, and what comes from around
    the code where the name says that the code is at fault."""
    said = by_scope(text, "library")
    at_fault = named is not None and named.cause == "code_error" and not named.weak
    # What is missing or wrong is called so: `ClassNotFoundException: net.ConnectionReset`.
    if at_fault and " " not in text.strip():
        return None
    if said and not (at_fault and said.cause not in _AROUND_CODE):
        return said
    open_to_words = named is None or named.weak or at_fault
    return by_scope(text, "beyond code") if open_to_words else None


_NO_TYPE = "The cause could not be determined because Lambda did not return an error type"
_PAYLOAD = "Returned payload:"
_PREAMBLE = re.compile(
    r"^(?:RequestId: [\w<>-]{1,60}\s+|\d{4}-\d\d-\d\dT[\d:.]{5,20}Z [\w<>-]{1,60}\s+|Error: )+"
)
_TIMED_OUT = re.compile(r"Task timed out after (\d{1,6})")
_EXIT = re.compile(r"exit(?: status|ed with code| code:?) (\d{1,3})")
_LONGEST_FUNCTION, _FIRST_FRAMES = 900, 600
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
    text = message if isinstance(message, str) else human(message)
    if not text and not words(pick(document, "errorType")):
        text = words(pick(document, "message", "error"))
    if _by_sdk(document, error):
        verdict = service_error.judge(service_error.ServiceError("", error, 0, text), error)
        return CauseReading("lambda", error, text, verdict)
    return _reading(error, text)


def _by_sdk(document: dict[str, object], error: str) -> bool:
    """Whether an SDK of AWS's raised what anybody may name so, as the first frames tell."""
    first = str(document.get("trace"))[:_FIRST_FRAMES]
    named = error.rstrip(">").endswith(("Exception", "Fault")) and not by_name(error)
    return named and ("@aws-sdk/" in first or "@smithy/" in first or "<Aws::" in error)


def _reading(error: str, message: str) -> CauseReading:
    text = _PREAMBLE.sub("", message.strip()[:_LONGEST_MESSAGE])
    platform = _platform(error, text)
    if platform:
        exit_status = _EXIT.search(text)
        return CauseReading(
            "lambda", error, text, platform, (exit_status[1],) if exit_status else ()
        )
    leaf = read(error, text)
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
