"""Every word the faces show: in English, and by a class that overrides it all, in Japanese."""

from sfn_digest.report.words.words import LANGUAGES, Language, Words, words_in

__all__ = ["LANGUAGES", "Language", "Words", "words_in"]
