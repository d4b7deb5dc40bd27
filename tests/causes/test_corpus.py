"""The labelled corpora, where SFN_CORPUS names them, keep their floors."""

import os
from pathlib import Path

import pytest

from bench import causes as bench
from bench import redaction

PATHS = bench.corpora([os.environ.get("SFN_CORPUS", "")])
pytestmark = pytest.mark.skipif(not PATHS, reason="SFN_CORPUS names no file")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.name))
def test_a_corpus_is_named_right_and_no_nature_is_flipped(path: Path) -> None:
    scores = bench.measure(bench.load(path))
    assert scores["all"].share >= 97
    assert scores["all"].flipped == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.name))
def test_groups_of_a_corpus_hold_one_label_each_and_do_not_split_by_ids(path: Path) -> None:
    purity, _, split = bench.groups(bench.load(path))
    assert purity >= 99
    assert split == 0


def test_redaction_touches_next_to_nothing_of_the_corpora_which_hold_no_secret() -> None:
    texts = redaction.corpora(os.environ["SFN_CORPUS"])
    touched = redaction.false_alarms(texts)
    assert len(touched) < len(texts) / 200, touched
