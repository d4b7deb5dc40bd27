"""What the tags of a state machine say to the digest, and what is expected of it, as records."""

from dataclasses import dataclass
from datetime import datetime

ABORTED = "aborted"
"""What stands among expected causes for executions that people stopped."""


@dataclass(frozen=True, slots=True)
class MachineTags:
    """What a machine's own tags say of it; see config/machine_tags.py for their keys.

    `owner` is a name or a Slack ID, `channel` the Slack channel that its part goes to, `runbook`
    an https address. A retry may hold an execution for `deadline_seconds`. `expected` are
    causes, error names or ABORTED that are no news.
    """

    owner: str | None = None
    channel: str | None = None
    runbook: str | None = None
    environment: str | None = None
    deadline_seconds: float | None = None
    expected: tuple[str, ...] = ()


NO_TAGS = MachineTags()


@dataclass(frozen=True, slots=True)
class ExpectedFailures:
    """Executions of one machine that are no news, and what says so.

    `what` is a cause, an error name or ABORTED. `reason` and the end of it, `until`, are those
    of the user's rules; both are None where the machine's own tag says so.
    """

    machine_arn: str
    what: str
    executions: int
    reason: str | None
    until: datetime | None
