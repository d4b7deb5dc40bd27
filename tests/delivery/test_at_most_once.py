"""Where nobody can look into the channel there is at most one message, and an alarm."""

import pytest

from sfn_digest.errors import UndeliveredError
from tests.delivery.faults import Fault, scripted
from tests.delivery.weeks import Week

LOST = [Fault("answer lost"), Fault("refused", "server_error"), Fault("refused", "no_answer")]


def blind(*, webhook: bool) -> Week:
    return Week(webhook=webhook, history=False, parts=("root",))


@pytest.mark.parametrize("webhook", [True, False])
@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_lost_answer_is_told_and_nothing_is_posted_again(fault: Fault, *, webhook: bool) -> None:
    week = blind(webhook=webhook)
    taken = int(fault.kind == "answer lost")
    for run in (week.run(scripted(post=[fault])), week.run(), week.run()):
        assert isinstance(run.error, UndeliveredError)
        assert "post the digest again only if it is not there" in str(run.error)
        assert len(week.slack.messages) == taken


@pytest.mark.parametrize("webhook", [True, False])
@pytest.mark.parametrize("kind", ["killed before", "killed after"])
def test_a_run_killed_while_posting_leaves_a_doubt_that_is_told(
    kind: str, *, webhook: bool
) -> None:
    week = blind(webhook=webhook)
    week.run(scripted(post=[Fault(kind)]))  # type: ignore[arg-type]
    run = week.run()
    assert isinstance(run.error, UndeliveredError)
    assert len(week.slack.messages) == int(kind == "killed after")


@pytest.mark.parametrize("webhook", [True, False])
def test_a_person_who_has_looked_may_post_what_is_not_there(*, webhook: bool) -> None:
    week = blind(webhook=webhook)
    week.run(scripted(post=[Fault("refused", "server_error")]))
    run = week.run(looked=True)
    assert run.scans == 0
    assert len(week.slack.messages) == 1


@pytest.mark.parametrize("webhook", [True, False])
def test_what_was_lost_after_a_person_looked_is_doubtful_again(*, webhook: bool) -> None:
    week = blind(webhook=webhook)
    week.run(scripted(post=[Fault("refused", "server_error")]))
    run = week.run(scripted(post=[Fault("answer lost")]), looked=True)
    assert isinstance(run.error, UndeliveredError)
    assert len(week.slack.messages) == 1


@pytest.mark.parametrize("code", ["ratelimited", "service_unavailable", "unreachable"])
def test_a_sure_refusal_leaves_no_doubt(code: str) -> None:
    week = blind(webhook=True)
    run = week.run(scripted(post=[Fault("refused", code)]))
    assert run.outcome is not None
    assert len(week.slack.messages) == 1


def test_a_webhook_posts_the_root_alone_and_says_so() -> None:
    week = Week(webhook=True)
    run = week.run()
    assert run.codes == ["ThreadLeftOut"]
    assert [each.text for each in week.slack.messages] == ["root, as read"]
    assert run.outcome is not None
    assert run.outcome.posted.ts is None


def test_a_second_run_behind_a_webhook_leaves_the_first_digest_and_says_so() -> None:
    week = blind(webhook=True)
    week.run(edition="first")
    run = week.run(edition="second")
    assert run.codes == ["LeftStanding"]
    assert [each.text for each in week.slack.messages] == ["root, first"]
