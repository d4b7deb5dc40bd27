"""Thousands of random weeks, by hostile authors: no message that Slack would refuse."""

import pytest

from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report.slack import message, messages
from simulator.server.slack_blocks import LONGEST_BLOCKS, block_errors, text_length
from tests.examples import many
from tests.report.hostile import Author
from tests.report.hostile_past import with_past
from tests.report.slack_lint import lint, lint_reply

pytestmark = pytest.mark.slow

WEEKS, THREADS = many(2_000), many(120)
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_no_random_week_makes_a_message_that_slack_refuses(share: int) -> None:
    for seed in range(share, WEEKS, SHARES):
        author = Author(seed)
        posted = message(author.found().report(), author.texts())
        assert lint(posted) == [], seed
        assert _refused(posted) == [], seed


@pytest.mark.parametrize("share", range(SHARES))
def test_no_random_week_makes_a_thread_that_slack_refuses(share: int) -> None:
    for seed in range(share, THREADS, SHARES):
        author = Author(seed)
        report = with_past(author, author.found().report())
        for posted in messages(report, author.texts())[1:]:
            assert lint_reply(posted) == [], seed
            assert _refused(posted) == [], seed


def _refused(posted: SlackMessage) -> list[str]:
    """What the simulated workspace, which knows Slack's limits by itself, has against it."""
    errors = block_errors(posted.blocks)
    if text_length(posted.blocks) > LONGEST_BLOCKS:
        errors.append("too much text")
    ids = [block["block_id"] for block in posted.blocks if "block_id" in block]
    return errors if len(set(ids)) == len(ids) else [*errors, "an id is there twice"]
