"""Page tokens: opaque, bound to the arguments they were issued for, and short-lived."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass

from simulator.server.api import Params

_HEAD = struct.Struct(">Qd")


class BadTokenError(Exception):
    """The token was never issued, or for other arguments."""


class ExpiredTokenError(Exception):
    """The token was issued for these arguments, too long ago."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What page tokens run by: a clock in seconds, and a lifetime that overrules each API's."""

    lifetime: float | None
    clock: Callable[[], float]

    def tokens(self, argument: str, own_lifetime: float) -> "PageTokens":
        """Tokens for an API that takes them as `argument` and lets them live this long."""
        lifetime = own_lifetime if self.lifetime is None else self.lifetime
        return PageTokens(argument, lifetime, self.clock)


class PageTokens:
    """Issues and reads the page tokens of one API; `lifetime` is in seconds of `clock`.

    `argument` is the name under which the API takes its token.
    """

    def __init__(self, argument: str, lifetime: float, clock: Callable[[], float]) -> None:
        self._argument = argument
        self._lifetime = lifetime
        self._clock = clock
        self._key = secrets.token_bytes(16)

    def issue(self, params: Params, offset: int) -> str:
        """A token for the page that begins at `offset` of the same call."""
        head = _HEAD.pack(offset, self._clock())
        return base64.urlsafe_b64encode(head + self._seal(head, params)).decode()

    def offset(self, params: Params) -> int:
        """Where the page asked for begins; 0 for a call without a token."""
        token = params.get(self._argument)
        if not token:
            return 0
        head, seal = self._opened(token)
        if not hmac.compare_digest(seal, self._seal(head, params)):
            raise BadTokenError
        offset, issued_at = _HEAD.unpack(head)
        if self._clock() - issued_at > self._lifetime:
            raise ExpiredTokenError
        return int(offset)

    def _opened(self, token: object) -> tuple[bytes, bytes]:
        try:
            raw = base64.b64decode(str(token), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadTokenError from error
        if len(raw) <= _HEAD.size:
            raise BadTokenError
        return raw[: _HEAD.size], raw[_HEAD.size :]

    def _seal(self, head: bytes, params: Params) -> bytes:
        others = {name: value for name, value in params.items() if name != self._argument}
        arguments = json.dumps(others, sort_keys=True, default=str).encode()
        return hmac.new(self._key, head + arguments, hashlib.sha256).digest()
