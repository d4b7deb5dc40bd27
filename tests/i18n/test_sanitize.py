"""Text from outside comes out visible, on one line and short."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.i18n.sanitize import clean, quoted, visible
from tests.report.hostile import HOSTILE

LIMIT = 40
anything = st.text(max_size=200) | st.sampled_from(HOSTILE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("calculate-scores", "calculate-scores"),
        ("two\r\nlines\tand  more ", "two lines and more"),
        ("\u202egnp.exe", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\x1b[31mred", "[31mred"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("名前🚀", "名前🚀"),
        ("filler\u3164letter", "fillerletter"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, shown: str) -> None:
    assert clean(text, LIMIT) == shown


def test_long_text_ends_in_an_ellipsis() -> None:
    assert clean("x" * 41, LIMIT) == "x" * 39 + "…"


def test_text_of_exactly_the_limit_is_whole() -> None:
    assert clean("x" * 40, LIMIT) == "x" * 40


@given(anything)
def test_any_text_is_short_visible_and_encodable(text: str) -> None:
    shown = clean(text, LIMIT)
    assert len(shown) <= LIMIT
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} for c in shown)
    assert shown == shown.strip()
    assert "\n" not in shown
    shown.encode()


@given(anything)
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text, LIMIT)
    assert clean(once, LIMIT) == once


def test_what_a_person_gave_keeps_a_mark_where_it_shows_nothing() -> None:
    assert quoted("C012\u200b3") == "“C012?3”"
    assert quoted("x" * 81) == f"“{'x' * 80}…”"


@given(anything)
def test_visible_text_is_whole_and_on_one_line(text: str) -> None:
    assert visible(text) == clean(text, len(text))
