"""Hints whose change is no retrier to retry by, as they are kept from one report to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sfn_digest.model.comparison import ChangeTally
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


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A hint that `patch` can write down and that sets no retrier to retry by, as it was given.

    `patched`, `was`, `before`, `since` and `together` are as in AdoptedChange. `otherwise`: when
    it was first seen to be carried, the definition had been changed in another way too. `windows`
    are the times that `since` counts, as in HintOutcome.
    """

    kind: str
    machine_arn: str
    state: str
    cause: str
    errors: tuple[str, ...]
    patched: Mapping[str, object]
    was: Mapping[str, object]
    outline: DefinitionOutline
    hinted_at: datetime
    last_hinted_at: datetime
    before: ChangeTally
    adopted_at: datetime | None = None
    otherwise: bool = False
    together: bool = False
    since: ChangeTally = field(default_factory=ChangeTally)
    windows: tuple[Window, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two hints the same one: what they are about, and of which kind they are."""
        return (self.machine_arn, self.state, self.cause, f"{self.kind} {', '.join(self.errors)}")
