"""One making of a report, as everything that takes part in it is told."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sfn_digest.aws import Account
from sfn_digest.causes import UserRules
from sfn_digest.config.request import Request


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked for, of which account, by whose rules, and until when.

    A user's `rules` go before the product's own. At `deadline` (seconds of time.monotonic)
    reading ends, and coverage tells what is missing; None reads to the end. `now` is the time
    that kept hints count from.
    """

    request: Request
    account: Account
    rules: UserRules | None = None
    deadline: float | None = None
    now: datetime = field(default_factory=_now)
