"""What HTTP endpoints refuse: a task's own status and body, or one that code reports.

Of API Gateway, HTTP tasks and the Kubernetes API the status is in the error's name, and the body
(JSON, HTML or text) is the cause. Events that were not taken are told entry by entry.
Mail and file servers reply with numbers of their own: 4yz may pass, 5yz stays.
"""

import re
from dataclasses import replace
from typing import Any

from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.documents import coded, objects, pick, words
from sfn_digest.causes.lexicon import AWS, Verdict, by_name
from sfn_digest.causes.phrases import by_code, by_scope, by_words
from sfn_digest.causes.table import table

_HTTP = re.compile(
    r"(?:status(?: ?code)?|HTTP(?:/1\.1|/2)?(?: ?error| response code| status)?|response code)"
    r"[ :=]{0,3}\(?([45]\d\d)\b"
    r"|\b([45]\d\d) (?:Client|Server) Error"
    r"|\b(400(?= Bad Request)|401(?= Unauthori[sz]ed)|403(?= Forbidden)|404(?= Not Found)"
    r"|409(?= Conflict)|422(?= Unprocessable)|429(?= Too Many)|500(?= Internal Server)"
    r"|502(?= Bad Gateway)|503(?= Service (?:Temporarily )?Unavail)|504(?= Gateway Time))"
    r"|\b(?:but|and) got (?:status |HTTP )?([45]\d\d)\b(?! \w{1,20}s\b)"
    r"|(?:\(code=|['\"]code['\"]: |returned error: |error code: |^)([45]\d\d)"
    r"(?:\b(?= - |, |}| \{)|$)"
    r"|: \(([45]\d\d)\) \w"
    r"|\b(?:API|server|service|fetch|request|endpoint) error:? ([45]\d\d)\b"
    r"|\b(?:fetch|call|request|GET|POST|PUT|(?:up|down)load|endpoint)\b[^\n]{0,80}?: ([45]\d\d)$",
    re.IGNORECASE | re.MULTILINE,
)
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
        judge = _kubernetes if clue.error.startswith("EKS") else _refusal
        return CauseReading("http", clue.error, text, judge(status, text), (match[1],))
    return _kubernetes_job(clue)


def _refusal(status: int, text: str) -> Verdict:
    """What an endpoint's refusal means: where its status leaves open whether it stays, what its
    words and codes say of that."""
    verdict = http_verdict(status, text)
    if verdict != _OPEN:
        return verdict
    said = by_code(text) or by_words(text)
    if said is None or said.cause not in _TELLING:
        return verdict
    if said.cause in _LIMITS:
        return said
    return replace(verdict, nature=said.nature or table()[said.cause].nature)


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
    if status == _FORBIDDEN and "exceeded quota: " in text:
        return Verdict("service_quota")
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
        return coded(pick(clue.document, "ResponseBody") or clue.document)
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


def by_reported_status(text: str) -> Verdict | None:
    """A status that an HTTP client reports of somebody else's endpoint."""
    match = _HTTP.search(text[:2000])
    return http_verdict(int(match[match.lastindex or 1]), text) if match else None


_REPLY = re.compile(r"(?:^|[\s(])([45]\d\d)(?:[ -]|, b?['\"])(?:([45])\.(\d{1,3})\.(\d{1,3})\b)?")
_REPLIES = ("smtp", "mail", "ftp", "error_perm", "error_temp")
_MAILING = ("smtp", "message failed: ", "data command failed")
_BY_REPLY = {
    425: Verdict("network", "transient"),
    426: Verdict("network", "transient"),
    452: Verdict("disk_full", "transient"),
    530: Verdict("permission"),
    534: Verdict("permission"),
    535: Verdict("permission"),
    538: Verdict("permission"),
    552: Verdict("payload_too_large"),
}
_BY_SUBJECT = {
    ("1", ""): Verdict("data_condition"),
    ("2", ""): Verdict("data_condition", "depends"),
    ("3", "4"): Verdict("payload_too_large"),
    ("4", ""): Verdict("network", "depends"),
    ("7", ""): Verdict("permission"),
}


def by_reply(error: str, text: str) -> Verdict | None:
    """A mail or file server's reply: its number, and what RFC 3463's code says is at fault."""
    found = _REPLY.search(text[:2000])
    if found is None:
        return None
    name, whole = error.casefold(), text[:2000].casefold()
    replied = any(kind in name for kind in _REPLIES) or any(told in whole for told in _MAILING)
    if not found[2] and not replied:
        return None
    said = by_words(text)
    if found[1].startswith("4"):
        known = said if said and said.nature != "permanent" else None
        return known or _BY_REPLY.get(int(found[1])) or Verdict("service_error", "transient")
    subject = _BY_SUBJECT.get((found[3], found[4])) or _BY_SUBJECT.get((found[3], ""))
    known = said or subject or _BY_REPLY.get(int(found[1]))
    return known or Verdict("data_condition", "depends")


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
_OPEN = Verdict("dependency_http_4xx", "depends")
_TELLING = (
    "throttling", "concurrency_limit", "service_quota", "resource_busy", "payload_too_large",
    "permission", "data_condition", "invalid_input",
)  # fmt: skip
_UNAUTHORIZED, _FORBIDDEN = 401, 403
# Some endpoints refuse with 403 what others do with 429.
_LIMITS = ("throttling", "concurrency_limit", "service_quota")
_WRONG_FOR_GOOD = (404, 405, 406, 410, 411, 414, 415, 422, 431, 451)


def http_verdict(status: int, text: str) -> Verdict:
    """What an HTTP status of 400 or more means, from an endpoint that is not AWS's, and what
    it said. A 400 says of itself only that something was wrong."""
    said = by_words(text) if status in (_UNAUTHORIZED, _FORBIDDEN) else None
    if said and (said.cause == "permission" or (said.cause in _LIMITS and status == _FORBIDDEN)):
        return said
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Verdict("dependency_http_5xx")
    wrong = status in _WRONG_FOR_GOOD or (status == 400 and by_scope(text, "service"))
    return Verdict("dependency_http_4xx", "permanent" if wrong else "depends")


def answered(document: Any) -> str:
    """An HTTP answer that code put into its message as JSON: its status, then its words."""
    error = pick(document, "Error", "data")
    statuses = (
        pick(document, "StatusCode", "status_code", "Status", "HttpStatus", "httpCode"),
        pick(error, "Code", "Status"),
        pick(pick(document, "Status"), "Code"),
        error,
    )
    status = next((told for told in map(words, statuses) if _STATUS.fullmatch(told)), "")
    if not status:
        return ""
    return f"status code {status}: {coded(document) or words(pick(document, 'body'))}"


_STATUS = re.compile(r"[45]\d\d")
