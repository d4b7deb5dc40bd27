"""What the tags of a state machine say to the digest, as a record."""

from dataclasses import dataclass

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
