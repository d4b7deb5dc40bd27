"""In five kinds of weeks the reader finds first what there is to find, and the page says so."""

import pytest

from pictures.first_look import PAGE, Look, first_lines, looks, written
from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.slack import (
    MOST_CHARACTERS,
    MOST_WORDS,
    message,
    read_characters,
    read_words,
)
from tests.report.slack_lint import lint

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("look", looks(), ids=lambda look: str(look.name))
def test_what_is_sought_stands_in_the_first_two_lines(look: Look) -> None:
    assert look.sought in " ".join(first_lines(look.report))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("look", looks(), ids=lambda look: str(look.name))
def test_every_week_is_read_in_130_words_and_six_blocks(look: Look, language: Language) -> None:
    posted = message(look.report, texts_in(language))
    assert read_words(posted) <= MOST_WORDS
    assert read_characters(posted) <= MOST_CHARACTERS
    assert len(posted.blocks) <= 6
    assert lint(posted) == []


def test_the_page_shows_what_the_message_says_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run `python -m pictures.first_look`"
