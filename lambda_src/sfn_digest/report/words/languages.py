"""The languages that there are words in."""

from typing import get_args

from sfn_digest.records import Language
from sfn_digest.report.words.words import Words

LANGUAGES: tuple[Language, ...] = get_args(Language)


def words_in(language: Language) -> Words:
    """Give the words of a language."""
    if language == "en":
        return Words()
    # Who reads English does not wait for a dozen modules of another language.
    from sfn_digest.report.words.japanese import Japanese  # noqa: PLC0415

    return Japanese()
