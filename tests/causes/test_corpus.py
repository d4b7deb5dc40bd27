"""The labelled corpus, where SFN_CORPUS names it, keeps its floor."""

import os
from pathlib import Path

import pytest

from bench import causes as bench

pytestmark = pytest.mark.skipif("SFN_CORPUS" not in os.environ, reason="SFN_CORPUS names no file")


def test_the_corpus_is_named_right_and_no_nature_is_flipped() -> None:
    scores = bench.measure(bench.load(Path(os.environ["SFN_CORPUS"])))
    assert scores["all"].share >= 95
    for basis in ("sfn_pair", "recorded", "service_string"):
        assert scores[basis].share >= 98, basis
    assert scores["all"].flipped == []


def test_groups_of_the_corpus_hold_one_label_each_and_do_not_split_by_ids() -> None:
    purity, _, split = bench.groups(bench.load(Path(os.environ["SFN_CORPUS"])))
    assert purity >= 99
    assert split == 0
