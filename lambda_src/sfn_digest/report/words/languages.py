"""The languages that there are words in."""

from typing import Literal, get_args

from sfn_digest.report.words.japanese import Japanese
from sfn_digest.report.words.words import Words

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def words_in(language: Language) -> Words:
    """Give the words of a language."""
    return {"en": Words, "ja": Japanese}[language]()
