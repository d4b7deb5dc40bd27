"""Errors that code raised: an exception's name and its message, of whatever language.

The message may be JSON, may wrap an AWS service's answer, or may begin with the name of
the error that matters (`Error: TypeError: …`). A name that is specific decides; after a
general one (`Exception`, `RuntimeError`) the words do. Where neither tells, it depends:
an author's own words are no evidence that the fault stays.

A database names its error by a SQLSTATE, in words or in a driver's dict:

ERROR: deadlock detected (SQLSTATE 40P01)          Go's pgx; also SQLState: 40P01
SQLSTATE[40001]: Serialization failure: 1213 …     PHP
40001: could not serialize access …                Npgsql
('08S01', '[08S01] [Microsoft]…')                  ODBC
{'S': 'ERROR', 'C': '42P01', 'M': 'relation …'}    redshift_connector, pg8000
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sfn_digest.causes import service_error
from sfn_digest.causes.documents import parse, pick, words
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
_HTTP = re.compile(
    r"(?:status(?: ?code)?|HTTP(?:/1\.1|/2)?(?: ?error| response code| status)?|response code)"
    r"[ :=]{0,3}\(?([45]\d\d)\b|\b([45]\d\d) (?:Client Error|Server Error)\b",
    re.IGNORECASE,
)
_MESSAGE_KEYS = (
    "errorMessage", "Message", "error_message", "ErrorMessage", "text", "Cause",
    "error_description", "detail", "Details", "description", "reason", "Error", "errors", "Errors",
    "title", "msg",
)  # fmt: skip
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
    return Raised(error, text, _verdict(error, text, fallback, scope))


def _unwrap(error: str, message: str) -> tuple[str, str]:
    text = message.strip()
    for _ in range(_MOST_LAYERS):
        text = _SENDING.sub("", _CALLING.sub("", text))
        document, _ = parse(text)
        said = _answered(document) or human(document) or said_by_driver(text)
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
    said = _by_http(text) or by_words(text, scope) or by_scope(text, "code")
    if said:
        return said
    return named or Verdict(fallback)


def _by_http(text: str) -> Verdict | None:
    """A status that an HTTP client reports of somebody else's endpoint."""
    match = _HTTP.search(text[:2000])
    return http_verdict(int(match[1] or match[2]), text) if match else None


_BY_STATUS = {
    401: Verdict("permission"),
    403: Verdict("permission"),
    408: Verdict("dependency_http_4xx", "transient"),
    413: Verdict("payload_too_large"),
    423: Verdict("resource_busy"),
    425: Verdict("dependency_http_4xx", "transient"),
    429: Verdict("throttling"),
    501: Verdict("dependency_http_5xx", "permanent"),
    505: Verdict("dependency_http_5xx", "permanent"),
    507: Verdict("disk_full"),
}
_WRONG_FOR_GOOD = (404, 405, 406, 410, 411, 414, 415, 422, 431, 451)


def http_verdict(status: int, text: str) -> Verdict:
    """What an HTTP status of 400 or more means, from an endpoint that is not AWS's, and what
    it said. A 400 says of itself only that something was wrong."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Verdict("dependency_http_5xx")
    wrong = status in _WRONG_FOR_GOOD or (status == 400 and by_scope(text, "service"))
    return Verdict("dependency_http_4xx", "permanent" if wrong else "depends")


def _answered(document: Any) -> str:
    """An HTTP answer that code put into its message as JSON: its status, then its words."""
    status = words(pick(document, "statusCode", "status_code", "status"))
    if len(status) != 3 or not status.isdigit() or int(status) < 400:
        return ""
    return f"status code {status}: {human(document) or words(pick(document, 'body'))}"


def human(document: Any, depth: int = 0) -> str:
    """The words for people in an error object; "" where there are none."""
    if depth > _MOST_LAYERS:
        return ""
    if isinstance(document, list):
        return next(filter(None, (human(item, depth + 1) for item in document[:5])), "")
    if not isinstance(document, dict):
        return words(document)
    for key in _MESSAGE_KEYS:
        said = human(pick(document, key), depth + 1)
        if said:
            return said
    return ""


_NAMED = re.compile(r"sqlstate[\s:=\[(]{1,3}([0-9A-Z]{5})\b", re.IGNORECASE)
_LEADING_STATE = re.compile(r"(?:\('(?=\w{5}')|)([0-9][0-9A-Z]{4})'?[:,] ")
_IN_DICT = re.compile(r"['\"]C['\"]: ?['\"]([0-9A-Z]{5})['\"]")
_SAID = re.compile(r"['\"][MD]['\"]: ?(?:'([^']{1,2000})|\"([^\"]{1,2000}))")
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
    """What a driver's dict says (its message and detail) and its SQLSTATE; else ""."""
    if not text.startswith(("{'", '{"')):
        return ""
    state, parts = _IN_DICT.search(text[:_READ]), _SAID.findall(text[:_READ])
    if state is None or not parts:
        return ""
    told = ": ".join((one or other).strip() for one, other in parts)
    return f"{told} (SQLSTATE {state[1]})"


@cache
def _states() -> Mapping[str, Verdict]:
    rows = read_toml("sqlstates.toml")["state"]
    return {state: verdict_of(row) for row in rows for state in row["states"]}
