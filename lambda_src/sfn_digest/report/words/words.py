"""A language's words, put together."""

from typing import Literal, get_args

from sfn_digest.report.words.adoption import AdoptionWords
from sfn_digest.report.words.compared import Compared
from sfn_digest.report.words.page_labels import PageLabels
from sfn_digest.report.words.sentences import Sentences
from sfn_digest.report.words.thread import ThreadWords

Language = Literal["en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Words(Sentences, Compared, ThreadWords, AdoptionWords):
    """English, and what every other language overrides; `page` is what only the page says."""

    page = PageLabels()

    def said(self, text: str) -> str:
        """Give a sentence that was made elsewhere (see Said) in this language."""
        return str(text)


def words_in(language: Language) -> Words:
    """Give the words of a language."""
    return {"en": Words}[language]()
