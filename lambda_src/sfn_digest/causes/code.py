"""Errors that code raised: an exception's name and its message, of whatever language.

The message may be JSON, may wrap an AWS service's answer, or may begin with the name of
the error that matters (`Error: TypeError: …`). A name that is specific decides; after a
general one (`Exception`, `RuntimeError`) the words do. Where neither tells, it depends:
an author's own words are no evidence that the fault stays.

Python, Node, Java, Ruby, Go, .NET, Rust and custom runtimes of Lambda all write `errorType` and
`errorMessage`; either may be absent, and the message may be JSON or name the true error.

A database names its error by a SQLSTATE, in words or in a driver's dict:

ERROR: deadlock detected (SQLSTATE 40P01)          Go's pgx; also SQLState: 40P01
SQLSTATE[40001]: Serialization failure: 1213 …     PHP
40001: could not serialize access …                Npgsql
('08S01', '[08S01] [Microsoft]…')                  ODBC
{'S': 'ERROR', 'C': '42P01', 'M': 'relation …'}    redshift_connector, pg8000
('ERROR', '42P01', 'relation …')                   older pg8000
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sfn_digest.causes import service_error
from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.documents import human, keys, parse, pick, words
from sfn_digest.causes.http_answers import answered, by_reported_status
from sfn_digest.causes.lexicon import Verdict, by_name, verdict_of
from sfn_digest.causes.phrases import by_scope, by_words
from sfn_digest.causes.table import read_toml

_LEADING = re.compile(
    r"^(?:Uncaught |Caused by: |Traceback[^\n]{0,60}\n)?"
    r"((?:[A-Za-z_]\w{0,60}[.:]{1,2}){0,8}[A-Z]\w{0,80}?(?:Error|Exception|Fault|Timeout|NotFound|Denied))"
    r"(?:: |\s?\n|$)"
)
_SENDING = re.compile(r"^RequestError: send request failed\s{1,3}caused by: ")
_CALLING = re.compile(r"^An error occurred while calling \w{1,20}\.\w{1,60}\.\s*")
_MOST_LAYERS = 4


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
        text = _SENDING.sub("", _CALLING.sub("", text))
        document, _ = parse(text)
        said = answered(document) or human(document) or said_by_driver(text)
        if document is not None and not said:
            return error, ""
        if said and said != text:
            text = said
            continue
        leading = _LEADING.match(text)
        if leading is None or not _is_general(error):
            break
        error, text = leading[1], text[leading.end() :].strip()
    return error, text


def _is_general(error: str) -> bool:
    verdict = by_name(error)
    return verdict is None or verdict.weak or error.startswith("States.")


def _verdict(error: str, text: str, fallback: str, scope: str) -> Verdict:
    named = by_name(error)
    beyond = named is None or named.weak or named.cause == "code_error"
    told = by_state(text) or (by_scope(text, "beyond code") if beyond else None)
    if told:
        return told
    if named and not named.weak:
        return named
    said = by_reported_status(text) or by_words(text, scope) or by_scope(text, "code")
    if said:
        return said
    return named or Verdict(fallback)


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
    text = message if isinstance(message, str) else human(message)
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


_NAMED = re.compile(r"sqlstate[\s:=\[(]{1,3}([0-9A-Z]{5})\b", re.IGNORECASE)
_LEADING_STATE = re.compile(r"(?:\('(?=\w{5}')|)([0-9][0-9A-Z]{4})'?[:,] ")
_IN_DICT = re.compile(r"['\"]C['\"]: ?['\"]([0-9A-Z]{5})['\"]")
_SAID = re.compile(r"['\"][MD]['\"]: ?(?:'((?:[^'\\]|\\.){1,2000}+)|\"((?:[^\"\\]|\\.){1,2000}+))")
_IN_TUPLE = re.compile(
    r"\('(?:ERROR|FATAL|PANIC)', '([0-9A-Z]{5})', (?:'(.{1,2000}?)'|\"(.{1,2000}?)\")[,)]"
)
_ESCAPES = {r"\n": " ", r"\t": " ", r"\'": "'", r"\"": '"'}
_SPELLINGS = ("SQLSTATE", "SQLState", "sqlstate", "sqlState")
_READ = 4000


def by_state(text: str) -> Verdict | None:
    """The verdict on the SQLSTATE that a message names; None where it has none that tells."""
    match = _LEADING_STATE.match(text)
    if match is None and any(word in text for word in _SPELLINGS):
        match = _NAMED.search(text[:_READ])
    if match is None:
        return None
    state = match[1].upper()
    return _states().get(state) or _states().get(state[:2])


def said_by_driver(text: str) -> str:
    """What a driver's dict or tuple says (its message and detail) and its SQLSTATE; else ""."""
    if text.startswith("('"):
        row = _IN_TUPLE.match(text)
        return f"{_unescaped(row[2] or row[3])} (SQLSTATE {row[1]})" if row else ""
    if not text.startswith(("{'", '{"')):
        return ""
    state, parts = _IN_DICT.search(text[:_READ]), _SAID.findall(text[:_READ])
    if state is None or not parts:
        return ""
    told = ": ".join(_unescaped(one or other) for one, other in parts)
    return f"{told} (SQLSTATE {state[1]})"


def _unescaped(said: str) -> str:
    for escape, meant in _ESCAPES.items():
        said = said.replace(escape, meant)
    return " ".join(said.split())


@cache
def _states() -> Mapping[str, Verdict]:
    rows = read_toml("sqlstates.toml")["state"]
    return {state: verdict_of(row) for row in rows for state in row["states"]}
