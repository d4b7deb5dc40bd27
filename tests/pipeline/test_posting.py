"""A digest is parted by the channels that machines' own tags name."""

from dataclasses import replace

import pytest

from sfn_digest.guard import Guard
from sfn_digest.model.report import Report
from sfn_digest.pipeline.posting import routed_digest, unrouted
from sfn_digest.report.json_face import to_dict
from tests.report import made, made_past

pytestmark = pytest.mark.slow

STACK, TEAM = "C0SFNDIGEST", "C0TEAMAAA1"


def tagged(*arns: str) -> Report:
    week = made_past.compared_week()
    machines = (replace(each, channel=TEAM) if each.arn in arns else each for each in week.machines)
    return replace(week, machines=tuple(machines))


def parted(report: Report) -> tuple[dict[str, list[str]], int]:
    """The machines that each channel's report is about, and the failures of the whole."""
    digest = routed_digest(report, made.TEXTS, STACK, charts=False, behind=Guard())
    told = {
        each.channel: [machine["name"] for machine in each.report["machines"]]
        for each in (digest, *digest.parts)
    }
    return told, len((digest.whole or digest.report)["failures"])


def test_a_machine_with_a_channel_is_told_of_there_and_nowhere_else() -> None:
    told, failures = parted(tagged(made.SCORES.arn, made.BATCH.arn))
    assert set(told) == {STACK, TEAM}
    assert sorted(told[TEAM]) == ["calculate-scores", "daily-batch"]
    assert not {*told[TEAM]} & {*told[STACK]}
    assert failures == len(made.week_failures())


def test_each_channel_s_message_speaks_of_its_own_machines() -> None:
    report = tagged(made.SCORES.arn)
    digest = routed_digest(report, made.TEXTS, STACK, charts=False, behind=Guard())
    (team,) = digest.parts
    assert team.messages[0].text.startswith("11 of 401 executions failed")
    assert not any("calculate-scores" in each.text for each in digest.messages)
    assert any("1 state machine reported in 1 other channel" in m.text for m in digest.messages)


def test_without_channels_the_digest_is_the_whole() -> None:
    digest = routed_digest(tagged(), made.TEXTS, STACK, charts=False, behind=Guard())
    assert (digest.parts, digest.whole) == ((), None)
    assert digest.report == to_dict(tagged())


def test_a_machine_whose_channel_is_the_stack_s_own_stays() -> None:
    report = tagged(*(each.arn for each in made.week().machines))
    digest = routed_digest(report, made.TEXTS, TEAM, charts=False, behind=Guard())
    assert digest.parts == ()


def test_where_every_machine_has_a_channel_the_stack_s_own_says_so_in_a_line() -> None:
    report = tagged(*(each.arn for each in made.week().machines))
    digest = routed_digest(report, made.TEXTS, STACK, charts=False, behind=Guard())
    (line,) = digest.messages
    assert line.text.startswith("5 state machines reported in 1 other channel")
    assert len(digest.parts) == 1


def test_a_webhook_says_that_it_posts_to_its_own_channel_alone() -> None:
    (note,) = unrouted(tagged(made.SCORES.arn)).coverage.notes
    assert "bot token" in note
    assert unrouted(tagged()) == tagged()
