"""One call of Slack's Web API through slack_sdk, sent once; a refusal is one of our errors.

Nothing is retried here. slack_sdk's own handlers send a message again after a broken
connection, though Slack may have taken it, and sleep through a rate limit, however long.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from sfn_digest.slack.connection import (
    CarefulWebClient,
    MaySend,
    NotSentError,
    TooLateError,
    always,
)
from sfn_digest.slack.post_errors import SlackPostError, post_error

TIMEOUT_SECONDS = 10
"""What Slack is given to answer; it usually takes less than one."""

LEAST_SECONDS = 1
"""With less time left nothing is sent, since the answer could not be waited for."""

_TOKEN = re.compile(r"[A-Za-z0-9._-]+")
_CODE = re.compile(r"[a-z0-9_]{1,60}")


class WebApi:
    """Calls with one token. `time_left` tells the seconds that remain."""

    def __init__(self, token: str, base_url: str | None, time_left: Callable[[], float]) -> None:
        self._token = token
        self._base_url = base_url or WebClient.BASE_URL
        self._time_left = time_left

    def ask(
        self, call: Callable[[WebClient], SlackResponse], may_send: MaySend = always
    ) -> SlackResponse:
        """Slack's answer. Raises SlackPostError; its kind says whether Slack did it.

        `may_send` is asked once there is a connection; nothing is sent where it says no.
        """
        outcome = self._attempt(call, may_send)
        # Raised here and not where it was caught: slack_sdk's error holds the request with its
        # token, and must not hang on to ours.
        if isinstance(outcome, SlackPostError):
            raise outcome
        return outcome

    def _attempt(
        self, call: Callable[[WebClient], SlackResponse], may_send: MaySend
    ) -> SlackResponse | SlackPostError:
        # http.client would quote a token with a line break in its own error.
        if not _TOKEN.fullmatch(self._token):
            return post_error("malformed_token")
        seconds = self._time_left()
        if seconds < LEAST_SECONDS:
            return post_error("no_time_left")
        client = CarefulWebClient(
            may_send=may_send,
            token=self._token,
            base_url=self._base_url,
            timeout=min(TIMEOUT_SECONDS, int(seconds)),
            retry_handlers=[],
        )
        try:
            return call(client)
        except SlackApiError as refusal:
            return _refused(refusal.response)
        except SlackRequestError:
            # Its text quotes the answer to an upload, which is whatever stands at that address.
            return post_error("upload_failed")
        except (OSError, HTTPException, ValueError) as failure:
            return post_error(failed(failure))


def failed(failure: Exception) -> str:
    """Our word for a call that ended without an answer that can be read."""
    reason = failure.reason if isinstance(failure, URLError) else failure
    if isinstance(reason, NotSentError):
        return "connected_too_late" if isinstance(reason, TooLateError) else "unreachable"
    return "no_answer" if isinstance(failure, OSError | HTTPException) else "unreadable_answer"


def is_code(text: object) -> bool:
    """Whether this can be one of Slack's codes, and so may be shown."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def retry_after(headers: Mapping[str, Any]) -> float | None:
    """The seconds that Slack asks to wait; None where it does not say."""
    for name, value in headers.items():
        text = str(value[0] if isinstance(value, list) else value)
        if name.lower() == "retry-after" and text.isdecimal():
            return float(text[:9])
    return None


def _refused(response: SlackResponse) -> SlackPostError:
    wait = retry_after(response.headers)
    if response.status_code == 429:
        return post_error("ratelimited", retry_after=wait)
    code = response.get("error")
    if not is_code(code):
        return post_error("server_error" if response.status_code >= 500 else "unreadable_answer")
    if response.status_code >= 500 and code != "service_unavailable":
        return post_error("server_error")
    return post_error(str(code), _details(response), retry_after=wait)


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
