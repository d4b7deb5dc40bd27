"""The table of causes: what a failure can be named, as data that users can read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sfn_digest.i18n.message import Message, Msgid, ngettext
from sfn_digest.model.executions import Nature

_WITHOUT_WORDS = (
    Message("The execution was stopped"),
    Message("The execution ran longer than its timeout"),
    Message("A Fail state without an error or cause"),
    Message("The child execution was stopped"),
    Message("The child execution timed out"),
    Message("The child execution failed without a reason"),
    Message("Timed out"),
    Message("The job failed without a reason"),
    Message("EMR itself failed (INTERNAL_ERROR)"),
    Message("The cluster was not available (CLUSTER_UNAVAILABLE)"),
    Message("The job's own program failed (USER_ERROR)"),
    Message("The job was not valid (VALIDATION_ERROR)"),
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What to do about a cause that struck one integration, and AWS's page on it."""

    advice: str
    docs: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the table; `nature` is the usual one, a diagnosis may know better.

    `meaning` is one sentence, `advice` one or two, which may be a user's own; `noun` counts the
    cause, one and many; `docs` is a page of AWS's documentation. `recognised`, which no report
    shows, is in English alone. `integrations` say better what to do, by the service called.
    """

    id: str
    title: Message
    noun: tuple[Msgid, Msgid]
    meaning: Message
    nature: Nature
    recognised: str
    advice: str
    docs: str
    integrations: Mapping[str, Guide] = field(default_factory=dict)

    def advised(self, advice: str) -> "Cause":
        """The row with this advice, whatever was called."""
        guides = {each: replace(guide, advice=advice) for each, guide in self.integrations.items()}
        return replace(self, advice=advice, integrations=guides)


@cache
def table() -> Mapping[str, Cause]:
    """All causes by id, in the order in which the documentation shows them."""
    return MappingProxyType(
        {name: _cause(name, row) for name, row in read_toml("causes.toml").items()}
    )


def _cause(name: str, row: Mapping[str, Any]) -> Cause:
    one, many = row["noun"]
    told = {key: Message(row[key]) for key in ("title", "meaning", "advice")}
    guides = {
        service: Guide(Message(guide["advice"]), guide["docs"])
        for service, guide in row.get("integrations", {}).items()
    }
    own = {"id": name, "noun": (Msgid(one), Msgid(many)), "integrations": guides}
    return Cause(**{**row, **told, **own})


def noun(cause: str, count: int = 2) -> Message | None:
    """What to call a cause in a sentence, for one or for many; None where it is not known."""
    row = table().get(cause)
    return ngettext(*row.noun, count) if row else None


@cache
def messages() -> Mapping[str, Message]:
    """What a diagnosis says where AWS gave no words, by the English text."""
    titles = (row.title for row in table().values())
    return MappingProxyType({str(each): each for each in (*titles, *_WITHOUT_WORDS)})


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file that lies beside this module."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
