"""Rules that users write for their own error names and texts.

    [[rule]]
    error = "Billing*"              # glob on the error name; case counts
    contains = "card was declined"  # or a list: any of these, in any case
    matches = "*declined*"          # glob on the whole cause, in any case
    cause = "data_condition"        # an id of the table of causes
    nature = "permanent"            # optional
    advice = "Ask finance."         # optional

A rule needs at least one of error, contains, matches; all it has must hold. The first rule
that holds wins over everything the product knows. There are no regular expressions: a glob
has only `*`, and is compared without backtracking.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, get_args

from sfn_digest.causes.clues import CauseReading, Clue
from sfn_digest.causes.expectations import Expectation, parse_expectation
from sfn_digest.causes.globs import glob
from sfn_digest.causes.lexicon import Verdict
from sfn_digest.causes.phrases import fold
from sfn_digest.causes.table import Cause, table
from sfn_digest.errors import BadRulesError
from sfn_digest.i18n.sanitize import clean, quoted
from sfn_digest.model.executions import Nature

_KEYS = ("error", "contains", "matches", "cause", "nature", "advice")


MOST_CHARACTERS = 1_000_000

_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:["']?[\w-]+["']?[ \t]*\.[ \t]*){50}""")
"""A dotted key of many parts, for which reading takes time by the square of their number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a user's file; empty conditions are not asked."""

    cause: str
    nature: Nature | None
    advice: str | None
    error: str
    contains: tuple[str, ...]
    matches: str

    def holds(self, errors: tuple[str, ...], texts: tuple[str, ...]) -> bool:
        if self.error and not any(glob(self.error, error) for error in errors):
            return False
        if self.contains and not any(words in text for text in texts for words in self.contains):
            return False
        return not self.matches or any(glob(self.matches, text) for text in texts)


@dataclass(frozen=True, slots=True)
class UserRules:
    """A user's rules in the order of their file, and the failures that are expected."""

    rules: tuple[Rule, ...] = ()
    expected: tuple[Expectation, ...] = ()

    def verdict(self, clue: Clue, reading: CauseReading) -> Verdict | None:
        """The first rule that holds for the event's own text or for what was read in it."""
        errors = (reading.error, clue.error)
        texts = (fold(reading.text), fold(clue.cause))
        for rule in self.rules:
            if rule.holds(errors, texts):
                return Verdict(rule.cause, rule.nature)
        return None

    def advised(self, causes: Mapping[str, Cause]) -> Mapping[str, Cause]:
        """The table with the user's own advice where a rule gives some."""
        own = {rule.cause: rule.advice for rule in reversed(self.rules) if rule.advice}
        return {
            id_: cause.advised(own[id_]) if id_ in own else cause for id_, cause in causes.items()
        }


def load_rules(text: str) -> UserRules:
    """The rules in a TOML text. Raises BadRulesError naming the line and the reason."""
    document = _document(text)
    strangers = [key for key, rows in document.items() if not _is_table(key, rows)]
    if strangers:
        raise BadRulesError(
            "The rules file may hold only [[rule]] and [[expected]] tables, not "
            f"{quoted(strangers[0])}."
        )
    return UserRules(
        tuple(_rule(row, line) for row, line in _rows(document, "rule", text)),
        tuple(_expectation(row, line) for row, line in _rows(document, "expected", text)),
    )


def _document(text: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise BadRulesError(
            f"The rules file holds {len(text):,} characters, and may hold {MOST_CHARACTERS:,}: "
            "leave rules out."
        )
    try:
        if _DEEP_KEY.search(text):
            raise RecursionError
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRulesError(f"The rules file is not TOML: {clean(str(error), 200)}.") from error
    except RecursionError:
        raise BadRulesError(
            "The rules file is nested too deeply: give tables of texts, as docs/causes.md shows "
            "them."
        ) from None
    except ValueError:
        # A TOML integer may have as many digits as it likes, but Python reads 4,300.
        raise BadRulesError(
            "The rules file holds a number of too many digits: a rule's values are texts."
        ) from None


def _is_table(key: str, rows: object) -> bool:
    return key in ("rule", "expected") and isinstance(rows, list)


def _rows(document: Mapping[str, Any], key: str, text: str) -> Iterator[tuple[Any, int]]:
    """The tables of one kind, and the lines on which they begin, 0 where that is not seen."""
    lines = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line.split("#")[0].replace(" ", "").strip() == f"[[{key}]]"
    ]
    return zip_longest(document.get(key, ()), lines[: len(document.get(key, ()))], fillvalue=0)


def _expectation(row: Any, line: int) -> Expectation:
    try:
        return parse_expectation(row)
    except ValueError as error:
        where = f"The [[expected]] table on line {line} of the rules file"
        raise BadRulesError(f"{where}: {error}.") from error


def _rule(row: Any, line: int) -> Rule:
    where = f"Rule on line {line} of the rules file"
    problem = _problem(row)
    if problem:
        raise BadRulesError(f"{where}: {problem}.")
    contains = row.get("contains", [])
    listed = [contains] if isinstance(contains, str) else contains
    return Rule(
        cause=row["cause"],
        nature=row.get("nature"),
        advice=row.get("advice"),
        error=row.get("error", ""),
        contains=tuple(fold(words) for words in listed),
        matches=fold(row.get("matches", "")),
    )


def _problem(row: Any) -> str | None:
    if not isinstance(row, Mapping):
        return "it is not a table"
    checks = (_bad_key, _bad_type, _bad_cause, _no_condition)
    return next((problem for check in checks if (problem := check(row))), None)


def _bad_key(row: Mapping[str, Any]) -> str | None:
    stranger = next((key for key in row if key not in _KEYS), None)
    return f"{quoted(stranger)} is none of {', '.join(_KEYS)}" if stranger else None


def _bad_type(row: Mapping[str, Any]) -> str | None:
    for key, value in row.items():
        values = value if key == "contains" and isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str) and item for item in values):
            return f"{key!r} must be text that is not empty"
    return None


def _bad_cause(row: Mapping[str, Any]) -> str | None:
    if row.get("cause") not in table():
        return (
            f"its cause is {quoted(str(row.get('cause')))}, which is none of {', '.join(table())}"
        )
    if row.get("nature", "depends") not in get_args(Nature):
        return f"its nature must be one of {', '.join(get_args(Nature))}"
    return None


def _no_condition(row: Mapping[str, Any]) -> str | None:
    if any(key in row for key in ("error", "contains", "matches")):
        return None
    return "it needs error, contains or matches"
