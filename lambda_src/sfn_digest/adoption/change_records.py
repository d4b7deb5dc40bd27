"""Hints whose change is no retrier to retry by, as they are kept from one report to the next."""

from dataclasses import dataclass
from datetime import datetime

from sfn_digest.model.comparison import HintedChange
from sfn_digest.model.executions import Window


@dataclass(frozen=True, slots=True)
class DefinitionOutline:
    """What tells later whether a definition was changed in another way than by its hints.

    `elsewhere` stands for all of it but the fields that hints set, in the states that they are
    `about`; states that they add, `added`, are left out too. `own` stand for what those fields hold
    in the change's own state.
    """

    elsewhere: str
    about: tuple[str, ...]
    added: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange(HintedChange):
    """Such a hint that `patch` can write down, as it is kept between reports.

    `otherwise`: when it was first seen to be carried, the definition had been changed in another
    way too. `windows` are the times that `since` counts, as in HintOutcome.
    """

    outline: DefinitionOutline
    last_hinted_at: datetime
    adopted_at: datetime | None = None
    otherwise: bool = False
    windows: tuple[Window, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two hints the same one: what they are about, and of which kind they are."""
        return (self.machine_arn, self.state, self.cause, f"{self.kind} {', '.join(self.errors)}")
