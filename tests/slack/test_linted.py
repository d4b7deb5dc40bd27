"""Thousands of random weeks, by hostile authors: no message that Slack would refuse."""

import pytest

from sfn_digest.report.slack_blocks import message
from tests.report.hostile import Author
from tests.report.slack_lint import lint
from tests.simulator.server.slack_blocks import LONGEST_BLOCKS, block_errors, text_length

WEEKS = 2_000
SHARES = 8


@pytest.mark.parametrize("share", range(SHARES))
def test_no_random_week_makes_a_message_that_slack_refuses(share: int) -> None:
    for seed in range(share, WEEKS, SHARES):
        author = Author(seed)
        posted = message(author.found().report(), author.texts())
        assert lint(posted) == [], seed
        # The simulated workspace knows Slack's limits by itself.
        assert block_errors(posted.blocks) == [], seed
        assert text_length(posted.blocks) <= LONGEST_BLOCKS, seed
        ids = [block["block_id"] for block in posted.blocks if "block_id" in block]
        assert len(set(ids)) == len(ids), seed
