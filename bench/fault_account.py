"""An AWS account without a network, on a clock that is set, on which calls fail as asked."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from simulator.server import Account
from simulator.server.api import ApiError
from simulator.server.protocols import decode, encode_error
from simulator.server.transport import Request, Response

FAULTS = (
    "denied",
    "throttled",
    "failed (5xx)",
    "cut",
    "slow",
    "a page in place of an answer",
    "a proxy's refusal",
    "a missing member",
    "deleted",
    "done, and its answer lost",
)
"""What happens to a call."""

SLOW_SECONDS = 35.0
"""What a call takes that is not answered: botocore's timeouts."""

CALL_SECONDS = 0.1
_SHORTEST_WAIT = 1e-6

_PAGE = b"<html><body>Sign in to the network</body></html>"
_CODES: Mapping[str, tuple[str, str]] = {
    "cloudwatch": ("AccessDenied", "Throttling"),
    "dynamodb": ("AccessDeniedException", "ProvisionedThroughputExceededException"),
    "tag": ("AccessDeniedException", "ThrottledException"),
}
_GONE = {
    "ListExecutions": "StateMachineDoesNotExist",
    "GetExecutionHistory": "ExecutionDoesNotExist",
    "DescribeStateMachine": "StateMachineDoesNotExist",
    "DescribeStateMachineForExecution": "ExecutionDoesNotExist",
    "GetParameter": "ParameterNotFound",
}
_FOREIGN = {
    "a page in place of an answer": Response(200, "text/html", _PAGE),
    "a proxy's refusal": Response(403, "text/html", _PAGE),
    "a missing member": Response(200, "application/x-amz-json-1.0", b'{"other": 1}'),
}


class KilledError(BaseException):
    """Lambda ended the run."""


class SetClock:
    """A clock that goes on only while somebody waits or calls; waits of threads overlap."""

    def __init__(self) -> None:
        self._now = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds."""
        return self._now

    def sleep(self, seconds: float, given_up: threading.Event | None = None) -> None:  # noqa: ARG002
        """Let so much time have passed since now."""
        # A wait too short for a float to show would be waited for ever.
        self.go_on_to(self._now + max(seconds, _SHORTEST_WAIT))

    def go_on_to(self, moment: float) -> None:
        """Let it be this late, if it is not later."""
        with self._lock:
            self._now = max(self._now, moment)


@dataclass(frozen=True, slots=True)
class Strike:
    """Calls of `api` from the `first` on (1 is the first) fail by `fault`, at most `times` of
    them; None: all. With `late` the clock goes on to that part of the run's time at that call of
    any API, and nothing fails.
    """

    api: str
    fault: str
    first: int = 1
    times: int | None = None
    late: float | None = None


class KeyedItems:
    """A DynamoDB table: GetItem, and PutItem with the two conditions that a ledger writes under."""

    def __init__(self) -> None:
        self._items: dict[str, Mapping[str, Any]] = {}

    def respond(self, request: Request) -> Response:
        """The answer of DynamoDB."""
        asked = json.loads(request.body)
        if request.headers["x-amz-target"].endswith("GetItem"):
            item = self._items.get(asked["Key"]["pk"]["S"])
            return _json(200, {} if item is None else {"Item": item})
        key = asked["Item"]["pk"]["S"]
        standing = self._items.get(key)
        if not _holds(asked, standing):
            failed = {"__type": "com.amazonaws#ConditionalCheckFailedException", "message": "no"}
            return _json(400, {**failed, "Item": standing})
        self._items[key] = asked["Item"]
        return _json(200, {})


def _holds(asked: Mapping[str, Any], standing: Mapping[str, Any] | None) -> bool:
    condition = asked.get("ConditionExpression", "")
    if condition.startswith("attribute_not_exists"):
        return standing is None
    if not condition:
        return True
    name = asked["ExpressionAttributeNames"]["#name"]
    return bool((standing or {}).get(name) == asked["ExpressionAttributeValues"][":replacing"])


def _json(status: int, body: Mapping[str, Any]) -> Response:
    answered = {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}
    return Response(status, "application/x-amz-json-1.0", json.dumps(body).encode(), answered)


@dataclass
class FaultyAccount:
    """Stands between botocore and a simulated account, and its table."""

    account: Account
    clock: SetClock
    strike: Strike | None = None
    began: float = 0.0
    limit: float = 900.0
    table: KeyedItems = field(default_factory=KeyedItems)
    calls: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, strike: Strike | None) -> None:
        """A new trial on an empty table, in which calls fail so."""
        self.strike, self.calls, self.struck, self.table = strike, [], [], KeyedItems()

    def mend(self) -> None:
        """Nothing fails any more."""
        self.strike = None

    def respond(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer a request of botocore's as the account would, or as the strike has it.

        Raises KilledError where Lambda's time is over.
        """
        on_main = threading.current_thread() is threading.main_thread()
        if on_main and self.clock.now() >= self.began + self.limit:
            raise KilledError
        asked = _asked(request)
        of_table = "DynamoDB" in asked.headers.get("x-amz-target", "")
        api = asked.headers["x-amz-target"].rsplit(".")[-1] if of_table else decode(asked).api
        self.clock.go_on_to(self.clock.now() + CALL_SECONDS)
        respond = self.table.respond if of_table else self.account.aws.respond
        if self._is_struck(api):
            return answered(request.url, self._failing(asked, api, of_table, respond))
        return answered(request.url, respond(asked))

    def _is_struck(self, api: str) -> bool:
        with self._lock:
            self.calls.append(api)
            strike = self.strike
            if strike is None:
                return False
            if strike.late is not None:
                if len(self.calls) == strike.first:
                    self.clock.go_on_to(self.began + strike.late * self.limit)
                    self.struck.append(api)
                return False
            number = self.calls.count(api)
            last = strike.first + strike.times - 1 if strike.times else number
            hit = api == strike.api and strike.first <= number <= last
            self.struck += [api] * hit
            return hit

    def _failing(
        self, request: Request, api: str, of_table: bool, respond: Callable[[Request], Response]
    ) -> Response:
        assert self.strike is not None
        fault = self.strike.fault
        if fault == "done, and its answer lost":
            respond(request)
        if fault == "slow":
            self.clock.go_on_to(self.clock.now() + SLOW_SECONDS)
            raise ReadTimeoutError(endpoint_url=request.path)
        if fault in ("cut", "done, and its answer lost"):
            raise ConnectionClosedError(endpoint_url=request.path)
        if fault in _FOREIGN:
            return _FOREIGN[fault]
        service = "dynamodb" if of_table else decode(request).service
        denied, throttled = _CODES.get(service, ("AccessDeniedException", "ThrottlingException"))
        code, status = {
            "denied": (denied, 400),
            "throttled": (throttled, 400),
            "failed (5xx)": ("InternalServerError", 500),
            "deleted": (_GONE.get(api, "ResourceNotFoundException"), 400),
        }[fault]
        if of_table:
            return _json(status, {"__type": f"com.amazonaws#{code}", "message": "as asked"})
        return encode_error(decode(request), ApiError(code, "as asked", http_status=status))


def _asked(request: AWSPreparedRequest) -> Request:
    given: Mapping[str, Any] = dict(request.headers)
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in given.items()
    }
    body: Any = request.body or b""
    return Request(request.method, "/", headers, body.encode() if isinstance(body, str) else body)


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


def answered(url: str, response: Response) -> AWSResponse:
    headers: Any = {"Content-Type": response.content_type, **response.headers}
    return AWSResponse(url, response.status, headers, _Raw(response.body))


@contextmanager
def in_place_of_http(account: FaultyAccount) -> Iterator[None]:
    """Let every botocore session that is opened meanwhile ask this account."""
    hook: Any = ("before-send", account.respond)
    handlers.BUILTIN_HANDLERS.append(hook)
    try:
        yield
    finally:
        handlers.BUILTIN_HANDLERS.remove(hook)
