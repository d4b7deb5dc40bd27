"""A language's words, put together."""

from sfn_digest.i18n.english.adoption import AdoptionWords
from sfn_digest.i18n.english.asking import AskingWords
from sfn_digest.i18n.english.compared import Compared
from sfn_digest.i18n.english.explain import ExplainWords
from sfn_digest.i18n.english.nouns import CAUSES
from sfn_digest.i18n.english.page_labels import PageLabels
from sfn_digest.i18n.english.sentences import Sentences
from sfn_digest.i18n.english.thread import ThreadWords
from sfn_digest.i18n.message import told

_NOUNS = {cause: many for cause, (_, many) in CAUSES.items()}


class Words(Sentences, Compared, ThreadWords, AdoptionWords, AskingWords, ExplainWords):
    """English, and what every other language overrides; `page` is what only the page says."""

    page = PageLabels()

    def said(self, text: str) -> str:
        """Give a sentence that was made elsewhere (see Said) in this language.

        A cause's id in it becomes its noun.
        """
        return str(told(text, _NOUNS, ", "))
