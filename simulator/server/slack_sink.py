"""A Slack workspace to post into: the Web API's methods, its refusals, and faults on demand."""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulator.server.slack_blocks import pointed_errors
from simulator.server.slack_channel import (
    Channels,
    SlackMessage,
    SlackRefusalError,
    decoded,
)
from simulator.server.slack_faults import (
    Delayed,
    DroppedAfterAccept,
    Fault,
    RateLimited,
    Refused,
    ServerFailed,
)
from simulator.server.slack_files import UPLOAD, Files
from simulator.server.slack_workspace import SCOPES, Workspace
from simulator.server.transport import Request, Response

__all__ = ["SlackCall", "SlackMessage", "SlackSink"]

Method = Callable[[Mapping[str, Any]], dict[str, Any]]
"""A Web API method: what it answers to its arguments."""


@dataclass(frozen=True, slots=True)
class SlackCall:
    """One call of a Web API method: `outcome` is "ok", Slack's error or the fault's name."""

    method: str
    outcome: str


class SlackSink:
    """Takes messages as Slack does; `url` is the SLACK_API_URL of a WebClient."""

    def __init__(self, workspace: Workspace, now: Callable[[], float]) -> None:
        self.url = ""
        self._workspace = workspace
        self._channels = Channels(workspace.channels, now)
        self._files = Files(self._channels)
        self._faults: deque[tuple[str, Fault]] = deque()
        self._calls: list[SlackCall] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._methods: Mapping[str, Method] = {
            "auth.test": self._identity,
            "blocks.validate": _validate,
            "chat.delete": lambda params: self._channels.delete(params, workspace.bot_id),
            "chat.postMessage": self._in_channel(self._post),
            "chat.update": self._update,
            "conversations.history": self._in_channel(self._channels.history),
            "conversations.info": self._info,
            "conversations.replies": self._channels.replies,
            "files.completeUploadExternal": lambda params: self._files.share(
                params, workspace.bot_id
            ),
            "files.getUploadURLExternal": lambda params: self._files.upload_url(params, self.url),
            "usergroups.list": self._groups,
        }

    @property
    def messages(self) -> tuple[SlackMessage, ...]:
        """Every message that stands in a channel, oldest first."""
        return self._channels.all()

    @property
    def calls(self) -> tuple[SlackCall, ...]:
        """Every call so far, faults included."""
        with self._lock:
            return tuple(self._calls)

    def inject(self, fault: Fault, method: str = "chat.postMessage") -> None:
        """Let the next call of this method meet this fault; faults of a method queue up."""
        with self._lock:
            self._faults.append((method, fault))

    def close(self) -> None:
        """Let answers that a fault holds back go at once."""
        self._closing.set()

    def respond(self, request: Request, path: str) -> Response | None:
        """Answer a request for the method at `path`; None drops the connection."""
        method = urlsplit(path).path
        if method.startswith(UPLOAD):
            return self._files.receive(method.removeprefix(UPLOAD), request.body)
        return self._call(method, request)

    def _call(self, method: str, request: Request) -> Response | None:
        fault = self._next_fault(method)
        if isinstance(fault, RateLimited):
            self._log(method, "ratelimited")
            headers = {"Retry-After": str(fault.retry_after)}
            return _json(429, {"ok": False, "error": "ratelimited"}, headers)
        if isinstance(fault, ServerFailed) and not fault.accepted:
            return self._failed(method, fault)
        if isinstance(fault, Refused):
            self._log(method, fault.error)
            return _json(200, {"ok": False, "error": fault.error, **fault.fields})
        answer = self._answer(method, request)
        if isinstance(fault, ServerFailed):
            return self._failed(method, fault)
        self._log(method, "dropped" if isinstance(fault, DroppedAfterAccept) else _outcome(answer))
        if isinstance(fault, Delayed):
            self._closing.wait(fault.seconds)
        if isinstance(fault, DroppedAfterAccept):
            return None
        return _json(200, answer, {"x-oauth-scopes": ",".join(sorted(self._workspace.scopes))})

    def _failed(self, method: str, fault: ServerFailed) -> Response:
        self._log(method, f"http {fault.status}")
        return Response(fault.status, "text/html", b"<html>upstream failed</html>")

    def _answer(self, method: str, request: Request) -> dict[str, Any]:
        try:
            params = _params(request)
            self._authorize(method, request, params)
            if method not in self._methods:
                raise SlackRefusalError("unknown_method", req_method=method)
            return {"ok": True, **self._methods[method](params)}
        except SlackRefusalError as refusal:
            return {"ok": False, "error": refusal.error, **refusal.fields}

    def _authorize(self, method: str, request: Request, params: Mapping[str, Any]) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = bearer or params.get("token", "")
        if not token:
            raise SlackRefusalError("not_authed")
        if token != self._workspace.token:
            raise SlackRefusalError("invalid_auth")
        needed, held = SCOPES.get(method), self._workspace.scopes
        if needed and needed not in held:
            raise SlackRefusalError("missing_scope", needed=needed, provided=",".join(sorted(held)))

    def _identity(self, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - takes none
        return {
            "url": "https://simulated.slack.com/",
            "team": self._workspace.team,
            "user": "sfn-digest",
            "team_id": self._workspace.team_id,
            "user_id": self._workspace.user_id,
            "bot_id": self._workspace.bot_id,
        }

    def _info(self, params: Mapping[str, Any]) -> dict[str, Any]:
        channel = params.get("channel", "")
        if channel not in self._workspace.channels:
            raise SlackRefusalError("channel_not_found")
        found = {
            "id": channel,
            "name": channel.lower(),
            "is_private": False,
            "is_archived": channel in self._workspace.archived,
            "is_member": channel not in self._workspace.not_joined,
        }
        return {"channel": found}

    def _groups(self, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - takes none
        groups = [{"id": group, "handle": handle} for handle, group in self._workspace.groups]
        return {"usergroups": groups}

    def _in_channel(self, method: Method) -> Method:
        """The method, for members of the channel alone."""

        def checked(params: Mapping[str, Any]) -> dict[str, Any]:
            if params.get("channel") in self._workspace.not_joined:
                raise SlackRefusalError("not_in_channel")
            return method(params)

        return checked

    def _post(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if params.get("channel") in self._workspace.archived:
            raise SlackRefusalError("is_archived")
        message = self._channels.post(params, self._workspace.bot_id)
        return _posted(message)

    def _update(self, params: Mapping[str, Any]) -> dict[str, Any]:
        message = self._channels.update(params, self._workspace.bot_id)
        return {**_posted(message), "text": message.text}

    def _next_fault(self, method: str) -> Fault | None:
        with self._lock:
            for index, (wanted, fault) in enumerate(self._faults):
                if wanted == method:
                    del self._faults[index]
                    return fault
        return None

    def _log(self, method: str, outcome: str) -> None:
        with self._lock:
            self._calls.append(SlackCall(method, outcome))


def _validate(params: Mapping[str, Any]) -> dict[str, Any]:
    if errors := pointed_errors(decoded(params.get("blocks"))):
        raise SlackRefusalError("invalid_blocks", errors=errors)
    return {}


def _posted(message: SlackMessage) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "message": message.shown(with_metadata=True),
    }


def _outcome(answer: Mapping[str, Any]) -> str:
    return "ok" if answer["ok"] else str(answer["error"])


def _params(request: Request) -> dict[str, Any]:
    """Arguments from the query, a form or a JSON body."""
    params: dict[str, Any] = dict(parse_qsl(urlsplit(request.path).query))
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = json.loads(request.body or b"{}")
        except ValueError as error:
            raise SlackRefusalError("invalid_json") from error
        if not isinstance(body, dict):
            raise SlackRefusalError("json_not_object")
        return params | body
    return params | dict(parse_qsl(request.body.decode()))


def _json(
    status: int, answer: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    return Response(status, "application/json", json.dumps(answer).encode(), headers or {})
