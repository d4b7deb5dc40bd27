"""The Lambda's answer: the report's summary, small enough for any invocation (6 MB at most).

Machines and failures, which grow with the account, are left out; the digest names them.
"""

from dataclasses import replace
from typing import Any, Protocol

from sfn_digest.report.json_face import to_dict
from sfn_digest.report.model import Report
from sfn_digest.report.slack_blocks import Message


class Place(Protocol):
    """Where Slack put the message."""

    @property
    def channel(self) -> str: ...
    @property
    def ts(self) -> str: ...


def answer(report: Report, digest: Message, posted: Place | None) -> dict[str, Any]:
    """The summary, with where it was posted, or what would have been."""
    summary = to_dict(replace(report, machines=(), failures=()))
    del summary["machines"], summary["failures"]
    if posted is None:
        return {
            **summary,
            "posted": None,
            "message": {"text": digest.text, "blocks": digest.blocks},
        }
    return {**summary, "posted": {"channel": posted.channel, "ts": posted.ts}}
