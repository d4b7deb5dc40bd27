"""Sentences that can be told in another language: the English text, and what it was made of."""

from collections.abc import Mapping
from typing import Self


class Said(str):
    """An English sentence that remembers its template and its values.

    It is the English text wherever a string is wanted, such as in JSON; a face in another
    language looks the template up in its catalog and fills it with the same values. A value
    may itself be a Said.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Fill the template, in str.format's own syntax, with the values."""
        said = super().__new__(cls, template.format(**values))
        said.template = template
        said.values = values
        return said

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """How a copy is made."""
        return (self.template,), dict(self.values)
