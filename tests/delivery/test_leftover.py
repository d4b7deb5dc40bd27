"""A run that has less to say than the one before it leaves no reply that no longer holds."""

import pytest

from sfn_digest.delivery.keys import message_key
from tests.delivery.faults import Fault, no_faults, scripted
from tests.delivery.weeks import PARTS, Week

pytestmark = pytest.mark.slow


def rerun(week: Week, parts: tuple[str, ...], *removals: Fault | None) -> list[str]:
    """Run the week with these parts; the notes' short names."""
    week.parts = parts
    run = week.run(scripted(remove=list(removals)) if removals else no_faults, edition="again")
    assert run.outcome is not None
    return list(run.codes)


def texts(week: Week) -> list[str]:
    return [each.text for each in week.slack.messages]


def test_replies_that_a_second_run_does_not_have_are_removed() -> None:
    week = Week()
    week.run()
    assert rerun(week, PARTS[:1]) == []
    assert texts(week) == ["root, again"]


def test_a_third_run_posts_them_again() -> None:
    week = Week()
    week.run()
    rerun(week, PARTS[:1])
    assert rerun(week, PARTS) == []
    assert sorted(texts(week)) == sorted(f"{part}, again" for part in PARTS)


def test_a_reply_that_somebody_removed_is_no_fault() -> None:
    week = Week()
    week.run()
    week.slack.remove(week.slack.messages[-1].ts)
    assert rerun(week, PARTS[:2]) == []
    assert texts(week) == ["root, again", "first reply, again"]


def test_a_removal_whose_answer_was_lost_is_tried_again() -> None:
    week = Week()
    week.run()
    assert rerun(week, PARTS[:2], Fault("answer lost", "no_answer")) == []
    assert texts(week) == ["root, again", "first reply, again"]


def test_a_refused_removal_leaves_the_reply_with_a_note_and_is_tried_by_the_next_run() -> None:
    week = Week()
    week.run()
    assert rerun(week, PARTS[:2], Fault("refused", "cant_delete_message")) == ["LeftStanding"]
    assert len(texts(week)) == 3
    assert rerun(week, PARTS[:2]) == []
    assert len(texts(week)) == 2
    entry = week.ledger.read(message_key(week.delivery, 2))
    assert entry is not None
    assert entry["state"] == "refused"
