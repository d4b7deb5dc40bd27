"""Errors of AWS services: the two templates that Step Functions writes, and those of SDKs.

    <message> (Service: AmazonECS; Status Code: 400; Error Code: X; Request ID: …)
    <message> (Service: S3, Status Code: 404, Request ID: …)
    An error occurred (X) when calling the Y operation: <message>
    operation error S3: GetObject, https response error StatusCode: 403, …, api error X: <message>
    operation error S3: GetObject, https response error StatusCode: 404, …, X: <message>
    <call>: X: <message>, then on its own line: status code: 400, request id: …
    unhandled error (X): <message>

The second has no error code: it survives only in the error name (`S3.NoSuchKeyException`).
The name alone never decides: unmodelled codes all come as the service's base exception.
Nothing is called permanent because AWS refused it: the code or the words must say so.
"""

import re
from dataclasses import dataclass

from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.lexicon import AWS, Verdict, by_name, service_key
from sfn_digest.causes.phrases import SURE, by_scope, by_words

_FIELD = re.compile(r"[;,()]\s?(Service|Status Code|Error Code): ([^;,()]*)")
_BOTO = re.compile(
    r"An error occurred \(([\w.:-]{1,80})\) when calling the (\w{1,80}) operation"
    r"(?: \(reached max retries: \d{1,4}\))?:?\s?"
)
_GO_OPERATION = re.compile(r"[Oo]peration error ([\w .&/-]{1,60}): (\w{1,80}), ")
_GO_ANSWER = re.compile(
    r"https response error StatusCode: \d{1,3}, RequestID: [^,]{0,80}, (?:HostID: [^,]{0,120}, )?"
)
_GO_CODE = re.compile(r"(?:api error )?([A-Z][\w.]{2,80}):(?: |$)")
_GO_STATUS = re.compile(r"StatusCode: (\d{3})")
_GO_V1 = re.compile(r"\s{0,4}status code: (\d{3}), request id: ")
_GO_V1_CODE = re.compile(r"(?:^|\s)([A-Z]\w{3,60}(?:\.\w{1,40}){0,3}):(?: |$)")
_RUST = re.compile(r"unhandled error \(([\w.]{1,80})\):? ?")
_ERROR_CODE = re.compile(r"\(ErrorCode: ([\w.]{1,80})\)")
_PREFIX = re.compile(r"^([A-Za-z][A-Za-z0-9]{1,40})\.([A-Za-z][\w.]{2,100})$")
_BELIEVED_OF_5XX = ("throttling", "capacity_unavailable", "concurrency_limit", "resource_busy")
_LIMITS = ("throttling", "capacity_unavailable", "concurrency_limit")
_BELIEVED_OVER = {"service_error": _LIMITS, "invalid_input": ("resource_busy",)}
_NOT_A_SERVICES = ("code_error", "dependency_http_4xx", "dependency_http_5xx", "invalid_input")
_NOT_IMPLEMENTED = 501
_BY_STATUS = {
    401: Verdict("permission"),
    403: Verdict("permission"),
    404: Verdict("resource_not_found"),
    408: Verdict("timeout_task"),
    409: Verdict("data_condition", "depends"),
    410: Verdict("resource_not_found"),
    412: Verdict("data_condition", "depends"),
    413: Verdict("payload_too_large"),
    429: Verdict("throttling"),
}
_NO_HOST = re.compile(
    r"Unable to execute HTTP request: ([\w.-]{1,253})"
    r"(?:: Name or service not known|: nodename| is not known)"
)
_NOT_A_SERVICE = ("states", "runtime", "sandbox", "function", "extension", "eks", "apigateway")
_WAITED = re.compile(
    r"Waiter \w{1,60} failed: Waiter encountered a terminal failure state[^\n]{0,160}? ?"
    r"Status: FAILED\. Reason: "
)


@dataclass(frozen=True, slots=True)
class ServiceError:
    """One service's answer: who, which code and status, in what words (`text`); `call` is
    what was asked for, where an SDK says it."""

    service: str
    code: str
    status: int
    text: str
    call: str = ""

    @property
    def reason(self) -> str:
        """The answer as it is told where only its text is: the code first."""
        told = self.text.startswith(self.code) or not self.code
        words = self.text if told else f"{self.code}: {self.text}"
        return f"{words} ({self.call})" if self.call else words


def read(clue: Clue) -> CauseReading | None:
    """The reading of a task whose call AWS refused."""
    found = find(clue.cause)
    prefix = _PREFIX.match(clue.error)
    named = prefix and prefix[1].casefold() not in _NOT_A_SERVICE
    if found is None and not (named and clue.document is None and _is_aws(prefix, clue)):
        return None
    name = prefix[2] if named and prefix else clue.error
    if found is None:
        found = ServiceError(prefix[1] if prefix else "", "", 0, clue.cause)
    service = service_key(found.service or (prefix[1] if named and prefix else ""))
    error = ServiceError(service, found.code or name, found.status, found.text)
    verdict = _wrong_host(error.text) or judge(error, name)
    return CauseReading(
        "service", clue.error or error.code, error.text, verdict, (service, error.code)
    )


def _wrong_host(text: str) -> Verdict | None:
    """A queue URL that is wrong makes Step Functions look for a host that is not AWS's."""
    match = _NO_HOST.search(text[:2000]) if text.startswith("Unable to execute HTTP") else None
    if match is None or match[1].endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws")):
        return None
    return Verdict("resource_not_found", "permanent")


def _is_aws(prefix: re.Match[str] | None, clue: Clue) -> bool:
    """An author's own `Billing.Declined` has the shape of a service's error, so ask for more."""
    if prefix is None or clue.integration == "fail-state":
        return False
    if prefix[1].islower():
        return False
    return prefix[2].endswith(("Exception", "Error", "Fault")) or clue.integration not in (
        "",
        "lambda",
    )


def find(text: str) -> ServiceError | None:
    """The service's answer inside a text, in whichever template it was written."""
    return _template(text) or _boto(text) or _go(text) or _go_v1(text) or _rust(text)


def judge(error: ServiceError, name: str = "") -> Verdict:
    """What the answer means: a code that is specific, else the words, else the status."""
    named = _by_names(error, name)
    said = by_words(error.text)
    if named and not named.weak:
        over = _BELIEVED_OVER.get(named.cause, ())
        limited = said if said and said.cause in over else None
        return by_scope(error.text, SURE) or limited or named
    if said and said.sure:
        return said
    if error.status >= 500 and error.status != _NOT_IMPLEMENTED:
        return said if said and said.cause in _BELIEVED_OF_5XX else Verdict("service_error")
    if said and said.cause not in _NOT_A_SERVICES:
        return said
    return _by_code(error, named, said)


def _by_code(error: ServiceError, named: Verdict | None, said: Verdict | None) -> Verdict:
    """The verdict of a general code or status, believed to be for good only with evidence."""
    if named is None or named.cause == "code_error":
        named = _BY_STATUS.get(error.status)
    wrong = said if said and said.cause == "invalid_input" else by_scope(error.text, "service")
    if named and named.cause != "invalid_input":
        return named
    if error.status == _NOT_IMPLEMENTED:
        return Verdict("invalid_input", "permanent")
    if wrong:
        return wrong
    return named or Verdict("invalid_input" if error.code else "unknown", "depends")


def _by_names(error: ServiceError, name: str) -> Verdict | None:
    """The code, then the exception: the first that is specific, else the first known."""
    service = error.service or AWS
    found = [by_name(each, service) for each in (error.code, name) if each]
    # The gateway before a service that answered is the service's own.
    found = [
        Verdict("service_error") if each and each.cause == "dependency_http_5xx" else each
        for each in found
    ]
    known = [verdict for verdict in found if verdict and not _is_part(error.code, verdict)]
    # An exception that only says that a service failed knows less than a code that is known.
    sure = [each for each in known if not each.weak]
    vague = len(known) > 1 and known[0].weak and sure and sure[0].cause == "service_error"
    return sure[0] if sure and not vague else known[0] if known else None


def _is_part(code: str, verdict: Verdict) -> bool:
    """Whether only what stands behind the dot was known: `InvalidSubnet.Range` is no RangeError."""
    return "." in code and verdict.cause == "code_error"


def _template(text: str) -> ServiceError | None:
    start = text.rfind("(Service: ")
    if start < 0:
        wrapped = _ERROR_CODE.search(text) if "(ErrorCode: " in text else None
        return ServiceError("", wrapped[1], 0, text) if wrapped else None
    fields: dict[str, str] = dict(_FIELD.findall(text, start, start + 600))
    status = fields.get("Status Code", "")
    code = fields.get("Error Code", "")
    return ServiceError(
        service_key(fields.get("Service", "")),
        code,
        int(status) if status.isdigit() and len(status) == 3 else 0,
        _said(text[:start]) or code,
    )


def _said(message: str) -> str:
    """The message, unless it is the word for none."""
    return "" if message.strip() in ("null", "None", "UnknownError") else message.strip()


def _boto(text: str) -> ServiceError | None:
    match = _BOTO.search(text) if "An error occurred (" in text else None
    if match is None:
        return None
    # A service that called another gives the other's answer for its own words.
    while inner := _BOTO.match(text, match.end()):
        match = inner
    code = match[1]
    status = int(code) if code.isdigit() and len(code) == 3 else 0
    return ServiceError("", code, status, text[match.end() :].strip() or code)


def _go(text: str) -> ServiceError | None:
    """What Go's SDK says: the operation, the answer's status, then the error by its code."""
    operation = _GO_OPERATION.search(text) if "peration error " in text else None
    signs = [text.find(sign) for sign in ("https response error StatusCode: ", "api error ")]
    start = operation.end() if operation else min((at for at in signs if at >= 0), default=-1)
    if start < 0:
        return None
    service = service_key(operation[1]) if operation else ""
    call = f"{operation[1]} {operation[2]}" if operation else ""
    answer, status = _GO_ANSWER.search(text, start), _GO_STATUS.search(text, start)
    said = text[answer.end() if answer else start :].strip()
    code = _GO_CODE.match(said)
    words = said[code.end() :].strip() if code else said
    return ServiceError(
        service, code[1] if code else "", int(status[1]) if status else 0, words, call
    )


def _go_v1(text: str) -> ServiceError | None:
    end = _GO_V1.search(text) if "status code: " in text else None
    if end is None:
        return None
    code = _GO_V1_CODE.search(text, 0, end.start())
    start = code.end() if code else 0
    return ServiceError("", code[1] if code else "", int(end[1]), text[start : end.start()].strip())


def _rust(text: str) -> ServiceError | None:
    match = _RUST.search(text) if "unhandled error (" in text else None
    return ServiceError("", match[1], 0, text[match.end() :].strip()) if match else None


def refused_change(text: str) -> ServiceError | None:
    """What a change of a stack that was waited for in vain was refused for."""
    waited = _WAITED.search(text) if "Waiter " in text else None
    if waited is None:
        return None
    return ServiceError("cloudformation", "ValidationError", 400, text[waited.end() :])
