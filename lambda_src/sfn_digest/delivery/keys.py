"""What a delivery and each of its messages are called, in the table and in Slack's metadata."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sfn_digest.model.executions import Tag, Window


def period_id(
    window: Window,
    account_id: str,
    region: str,
    channel: str,
    *,
    tag: Tag,
    machines: Sequence[str] = (),
) -> str:
    """The delivery of a period: the same for every run that reports on it to this channel.

    What is reported on belongs to it, so that two teams with tags of their own may share a
    channel and a schedule.
    """
    span = f"{_moment(window.start)}-{_moment(window.end)}"
    scope = json.dumps([tag.key, tag.value, *sorted(machines)])
    return f"{span}.{account_id}.{region}.{channel}.{_short(scope)}"


def adhoc_id(request_id: str, channel: str) -> str:
    """The delivery of one request, whose retries by Lambda carry the same id."""
    return f"request.{request_id}.{channel}"


def part_id(delivery: str, channel: str) -> str:
    """The delivery of the part that goes to a channel of its own."""
    return f"{delivery}@{channel}"


def message_key(delivery: str, index: int) -> str:
    """One message of a delivery: the root, or the thread's first, second, … reply."""
    return f"{delivery}/{'root' if index == 0 else f'thread-{index}'}"


def files_key(delivery: str) -> str:
    """The files of a delivery, which are attached together."""
    return f"{delivery}/files"


def fingerprint(text: str, blocks: object) -> str:
    """What stands for a message's content: equal for equal messages."""
    return _short(json.dumps([text, blocks], sort_keys=True))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _moment(moment: datetime) -> str:
    fraction = ".%f" if moment.microsecond else ""
    return moment.astimezone(UTC).strftime(f"%Y%m%dT%H%M%S{fraction}Z")
