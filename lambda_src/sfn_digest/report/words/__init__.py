"""Every word the faces show: in English, and by a class that overrides it all, in Japanese."""

from sfn_digest.records import Language
from sfn_digest.report.words.languages import LANGUAGES, words_in
from sfn_digest.report.words.words import Words

__all__ = ["LANGUAGES", "Language", "Words", "words_in"]
