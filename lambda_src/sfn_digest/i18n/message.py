"""Sentences that can be told in another language: the English text, and what it was made of."""

from collections.abc import Mapping
from functools import reduce
from typing import NewType, Self

Template = NewType("Template", str)
"""A template that is kept in a table before it is filled."""


class Said(str):
    """An English sentence that remembers its template and its values.

    It is the English text wherever a string is wanted, such as in JSON; a face in another
    language looks the template up in its catalog and fills it with the same values, see
    `told`. A value may itself be a Said, or a tuple of texts: a list in the sentence.

    Templates are literals in a call of Said, `counted` or Template, so that a test finds them.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill the template, in str.format's own syntax, with the values."""
        said = super().__new__(cls, _filled(template, values, ", "))
        said.template = template
        said.values = values
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """How a copy is made."""
        return (self.template,), dict(self.values)


def counted(number: int, one: str, many: str) -> Said:
    """A number with its noun: two templates that name the `number`.

    >>> [counted(number, "{number} attempt", "{number} attempts") for number in (1, 2)]
    ['1 attempt', '2 attempts']
    """
    return Said(one if number == 1 else many, number=number)


def sentences(*texts: str) -> str:
    """Sentences one after the other; empty ones are left out."""

    def then(first: str, second: str) -> str:
        return Said("{first} {second}", first=first, second=second)

    return reduce(then, filter(None, texts))


def told(text: object, catalog: Mapping[str, str], comma: str) -> object:
    """A text in another language: by the catalog's template where it has one.

    `comma` stands between the texts of a list. What is no Said is given back as it is.
    """
    if isinstance(text, tuple):
        return tuple(told(each, catalog, comma) for each in text)
    if not isinstance(text, Said):
        return text
    values = {name: told(value, catalog, comma) for name, value in text.values.items()}
    return _filled(catalog.get(text.template, text.template), values, comma)


def _filled(template: str, values: Mapping[str, object], comma: str) -> str:
    lists = {name: comma.join(each) for name, each in values.items() if isinstance(each, tuple)}
    return template.format(**{**values, **lists})
