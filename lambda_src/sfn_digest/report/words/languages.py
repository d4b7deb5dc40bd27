"""The languages that there are words in."""

from typing import get_args

from sfn_digest.records import Language
from sfn_digest.report.words.japanese import Japanese
from sfn_digest.report.words.words import Words

LANGUAGES: tuple[Language, ...] = get_args(Language)


def words_in(language: Language) -> Words:
    """Give the words of a language."""
    return {"en": Words, "ja": Japanese}[language]()
