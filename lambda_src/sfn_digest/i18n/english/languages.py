"""The languages that there are words in."""

from typing import get_args

from sfn_digest.i18n.english.words import Words
from sfn_digest.model.executions import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)


def words_in(language: Language) -> Words:
    """Give the words of a language."""
    if language == "en":
        return Words()
    # Who reads English does not wait for a dozen modules of another language.
    from sfn_digest.i18n.japanese import Japanese  # noqa: PLC0415

    return Japanese()
