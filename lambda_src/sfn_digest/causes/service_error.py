"""Errors of AWS services: the two templates that Step Functions writes, and those of SDKs.

    <message> (Service: AmazonECS; Status Code: 400; Error Code: X; Request ID: …)
    <message> (Service: S3, Status Code: 404, Request ID: …)
    An error occurred (X) when calling the Y operation: <message>
    operation error S3: GetObject, https response error StatusCode: 403, …, api error X: <message>

The second has no error code: it survives only in the error name (`S3.NoSuchKeyException`).
The name alone never decides: unmodelled codes all come as the service's base exception.
"""

import re
from dataclasses import dataclass

from sfn_digest.causes.lexicon import Verdict, by_name
from sfn_digest.causes.phrases import by_words
from sfn_digest.causes.reading import Clue, Reading

_FIELD = re.compile(
    r"(Service|Status Code|Error Code|ErrorCode):\s{0,4}([^;,()\s][^;,()\n]{0,99})", re.IGNORECASE
)
_BOTO = re.compile(
    r"An error occurred \(([\w.:-]{1,80})\) when calling the (\w{1,80}) operation"
    r"(?: \(reached max retries: \d{1,4}\))?:?\s?"
)
_GO = re.compile(r"api error ([\w.]{1,80}): ")
_STATUS = re.compile(r"StatusCode: (\d{3})")
_ERROR_CODE = re.compile(r"\(ErrorCode: ([\w.]{1,80})\)")
_PREFIX = re.compile(r"^([A-Za-z][A-Za-z0-9]{1,40})\.([A-Za-z][\w.]{2,100})$")
_BELIEVED_OF_5XX = ("throttling", "capacity_unavailable", "concurrency_limit")
_NOT_A_SERVICES = ("code_error", "dependency_http_4xx", "dependency_http_5xx", "invalid_input")
_NO_HOST = re.compile(
    r"Unable to execute HTTP request: ([\w.-]{1,253})"
    r"(?:: Name or service not known|: nodename| is not known)"
)
_NOT_A_SERVICE = ("states", "runtime", "sandbox", "function", "extension", "eks", "apigateway")


@dataclass(frozen=True, slots=True)
class ServiceError:
    """One service's answer: who, which code and status, in what words (`text`)."""

    service: str
    code: str
    status: int
    text: str


def read(clue: Clue) -> Reading | None:
    """The reading of a task whose call AWS refused."""
    found = find(clue.cause)
    prefix = _PREFIX.match(clue.error)
    named = prefix and prefix[1].casefold() not in _NOT_A_SERVICE
    if found is None and not (named and clue.document is None and _is_aws(prefix, clue)):
        return None
    name = prefix[2] if named and prefix else clue.error
    if found is None:
        found = ServiceError(prefix[1] if prefix else "", "", 0, clue.cause)
    service = squeeze(found.service or (prefix[1] if named and prefix else ""))
    error = ServiceError(service, found.code or name, found.status, found.text)
    verdict = _wrong_host(error.text) or judge(error, name)
    return Reading("service", clue.error or error.code, error.text, verdict, (service, error.code))


def _wrong_host(text: str) -> Verdict | None:
    """A queue URL that is wrong makes Step Functions look for a host that is not AWS's."""
    match = _NO_HOST.search(text[:2000])
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
    return _template(text) or _boto(text) or _go(text)


def judge(error: ServiceError, name: str = "") -> Verdict:
    """What the answer means: a code that is specific, else the words, else the status."""
    named = _by_names(error, name)
    if named and not named.weak:
        return named
    said = by_words(error.text)
    if error.status >= 500:
        return said if said and said.cause in _BELIEVED_OF_5XX else Verdict("service_error")
    if said and said.cause not in _NOT_A_SERVICES:
        return said
    if named and named.cause != "code_error":
        return named
    return _by_status(error.status) or Verdict("invalid_input" if error.code else "unknown")


def _by_names(error: ServiceError, name: str) -> Verdict | None:
    """The code, then the exception: the first that is specific, else the first known."""
    found = [by_name(each, error.service) for each in (error.code, name) if each]
    known = [verdict for verdict in found if verdict]
    return next((verdict for verdict in known if not verdict.weak), known[0] if known else None)


def _by_status(status: int) -> Verdict | None:
    known = {
        401: Verdict("permission"),
        403: Verdict("permission"),
        404: Verdict("resource_not_found"),
        408: Verdict("timeout_task"),
        409: Verdict("data_condition", "depends"),
        410: Verdict("resource_not_found"),
        412: Verdict("data_condition"),
        413: Verdict("payload_too_large"),
        429: Verdict("throttling"),
    }
    return known.get(status)


def squeeze(service: str) -> str:
    """`AWSLambda`, `AmazonDynamoDBv2` and `Lambda` as one spelling."""
    name = service.strip().casefold().replace(" ", "")
    for prefix in ("aws", "amazon"):
        if name.startswith(prefix) and len(name) > len(prefix):
            name = name[len(prefix) :]
    return name


def _template(text: str) -> ServiceError | None:
    start = text.rfind("(Service: ")
    if start < 0:
        wrapped = _ERROR_CODE.search(text) if "(ErrorCode: " in text else None
        return ServiceError("", wrapped[1], 0, text) if wrapped else None
    tail = text[start : start + 600]
    fields = {key.casefold(): value.strip() for key, value in _FIELD.findall(tail)}
    status = fields.get("status code", "")
    code = fields.get("error code", "")
    return ServiceError(
        squeeze(fields.get("service", "")),
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
    code = match[1]
    status = int(code) if code.isdigit() and len(code) == 3 else 0
    return ServiceError("", code, status, text[match.end() :].strip() or code)


def _go(text: str) -> ServiceError | None:
    match = _GO.search(text) if "api error " in text else None
    if match is None:
        return None
    status = _STATUS.search(text)
    return ServiceError("", match[1], int(status[1]) if status else 0, text[match.end() :].strip())
