"""slack_sdk's clients over connections that are made within one timeout, and looked at before
anything is sent.

The library gives every address of a name the whole timeout, one after another, and then sends
at once. A message must not be sent after its claim has run out, so the time for connecting is
shared by all addresses, and `may_send` is asked once the connection stands.
"""

import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from slack_sdk import WebClient
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result
from slack_sdk.webhook import WebhookClient, WebhookResponse

MaySend = Callable[[], bool]
"""Whether a message may still be sent; asked after connecting, right before it is."""


class NotSentError(OSError):
    """The connection was not made, or too late: nothing was sent over it."""


class TooLateError(NotSentError):
    """The connection stood when nothing might be sent any more."""


def always() -> bool:
    """What may be sent at any time, since doing it twice does no harm."""
    return True


class CarefulWebClient(WebClient):
    """The Web API's client over such connections."""

    def __init__(self, *, may_send: MaySend, **settings: Any) -> None:
        super().__init__(**settings)
        self._opener = _opener(may_send)

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        answer = _open(self._opener, url, req, self.timeout)
        return {"status": answer.status, "headers": answer.headers, "body": _text(answer)}

    def _upload_file(self, *, url: str, data: bytes, **_: Any) -> FileUploadV2Result:
        request = Request(url, data, method="POST")  # noqa: S310 - _open looks at the scheme
        answer = _open(self._opener, url, request, self.timeout)
        return FileUploadV2Result(status=answer.status, body=_text(answer))


class CarefulWebhookClient(WebhookClient):
    """An incoming webhook's client over such connections."""

    def __init__(self, url: str, *, may_send: MaySend, **settings: Any) -> None:
        super().__init__(url, **settings)
        self._opener = _opener(may_send)

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        answer = _open(self._opener, url, req, self.timeout)
        headers: Any = answer.headers
        return WebhookResponse(
            url=url, status_code=answer.status, body=_text(answer), headers=headers
        )


def connect_within(
    address: tuple[str, int], timeout: float, source_address: tuple[str, int] | None = None
) -> socket.socket:
    """A connection to the first of a name's addresses that takes it; all share the timeout.

    Raises OSError where none does.
    """
    until = time.monotonic() + timeout
    found = socket.getaddrinfo(*address, 0, socket.SOCK_STREAM)
    failure = OSError("the name has no address")
    for tried, (family, kind, protocol, _, place) in enumerate(found):
        share = (until - time.monotonic()) / (len(found) - tried)
        if share <= 0:
            break
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(share)
            if source_address:
                connection.bind(source_address)
            connection.connect(place)
        except OSError as error:
            failure = error
            connection.close()
        else:
            connection.settimeout(timeout)
            return connection
    raise failure


class _Checked:
    """How a connection of http.client is made here; mixed into both of its kinds."""

    may_send: MaySend

    def connect(self) -> None:
        self._create_connection = connect_within
        try:
            super().connect()  # type: ignore[misc]
        except OSError as error:
            raise NotSentError(*error.args) from error
        if not self.may_send():
            raise TooLateError


class _PlainConnection(_Checked, HTTPConnection):
    pass


class _EncryptedConnection(_Checked, HTTPSConnection):
    pass


def _connection(kind: type[Any], may_send: MaySend, *args: Any, **settings: Any) -> Any:
    made = kind(*args, **settings)
    made.may_send = may_send
    return made


class _PlainHandler(HTTPHandler):
    def __init__(self, may_send: MaySend) -> None:
        super().__init__()
        self._made = partial(_connection, _PlainConnection, may_send)

    def http_open(self, req: Request) -> HTTPResponse:
        answer: HTTPResponse = self.do_open(self._made, req)
        return answer


class _EncryptedHandler(HTTPSHandler):
    def __init__(self, may_send: MaySend) -> None:
        super().__init__()
        self._made = partial(_connection, _EncryptedConnection, may_send)

    def https_open(self, req: Request) -> HTTPResponse:
        answer: HTTPResponse = self.do_open(self._made, req)
        return answer


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an answer like another: the token would go along to wherever it points."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _opener(may_send: MaySend) -> OpenerDirector:
    return build_opener(_PlainHandler(may_send), _EncryptedHandler(may_send), _NoRedirects())


def _open(opener: OpenerDirector, url: str, request: Request, timeout: float) -> HTTPResponse:
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("only http and https are supported")
    answer: HTTPResponse = opener.open(request, timeout=timeout)
    return answer


def _text(answer: HTTPResponse) -> str:
    return answer.read().decode(answer.headers.get_content_charset() or "utf-8")
