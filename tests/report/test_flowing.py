"""Lines end where Japanese lets them, and never beyond the width."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Group

from sfn_digest.report.terminal.print import plain
from sfn_digest.report.terminal.wrap import Text, breaks


def lines(text: str, width: int) -> list[str]:
    """Give the lines of a text as a terminal of this width shows it."""
    return plain(Group(Text(text)), width).splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("スポット中断が発生", ["スポット中", "断が発生"]),
        ("スポット中、断が発生", ["スポット", "中、断が発", "生"]),
        ("失敗した試行6回と待機", ["失敗した試", "行6回と待", "機"]),
        ("あいうえ 15回", ["あいうえ", "15回"]),
        ("あいうえ(か)", ["あいうえ", "(か)"]),
        ("あいうえおっと", ["あいうえ", "おっと"]),
        ("Load の失敗", ["Load の失", "敗"]),
        ("あ States.ALL", ["あ", "States.ALL"]),
        ("あ States.ALLs か", ["あ", "States.ALL", "s か"]),
    ],
)
def test_a_line_ends_at_a_wide_glyph_but_not_before_a_mark_or_a_counter(
    text: str, shown: list[str]
) -> None:
    assert lines(text, 10) == shown


def test_text_without_wide_glyphs_is_broken_at_its_spaces() -> None:
    assert lines("22 of 13,659 executions failed", 14) == ["22 of 13,659", "executions", "failed"]


def test_an_address_is_not_broken() -> None:
    text = Text("例 https://example.com/long", no_wrap=True, overflow="ignore")
    assert len(plain(Group(text), 10).splitlines()) == 1


@given(st.text("aあい、(1 。.ｱ🚀", max_size=60), st.integers(2, 20))
def test_no_line_is_wider_than_the_width_and_nothing_is_lost(text: str, width: int) -> None:
    ends = [0, *breaks(text, width), len(text)]
    parts = [text[start:end] for start, end in pairwise(ends)]
    assert "".join(parts) == text
    assert all(cell_len(part.rstrip()) <= width for part in parts)
