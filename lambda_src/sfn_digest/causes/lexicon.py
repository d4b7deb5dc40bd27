"""Looks error names up in the recognisers (names.toml): whole, then their last part, then
parts of it. No regular expressions, so that no name can make it slow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sfn_digest.causes.table import read_toml
from sfn_digest.model.executions import Nature

_LONGEST = 256
_SUFFIXES = ("exception", "error", "fault")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cause and, where the recogniser knows better than the table, its nature.

    `weak` asks for the message to be read before this name is believed.
    """

    cause: str
    nature: Nature | None = None
    weak: bool = False


@lru_cache(maxsize=4096)
def by_name(name: str, service: str = "") -> Verdict | None:
    """The verdict on an error name: whole, then its last part, then parts of it."""
    names, name = _names(), name[:_LONGEST]
    for key in _spellings(name):
        verdict = names.get((service, key)) or names.get(("", key))
        if verdict:
            return verdict
    squeezed = _last_part(name).replace("_", "").replace(" ", "").replace("-", "").casefold()
    return next((verdict for stem, verdict in _stems() if stem in squeezed), None)


def _last_part(name: str) -> str:
    for separator in ("::", ".", "$", "/"):
        name = name.rstrip(separator).rsplit(separator, 1)[-1]
    return name.strip("*&<> ")


def _bare(name: str) -> str:
    bare = name.strip().casefold()
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and bare != suffix:
            return bare[: -len(suffix)]
    return bare


def _spellings(name: str) -> Iterable[str]:
    last = _last_part(name)
    return (_bare(name), name.casefold(), _bare(last), last.casefold())


@cache
def _names() -> Mapping[tuple[str, str], Verdict]:
    found: dict[tuple[str, str], Verdict] = {}
    for row in read_toml("names.toml")["name"]:
        for name in row["names"]:
            found.setdefault((row.get("service", ""), _bare(name)), verdict_of(row))
    return found


@cache
def _stems() -> tuple[tuple[str, Verdict], ...]:
    rows = read_toml("names.toml")["stem"]
    return tuple((stem, verdict_of(row)) for row in rows for stem in row["stems"])


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """A row of a table of recognisers as a verdict."""
    return Verdict(row["cause"], row.get("nature"), bool(row.get("weak", False)))
