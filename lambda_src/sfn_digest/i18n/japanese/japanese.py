"""Japanese, put together."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sfn_digest.i18n.english.words import Words
from sfn_digest.i18n.japanese.adoption import AdoptionWords
from sfn_digest.i18n.japanese.asking import AskingWords
from sfn_digest.i18n.japanese.compared import Compared
from sfn_digest.i18n.japanese.explain import ExplainWords
from sfn_digest.i18n.japanese.nouns import CAUSES
from sfn_digest.i18n.japanese.page_labels import PageLabels
from sfn_digest.i18n.japanese.sentences import Sentences
from sfn_digest.i18n.japanese.thread import ThreadWords
from sfn_digest.i18n.message import told


class Japanese(Sentences, Compared, ThreadWords, AskingWords, ExplainWords, AdoptionWords, Words):
    """All words in Japanese; names of AWS and Amazon States Language stay as they are."""

    page = PageLabels()

    def said(self, text: str) -> str:
        """Give a sentence that was made elsewhere (see Said); others are shown as they are."""
        return str(told(text, catalog(), "、"))


@cache
def catalog() -> Mapping[str, str]:
    """Japanese templates by the English ones; a cause's id is a template too."""
    text = files(__package__).joinpath("said.toml").read_text(encoding="utf-8")
    return {cause: one for cause, (one, _) in CAUSES.items()} | tomllib.loads(text)
