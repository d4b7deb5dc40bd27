"""Posts one message through slack_sdk, at most once.

A second try is made only where Slack said that it took nothing (HTTP 429). Where the outcome
is unknown the error says so (`kind` "ambiguous"): a blind second try could post twice.
"""

import re
import ssl
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from socket import gaierror
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web import SlackResponse

from sfn_digest.slack.errors import SlackPostError, post_error

if TYPE_CHECKING:
    from sfn_digest.report.slack_blocks import Message

_TIMEOUT_SECONDS = 10
_LEAST_SECONDS = 1
_RESERVE_SECONDS = 2
"""What a wait for Slack must leave: the second try's own time, and a little to end in order."""

_MAX_RATE_LIMIT_RETRIES = 3
_TOKEN = re.compile(r"[A-Za-z0-9._-]+")
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_BEFORE_SENDING = (ConnectionRefusedError, gaierror, ssl.SSLCertVerificationError)
"""Reasons for which a connection was never made, so that nothing can have been posted."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands: the channel's ID and the message's own, its `ts`."""

    channel: str
    ts: str


class _PatientWithinTime(RateLimitErrorRetryHandler):
    """Waits as Slack asks, unless that would take longer than there is time."""

    def __init__(self, time_left: Callable[[], float]) -> None:
        super().__init__(max_retry_count=_MAX_RATE_LIMIT_RETRIES)
        self._time_left = time_left

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        asked = super()._can_retry(state=state, request=request, response=response, error=error)
        return asked and _wait(response) + _RESERVE_SECONDS <= self._time_left()


def post(
    message: "Message",
    channel: str,
    token: str,
    *,
    base_url: str | None = None,
    time_left: Callable[[], float],
) -> Posted:
    """Post `message` to the channel with this ID, and say where it stands.

    `base_url` is the Web API's address where it is not Slack's own. `time_left` tells the
    seconds that remain; waits that Slack asks for are kept within them.

    Raises SlackPostError, whose `kind` says whether the message may have been posted.
    """
    outcome = _attempt(message, channel, token, base_url, time_left)
    # Raised here and not where it was caught: slack_sdk's error holds the request with its
    # token, and must not hang on to ours.
    if isinstance(outcome, SlackPostError):
        raise outcome
    return outcome


def _attempt(
    message: "Message",
    channel: str,
    token: str,
    base_url: str | None,
    time_left: Callable[[], float],
) -> Posted | SlackPostError:
    seconds = time_left()
    if obstacle := _obstacle(token, seconds):
        return post_error(obstacle)
    client = WebClient(
        token=token,
        base_url=base_url or WebClient.BASE_URL,
        timeout=min(_TIMEOUT_SECONDS, int(seconds)),
        retry_handlers=[_PatientWithinTime(time_left)],
    )
    try:
        response = client.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
    except SlackApiError as refusal:
        return _refused(refusal.response)
    except (OSError, HTTPException, ValueError) as failure:
        return post_error(_failed(failure))
    return _posted(response)


def _obstacle(token: str, seconds: float) -> str | None:
    # http.client would quote a token with a line break in its own error.
    if not _TOKEN.fullmatch(token):
        return "malformed_token"
    return "no_time_left" if seconds < _LEAST_SECONDS else None


def _failed(failure: Exception) -> str:
    if isinstance(failure, URLError) and isinstance(failure.reason, _BEFORE_SENDING):
        return "unreachable"
    return "no_answer" if isinstance(failure, OSError | HTTPException) else "unreadable_answer"


def _posted(response: SlackResponse) -> Posted | SlackPostError:
    channel, ts = response.get("channel"), response.get("ts")
    if isinstance(channel, str) and isinstance(ts, str):
        return Posted(channel, ts)
    return post_error("unreadable_answer")


def _refused(response: SlackResponse) -> SlackPostError:
    if response.status_code == 429:
        return post_error("ratelimited")
    code = response.get("error")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return post_error("server_error" if response.status_code >= 500 else "unreadable_answer")
    if response.status_code >= 500 and code != "service_unavailable":
        return post_error("server_error")
    return post_error(code, _details(response))


def _details(response: SlackResponse) -> Iterator[str]:
    """Give what Slack adds for whoever must mend it: scopes, or the places in the blocks."""
    for name in ("needed", "provided"):
        if value := response.get(name):
            yield f"{name}: {_line(value)}"
    metadata = response.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    for text in messages[:5] if isinstance(messages, list) else ():
        yield _line(text)


def _line(value: Any) -> str:
    text = str(value)[:200]
    return "".join(c for c in text if not unicodedata.category(c).startswith("C"))


def _wait(response: HttpResponse | None) -> float:
    """Give the seconds that Slack asks to wait; endless where it does not say."""
    headers = response.headers if response else {}
    for name, values in headers.items():
        if name.lower() == "retry-after" and str(values[0]).isdecimal():
            # slack_sdk adds up to a second, so that clients do not come back all at once.
            return float(values[0]) + 1
    return float("inf")
