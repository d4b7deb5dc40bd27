"""A Slack of one channel in virtual time: what it takes stands, whatever it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.slack.channel import FileUpload, FoundMessage, MessageMetadata, PostedMessage
from sfn_digest.slack.connection import MaySend, always
from sfn_digest.slack.post_errors import post_error
from tests.delivery.faults import Fault, Faults
from tests.delivery.stage import Actor, KilledError, Stage

CHANNEL = "C0SFNDIGEST"
SHOWN_AFTER = 2.0
"""Seconds until a message that was taken shows in the channel's history."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A message in the channel; `at` is when it was taken, in the stage's seconds."""

    ts: str
    at: float
    text: str
    plain: bool
    thread: str | None
    tracer: MessageMetadata | None
    edits: int = 0


class FakeSlack:
    """The workspace. `history`: whether the token may read the channel."""

    def __init__(self, stage: Stage, *, history: bool = True, webhook: bool = False) -> None:
        self.stage = stage
        self.history = history
        self.webhook = webhook
        self._messages: dict[str, Standing] = {}
        self._last = 0
        self.attached: list[tuple[str, tuple[FileUpload, ...]]] = []

    @property
    def messages(self) -> list[Standing]:
        """What stands in the channel by now, oldest first."""
        return [each for each in self._messages.values() if each.at <= self.stage.clock]

    def roots(self) -> list[Standing]:
        """Messages that answer no other."""
        return [each for each in self.messages if each.thread is None]

    def replies(self) -> list[Standing]:
        """Messages in threads."""
        return [each for each in self.messages if each.thread is not None]

    def remove(self, ts: str) -> None:
        """A person deletes a message."""
        del self._messages[ts]

    def take(
        self, message: SlackMessage, tracer: MessageMetadata | None, thread: str | None, at: float
    ) -> str:
        """A message comes to stand in the channel, at that time."""
        self._last += 1
        moment = self.stage.utc().timestamp() + at - self.stage.clock
        ts = f"{moment + self._last * 1e-6:.6f}"
        plain = not message.blocks
        self._messages[ts] = Standing(ts, at, message.text, plain, thread, tracer)
        return ts

    def edit(self, ts: str, message: SlackMessage, tracer: MessageMetadata | None) -> None:
        """A message is replaced."""
        old = self._messages[ts]
        plain = not message.blocks
        self._messages[ts] = replace(
            old, text=message.text, plain=plain, tracer=tracer or old.tracer, edits=old.edits + 1
        )

    def has(self, ts: str) -> bool:
        """Whether it stands."""
        return ts in self._messages


class FakeChannel:
    """The channel as one run reaches it."""

    def __init__(self, slack: FakeSlack, actor: Actor, faults: Faults) -> None:
        self._slack = slack
        self._actor = actor
        self._faults = faults
        self.threads = not slack.webhook

    def post(
        self,
        message: SlackMessage,
        metadata: MessageMetadata | None,
        thread: str | None,
        may_send: MaySend = always,
    ) -> PostedMessage:
        """See Channel."""
        taken: list[str] = []

        def take(late: float) -> None:
            at = self._slack.stage.clock + late
            seen = None if self._slack.webhook else metadata
            taken.append(self._slack.take(message, seen, thread, at))

        if thread is not None and not self._slack.has(thread):
            raise post_error("thread_not_found")
        self._through(self._faults("post"), take, may_send)
        return PostedMessage(CHANNEL, None if self._slack.webhook else taken[0])

    def update(
        self,
        ts: str,
        message: SlackMessage,
        metadata: MessageMetadata | None,
        may_send: MaySend = always,
    ) -> None:
        """See Channel."""
        if self._slack.webhook:
            raise post_error("webhook_cannot_update")
        fault = self._faults("update")
        if not self._slack.has(ts):
            raise post_error("message_not_found")
        self._through(fault, lambda _: self._slack.edit(ts, message, metadata), may_send)

    def remove(self, ts: str) -> None:
        """See Channel."""
        fault = self._faults("remove")
        if not self._slack.has(ts):
            raise post_error("message_not_found")
        self._through(fault, lambda _: self._slack.remove(ts))

    def attach(self, files: Sequence[FileUpload], thread: str) -> None:
        """See Channel."""
        fault = self._faults("attach")
        if not self._slack.has(thread):
            raise post_error("thread_not_found")
        self._through(fault, lambda _: self._slack.attached.append((thread, tuple(files))))

    def find(
        self, key: str, thread: str | None, earliest: datetime, latest: datetime
    ) -> FoundMessage | None:
        """See Channel."""
        if self._slack.webhook:
            raise post_error("webhook_cannot_look")
        self._through(self._faults("find"), lambda _: None)
        if not self._slack.history:
            raise post_error("missing_scope", ["needed: channels:history"])
        shown = [
            each
            for each in self._slack.messages
            if each.at + SHOWN_AFTER <= self._slack.stage.clock
            and each.thread == thread
            and earliest.timestamp() <= float(each.ts) <= latest.timestamp()
            and each.tracer is not None
            and each.tracer.key == key
        ]
        if not shown:
            return None
        assert shown[0].tracer is not None
        return FoundMessage(shown[0].ts, shown[0].tracer.fingerprint)

    def _through(
        self, fault: Fault | None, do: Callable[[float], None], may_send: MaySend = always
    ) -> None:
        self._actor.pass_time(self._slack.stage.random.uniform(0.1, 0.5))
        if fault is not None and fault.kind == "connects late":
            self._actor.pass_time(fault.seconds)
            if not may_send():
                raise post_error("connected_too_late")
            fault = None
        if fault is None:
            do(0.0)
        elif fault.kind == "slow":
            self._actor.pass_time(fault.seconds)
            do(0.0)
        elif fault.kind == "killed before":
            raise KilledError
        elif fault.kind == "refused":
            raise post_error(fault.code, retry_after=fault.retry_after)
        else:
            do(fault.seconds if fault.kind == "taken late" else 0.0)
            self._actor.pass_time(0.1 if fault.kind == "killed after" else 10.0)
            if fault.kind == "killed after":
                raise KilledError
            raise post_error(fault.code or "no_answer")
