"""What the tags of a state machine say to the digest, and what is expected of it, as records."""

import re
from dataclasses import dataclass
from datetime import datetime

ABORTED = "aborted"
"""What stands among expected causes for executions that people stopped."""


@dataclass(frozen=True, slots=True)
class MachineTags:
    """What a machine's own tags say of it; see config/tag_settings.py for their keys.

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

PRODUCTION = frozenset({"prod", "production", "prd", "live"})
"""Names of the environment that comes first."""

_SLACK_ID = re.compile(r"@?(?:[UW]|(S))[A-Z0-9]{8,20}")


def environment_rank(environment: str | None) -> tuple[int, str]:
    """Where an environment stands: production, then machines that tell none, then by name."""
    name = (environment or "").casefold()
    return (0, "") if name in PRODUCTION else (2, name) if name else (1, "")


@dataclass(frozen=True, slots=True)
class SlackOwner:
    """A member of Slack, or a user group, by its ID."""

    id: str
    group: bool


def slack_owner(owner: str | None) -> SlackOwner | None:
    """The member or user group that an owner's tag names by ID; None for a name or a handle."""
    found = _SLACK_ID.fullmatch(owner or "")
    return SlackOwner(found[0].removeprefix("@"), found[1] is not None) if found else None


def handle_of(owner: str | None) -> str | None:
    """The handle that an owner's tag gives, as Slack compares them; None for a name or an ID."""
    if not owner or not owner.startswith("@") or slack_owner(owner) or len(owner.split()) > 1:
        return None
    return owner[1:].casefold() or None


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
