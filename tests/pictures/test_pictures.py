"""The pictures are small, told in words, and those that were drawn; see test_stale.py too."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import pytest

from pictures import manifest
from pictures.drawn import Picture
from pictures.sizes import FAILURES, MACHINES, sized
from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.slack import message
from tests.examples import many
from tests.report.slack_lint import lint

pytestmark = pytest.mark.slow

Told: TypeAlias = Mapping[str, Mapping[str, str]]

TOLD: Told = json.loads(manifest.MANIFEST.read_text(encoding="utf-8"))
FILES = sorted(path.stem for path in manifest.FOLDER.glob("*.png"))
LARGEST = 250 * 1024
"""Bytes: what a README can load without making its reader wait."""


def test_other_data_make_another_hash() -> None:
    picture = Picture("name", "page", "<p>one</p>", 100)
    (one,), (other,) = (
        manifest.of([each]).values() for each in (picture, replace(picture, data="<p>two</p>"))
    )
    assert one["drawn_from"] != other["drawn_from"]


def test_every_file_is_the_one_that_was_drawn() -> None:
    assert sorted(TOLD) == FILES
    for name, each in TOLD.items():
        drawn = (manifest.FOLDER / f"{name}.png").read_bytes()
        assert each["png"] == sha256(drawn).hexdigest(), name


@pytest.mark.parametrize("name", FILES)
def test_a_picture_is_small(name: str) -> None:
    assert (manifest.FOLDER / f"{name}.png").stat().st_size <= LARGEST


def test_every_picture_is_shown_with_words_for_who_does_not_see_it() -> None:
    pages = [Path("README.md"), manifest.FOLDER / "README.md"]
    shown: dict[str, str] = {}
    for page in pages:
        for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+\.png)\)", page.read_text("utf-8")):
            assert (page.parent / path).is_file(), path
            assert len(words) > 20, path
            shown[Path(path).stem] = words
    assert sorted(shown) == FILES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("machines", MACHINES)
@pytest.mark.parametrize("failures", sorted({min(each, many(50_000)) for each in FAILURES}))
def test_a_digest_of_any_size_keeps_slack_s_limits(
    machines: int, failures: int, language: Language
) -> None:
    shown = message(sized(machines, failures), texts_in(language))
    assert lint(shown) == []
    assert len(shown.blocks) <= 8
