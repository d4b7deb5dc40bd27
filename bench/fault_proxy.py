"""A proxy before Slack, or before what stands in for it, that lets a call fail as asked."""

import http.client
import threading
from collections import Counter
from random import Random
from urllib.parse import urlsplit

from simulator.server.transport import LoopbackServer, Request, Response

FAULTS = (
    "429, Retry-After 1",
    "429, Retry-After 3000",
    "503 before Slack took it",
    "502 after Slack took it",
    "connection dropped before Slack took it",
    "connection dropped after Slack took it",
    "no answer in time, not taken",
    "no answer in time, taken",
    "ok:false fatal_error, taken",
    "ok:false service_unavailable",
    "ok:false invalid_blocks",
    "ok:false not_in_channel",
)
_JSON = "application/json"


class FaultProxy:
    """Forwards to `upstream` (scheme, host and port); each call fails with `likely`.

    `struck` counts the faults by name. `hold` is how long a late answer is held back.
    """

    def __init__(self, upstream: str, random: Random, likely: float, hold: float) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._random = random
        self._hold = hold
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.likely = likely
        self.struck: Counter[str] = Counter()
        self._server = LoopbackServer(self._respond)
        self.url = self._server.url

    def close(self) -> None:
        """Stop; answers that are held back go at once."""
        self._over.set()
        self._server.close()

    def _respond(self, request: Request) -> Response | None:
        fault = self._drawn()
        if fault is None:
            return self._forward(request)
        if "after Slack" in fault or fault.endswith(", taken"):
            self._forward(request)
        return self._failing(fault)

    def _drawn(self) -> str | None:
        with self._lock:
            if self._random.random() >= self.likely:
                return None
            fault = self._random.choice(FAULTS)
            self.struck[fault] += 1
            return fault

    def _failing(self, fault: str) -> Response | None:
        if fault.startswith("429"):
            return _refusal("ratelimited", 429, {"Retry-After": fault.rsplit(maxsplit=1)[-1]})
        if fault.startswith("ok:false"):
            return _refusal(fault.split()[1].rstrip(","))
        if fault.startswith("50"):
            return Response(int(fault[:3]), "text/html", b"<html>upstream failed</html>")
        if fault.startswith("no answer"):
            self._over.wait(self._hold)
        return None

    def _forward(self, request: Request) -> Response:
        connection = http.client.HTTPConnection(*self._upstream, timeout=10)
        headers = {n: v for n, v in request.headers.items() if n not in ("host", "connection")}
        connection.request(request.method, request.path, request.body, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return Response(answer.status, answer.headers.get("Content-Type", _JSON), body)


def _refusal(error: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(status, _JSON, f'{{"ok": false, "error": "{error}"}}'.encode(), headers or {})
