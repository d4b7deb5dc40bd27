"""Every word the faces show: in English, and by a class that overrides it all, in Japanese."""

from sfn_digest.i18n.english.languages import LANGUAGES, words_in
from sfn_digest.i18n.english.words import Words
from sfn_digest.model.executions import Language

__all__ = ["LANGUAGES", "Language", "Words", "words_in"]
