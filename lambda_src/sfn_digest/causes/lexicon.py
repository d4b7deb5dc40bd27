"""Looks error names up: the whole name, then its last part, then parts of it. What people
judged stands in names.toml, what AWS's models say in service_errors.json, and which names are
AWS's in service_names.json. No regular expressions, so that no name can make it slow."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sfn_digest.causes.table import read_toml
from sfn_digest.model.executions import Nature

_LONGEST = 256
_SUFFIXES = ("exception", "error", "fault")
_START = "|"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A cause and, where the recogniser knows better than the table, its nature.

    `weak` asks for the message to be read before this name is believed; `sure` words are
    believed before any name.
    """

    cause: str
    nature: Nature | None = None
    weak: bool = False
    sure: bool = False


AWS = "aws"
"""A service of AWS's whose name is not known."""


@lru_cache(maxsize=4096)
def by_name(name: str, service: str = "") -> Verdict | None:
    """The verdict on an error name; `service` is the one of AWS's that raised it, as
    service_key has it, or "" where the name may be anybody's."""
    spellings = _spellings(name[:_LONGEST])
    for table, owner in (
        (_names(), service),
        (_modelled(), service),
        (_names(), ""),
        (_modelled(), ""),
    ):
        verdict = _first(table, owner, spellings)
        if verdict:
            return verdict
    return _by_parts(name[:_LONGEST], aws=bool(service) or is_of_aws(name[:_LONGEST]))


def is_of_aws(name: str) -> bool:
    """Whether the name alone tells that the error is one of AWS's, whoever raised it."""
    return bare(_last_part(name)) in _names_of_services()


def by_hand(name: str, service: str) -> Verdict | None:
    """The verdict on an error name by what people judged, without AWS's models."""
    spellings = _spellings(name)
    return (
        _first(_names(), service, spellings)
        or _first(_names(), "", spellings)
        or _by_parts(name, aws=True)
    )


@lru_cache(maxsize=1024)
def service_key(service: str) -> str:
    """`AWSLambda`, `AmazonDynamoDBv2`, `RDS Data` and `RdsData` each in one spelling."""
    name = service.strip().casefold().replace(" ", "")
    for prefix in ("aws", "amazon"):
        if name.startswith(prefix) and len(name) > len(prefix):
            name = name[len(prefix) :]
    return name


def bare(name: str) -> str:
    """An error name in small letters, without the suffix that says that it is one."""
    folded = name.strip().casefold()
    for suffix in _SUFFIXES:
        if folded.endswith(suffix) and folded != suffix:
            return folded[: -len(suffix)]
    return folded


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """A row of a table of recognisers as a verdict."""
    flags = {flag: bool(row.get(flag, False)) for flag in ("weak", "sure")}
    return Verdict(row["cause"], row.get("nature"), **flags)


_Table = Mapping[tuple[str, str], Verdict]


def _first(table: _Table, owner: str, spellings: Iterable[str]) -> Verdict | None:
    return next((table[owner, each] for each in spellings if (owner, each) in table), None)


def _spellings(name: str) -> tuple[str, ...]:
    # Ruby's runtime wraps the class: `Function<Timeout::Error>`.
    inner = name.removeprefix("Function<").rstrip(">")
    last = _last_part(name)
    # Some carry two suffixes, such as `ModelErrorException`.
    two = bare(bare(last))
    return (bare(name), name.casefold(), bare(inner), bare(last), last.casefold(), two)


def _by_parts(name: str, *, aws: bool) -> Verdict | None:
    last = _last_part(name)
    words = words_of_name(last)
    ends = ["".join(words[place:]) for place in range(len(words))]
    # One case without a break does not tell where a word begins.
    anywhere = len(words) == 1 and (last.islower() or last.isupper())
    for stem, verdict in _stems(aws=aws) if ends else ():
        if stem in ends[0] and (anywhere or any(each.startswith(stem) for each in ends)):
            return verdict
    return None


def words_of_name(name: str) -> list[str]:
    """The words of a name, in small letters: `DBInUse` has `db`, `in` and `use`."""
    marked, before = "", ""
    for letter, after in zip(name, f"{name} "[1:], strict=True):
        if letter in "_- ":
            before = ""
            continue
        turns = letter.isupper() and not (before.isupper() and not after.islower())
        marked += f"{_START}{letter}" if not before or turns else letter
        before = letter
    return marked.casefold().split(_START)[1:]


def _last_part(name: str) -> str:
    for separator in ("::", ".", "$", "/", "\\"):
        name = name.rstrip(separator).rsplit(separator, 1)[-1]
    return name.strip("*&<> ")


@cache
def _names() -> _Table:
    found: dict[tuple[str, str], Verdict] = {}
    for row in _table_of_names()["name"]:
        for name in row["names"]:
            found.setdefault((row.get("service", ""), bare(name)), verdict_of(row))
    return found


@cache
def _stems(*, aws: bool) -> tuple[tuple[str, Verdict], ...]:
    others = "code" if aws else "aws"
    rows = [row for row in _table_of_names()["stem"] if not row.get(others)]
    return tuple((stem, verdict_of(row)) for row in rows for stem in row["stems"])


@cache
def _modelled() -> _Table:
    """By service and code ("" for every service); weak, since a message may know better."""
    text = files(__package__).joinpath("service_errors.json").read_text(encoding="utf-8")
    keys = ("cause", "nature", "weak")
    return {
        (service, code): verdict_of(dict(zip(keys, (*known.split(), True), strict=True)))
        for known, services in json.loads(text).items()
        for service, codes in services.items()
        for code in codes.split()
    }


@cache
def _names_of_services() -> frozenset[str]:
    text = files(__package__).joinpath("service_names.json").read_text(encoding="utf-8")
    return frozenset(name for names in json.loads(text).values() for name in names.split())


@cache
def _table_of_names() -> dict[str, Any]:
    return read_toml("names.toml")
