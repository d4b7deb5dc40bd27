"""Conditions on log records: those of a Logs Insights filter, and those of a filter pattern."""

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from simulator.server.api import ApiError

Condition = Callable[[Mapping[str, Any]], bool]
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\|\||&&|!=|[$@\w.]+|[\[\](),={}])')


def tokens_of(text: str, code: str) -> list[str]:
    """The words, quoted texts and signs of a condition; `code` is the error for any other."""
    found: list[str] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ApiError(code, f"The simulated account does not understand {text[at:]!r}")
        found.append(match[1])
        at = match.end()
    return found


class Parser:
    """Reads `and` and `or` with parentheses; a subclass reads what they join."""

    AND = "and"
    OR = "or"
    CODE = "MalformedQueryException"

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text, self.CODE)

    def whole(self) -> Condition:
        """The condition that the text is, all of it."""
        found = self._any()
        if self._tokens:
            raise self.wrong(self._tokens[0])
        return found

    def _any(self) -> Condition:
        parts = [self._all()]
        while self.taken(self.OR):
            parts.append(self._all())
        return lambda record: any(part(record) for part in parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self.taken(self.AND):
            parts.append(self._one())
        return lambda record: all(part(record) for part in parts)

    def _one(self) -> Condition:
        if self.taken("("):
            inner = self._any()
            self.expect(")")
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        """One comparison."""
        raise NotImplementedError

    def taken(self, token: str) -> bool:
        """Take a token off, where it is the next."""
        if self._tokens and self._tokens[0] == token:
            self._tokens.pop(0)
            return True
        return False

    def expect(self, token: str) -> None:
        """Take a token off that must be the next."""
        if not self.taken(token):
            raise self.wrong(self._tokens[0] if self._tokens else "the end")

    def next(self) -> str:
        """The next token, whatever it is."""
        if not self._tokens:
            raise self.wrong("the end")
        return self._tokens.pop(0)

    def text(self) -> str:
        """A quoted text."""
        token = self.next()
        if not token.startswith('"'):
            raise self.wrong(token)
        return re.sub(r"\\(.)", r"\1", token[1:-1])

    def wrong(self, token: str) -> ApiError:
        """The error for a token that does not belong here."""
        return ApiError(self.CODE, f"unexpected symbol found {token}")


class InsightsFilter(Parser):
    """`field in ["…"]`, `field like "…"` and `field = "…"`."""

    def comparison(self) -> Condition:
        """One comparison."""
        name = self.next()
        if self.taken("like"):
            part = self.text()
            return lambda record: part in str(field_of(record, name) or "")
        if self.taken("="):
            value = self.text()
            return lambda record: field_of(record, name) == value
        self.expect("in")
        self.expect("[")
        values = {self.text()}
        while self.taken(","):
            values.add(self.text())
        self.expect("]")
        return lambda record: field_of(record, name) in values


class PatternFilter(Parser):
    """`$.field = "…*"`, as a JSON filter pattern has it between its braces."""

    AND, OR, CODE = "&&", "||", "InvalidParameterException"

    def comparison(self) -> Condition:
        """One comparison."""
        name = self.next()
        if not name.startswith("$."):
            raise self.wrong(name)
        self.expect("=")
        pattern = self.text()
        return lambda record: fnmatchcase(str(field_of(record, name[2:]) or ""), pattern)


def pattern_of(text: str) -> Condition:
    """The condition that a JSON filter pattern is; an empty one lets everything pass."""
    text = text.strip()
    if not text:
        return lambda _record: True
    if not (text.startswith("{") and text.endswith("}")):
        raise ApiError("InvalidParameterException", "The simulated account takes JSON patterns")
    return PatternFilter(text[1:-1]).whole()


def field_of(record: Mapping[str, Any], name: str) -> Any:
    """A field as Logs Insights discovers it in JSON: by its path, in dots; None where it is not."""
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
