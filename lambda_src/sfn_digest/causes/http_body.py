"""Answers of HTTP endpoints: API Gateway, HTTP tasks, the Kubernetes API; events not taken.

The status is in the error name, the body (JSON, HTML or text) is the cause.
"""

import re

from sfn_digest.causes.code import http_verdict, human
from sfn_digest.causes.documents import objects, pick, words
from sfn_digest.causes.lexicon import AWS, Verdict, by_name
from sfn_digest.causes.phrases import by_scope, by_words
from sfn_digest.causes.reading import Clue, Reading

_STATUS = re.compile(r"^(?:ApiGateway|States\.Http\.StatusCode|EKS|Http)\.(\d{3})$", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)[^<>]{0,100}>([^<]{1,200})</", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,300}>")


def read(clue: Clue) -> Reading | None:
    """The reading of an endpoint's refusal, or of a connection that an HTTP task lost."""
    if clue.error.startswith("States.Http.Socket"):
        return Reading("http", clue.error, body_text(clue), Verdict("network", "depends"))
    match = _STATUS.match(clue.error)
    if match:
        status, text = int(match[1]), body_text(clue)
        judge = _kubernetes if clue.error.startswith("EKS") else http_verdict
        return Reading("http", clue.error, text, judge(status, text), (match[1],))
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


def _kubernetes_job(clue: Clue) -> Reading | None:
    """A Job of EKS that failed says why in its conditions."""
    body = pick(clue.document, "ResponseBody") or clue.document
    for condition in objects(pick(pick(body, "status"), "conditions")):
        if words(pick(condition, "type")) == "Failed":
            reason, message = words(pick(condition, "reason")), words(pick(condition, "message"))
            verdict = by_scope(f"{reason} {message}", "container") or Verdict("container_exit")
            return Reading("eks", clue.error, message or reason, verdict, (reason,))
    return None


def body_text(clue: Clue) -> str:
    """The words for people in a body; for HTML its title, for unknown JSON nothing."""
    if clue.document is not None:
        return human(pick(clue.document, "ResponseBody") or clue.document)
    if "<" not in clue.cause[:200]:
        return clue.cause
    title = _TITLE.search(clue.cause[:4000])
    return title[2] if title else _TAG.sub(" ", clue.cause[:4000])


def read_entries(clue: Clue) -> Reading | None:
    """The reading of a batch call of which some entries were not taken (PutEvents)."""
    entries = objects(pick(clue.document, "Entries", "Failed"))
    for entry in entries:
        code = words(pick(entry, "ErrorCode", "Code"))
        if code:
            message = words(pick(entry, "ErrorMessage", "Message"))
            verdict = by_name(code, AWS) or by_words(message) or Verdict("invalid_input", "depends")
            return Reading("entries", clue.error, f"{code}: {message}", verdict, (code,))
    return None
