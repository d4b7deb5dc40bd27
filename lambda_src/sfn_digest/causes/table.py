"""The table of causes: what a failure can be named, as data that users can read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sfn_digest.model.executions import Language, Nature

_GUIDES = "https://docs.aws.amazon.com/"
_REFERENCE = "/apireference/"


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
def table(language: Language = "en") -> Mapping[str, Cause]:
    """All causes by id, in the order in which the documentation shows them.

    `recognised`, which no report shows, is English in every language.
    """
    rows = {name: Cause(id=name, **row) for name, row in read_toml("causes.toml").items()}
    if language == "ja":
        told = read_toml("causes_ja.toml")
        rows = {
            name: replace(row, docs=_in_japanese(row.docs), **told[name])
            for name, row in rows.items()
        }
    return MappingProxyType(rows)


@cache
def messages(language: Language) -> Mapping[str, str]:
    """What a diagnosis says where AWS gave no words, in this language, by the English text."""
    if language == "en":
        return {}
    titles = {row.title: table(language)[name].title for name, row in table().items()}
    return MappingProxyType(titles | read_toml("messages_ja.toml"))


def _in_japanese(url: str) -> str:
    """AWS's guides are there in Japanese, its API references in English only."""
    return url if _REFERENCE in url else url.replace(_GUIDES, f"{_GUIDES}ja_jp/")


def read_toml(name: str) -> dict[str, Any]:
    """A TOML file that lies beside this module."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
