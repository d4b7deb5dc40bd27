"""The table of causes: what a failure can be named, as data that users can read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sfn_digest.records import Nature


@dataclass(frozen=True, slots=True)
class Cause:
    """One row of the table; `nature` is the usual one, a diagnosis may know better.

    `meaning` is one sentence, `advice` one or two; `docs` is a page of AWS's documentation.
    """

    id: str
    title: str
    meaning: str
    nature: Nature
    recognised: str
    advice: str
    docs: str


@cache
def table() -> Mapping[str, Cause]:
    """All causes by id, in the order in which the documentation shows them."""
    rows = read_toml("causes.toml")
    return MappingProxyType({name: Cause(id=name, **row) for name, row in rows.items()})


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file that lies beside this module."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
