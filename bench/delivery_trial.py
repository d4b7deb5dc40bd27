"""One delivery over HTTP, through a proxy that fails, with a table that fails as well."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any, TypeVar

from slack_sdk import WebClient

from bench.fault_proxy import FaultProxy
from sfn_digest.delivery import DeliveryContext, MemoryLedger, deliver_once
from sfn_digest.delivery.ledger import Entry, Ledger
from sfn_digest.errors import AccountError, SfnDigestError
from sfn_digest.model.stored import Stored
from sfn_digest.slack.bot import BotChannel
from tests.delivery.stage import KilledError
from tests.delivery.weeks import digest

T = TypeVar("T")

ANSWER_SECONDS = 1.5
"""The time Slack is given over HTTP, so that a late answer does not cost ten seconds."""


class Trial:
    """One delivery over HTTP."""

    def __init__(self, delivery: str, token: str, channel: str, proxy: FaultProxy) -> None:
        self._delivery = delivery
        self._token = token
        self._channel = channel
        self._url = f"{proxy.url}/api/"
        self._ledger = MemoryLedger()
        self._passed = 0.0
        self._began = f"{time.time() - 1:.6f}"

    def run(self, random: Random, likely: float, struck: Counter[str]) -> bool:
        """One run; whether it says that the digest went out."""
        hurried = HurriedTime(self._passed)
        tools = DeliveryContext(
            StruckLedger(self._ledger, random, likely / 4, struck),
            BotChannel(
                self._token, self._channel, base_url=self._url, time_left=lambda: ANSWER_SECONDS
            ),
            hurried,
            lambda _: None,
        )
        try:
            kept = digest(self._delivery)
            deliver_once(self._delivery, lambda: kept, tools, again="", refresh=True)
        except (SfnDigestError, KilledError):
            return False
        finally:
            self._passed += hurried.slept + 60.0
        return True

    def channel_shows(self, client: WebClient) -> tuple[list[str], int, int]:
        """What is wrong with the channel, and how many roots and replies there are."""
        ours = [
            m
            for m in _all(client, self._channel, self._began)
            if m["text"].endswith(self._delivery)
        ]
        roots = [m for m in ours if m.get("thread_ts") in (None, m["ts"])]
        replies = [
            (root["ts"], reply)
            for root in roots
            for reply in client.conversations_replies(channel=self._channel, ts=root["ts"])[
                "messages"
            ]
            if reply["ts"] != root["ts"]
        ]
        misplaced = [r for _, r in replies if not r["text"].endswith(self._delivery)]
        return ["a reply in the wrong thread"] * bool(misplaced), len(roots), len(replies)


class HurriedTime:
    """Time whose sleeps pass at once; `ago` is how much earlier runs have slept."""

    def __init__(self, ago: float) -> None:
        self._ago = ago
        self.slept = 0.0

    def now(self) -> float:
        """Seconds that never go back."""
        return time.monotonic() + self._ago + self.slept

    def utc(self) -> datetime:
        """Slack's own time of day, since its messages do not hurry."""
        return datetime.now(UTC)

    def left(self) -> float:
        """Seconds until the run is killed."""
        return 900.0 - self.slept

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept += seconds


class StruckLedger:
    """A table that fails, or whose caller is killed, before or after it did as asked."""

    def __init__(self, inner: Ledger, random: Random, likely: float, struck: Counter[str]) -> None:
        self._inner, self._random, self._likely, self._counts = inner, random, likely, struck

    def read(self, key: str) -> Entry | None:
        """See Ledger."""
        return self._struck(lambda: self._inner.read(key))

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        """See Ledger."""
        return self._struck(lambda: self._inner.write(key, entry, replacing=replacing))

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        """See Ledger."""
        return self._struck(lambda: self._inner.store(key, content, replacing=replacing))

    def load(self, key: str) -> Stored | None:
        """See Ledger."""
        return self._struck(lambda: self._inner.load(key))

    def edition(self, key: str) -> str | None:
        """See Ledger."""
        return self._struck(lambda: self._inner.edition(key))

    def _struck(self, call: Callable[[], T]) -> T:
        if self._random.random() >= self._likely:
            return call()
        after, killed = self._random.random() < 0.5, self._random.random() < 0.5
        what = "killed" if killed else "table failed"
        self._counts[f"{what} {'after' if after else 'before'} a step"] += 1
        if after:
            call()
        if killed:
            raise KilledError
        raise AccountError("The table cannot be reached.")


def _all(client: WebClient, channel: str, oldest: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        page = client.conversations_history(
            channel=channel, oldest=oldest, limit=200, cursor=cursor
        )
        yield from page["messages"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return
