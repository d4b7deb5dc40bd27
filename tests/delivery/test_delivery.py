"""Whatever fails, and wherever: the channel shows one root and one of each reply."""

import pytest

from sfn_digest.delivery import adhoc_id
from sfn_digest.errors import UndeliveredError
from sfn_digest.slack.post_errors import SlackPostError
from tests.delivery.faults import Fault, no_faults, scripted
from tests.delivery.weeks import AGAIN, Week, faults_in_channel

pytestmark = pytest.mark.slow

LAMBDA_RETRY = 60.0
LATER = Fault("slow", seconds=5.0)


def test_a_digest_is_posted_with_its_thread_in_order() -> None:
    week = Week()
    run = week.run()
    assert faults_in_channel(week) == []
    assert [each.text for each in week.slack.messages] == [
        "root, as read",
        "first reply, as read",
        "second reply, as read",
    ]
    assert run.outcome is not None
    assert run.outcome.posted.ts == week.slack.roots()[0].ts
    assert run.notes == []


def test_a_second_run_of_the_period_updates_what_stands() -> None:
    week = Week()
    week.run(edition="first")
    second = week.run(edition="second")
    assert faults_in_channel(week) == []
    assert [each.text for each in week.slack.roots()] == ["root, second"]
    assert second.scans == 1


def test_a_second_run_that_reads_the_same_touches_nothing() -> None:
    week = Week()
    week.run()
    week.run()
    assert [each.edits for each in week.slack.messages] == [0, 0, 0]


def test_a_request_that_lambda_repeats_is_neither_read_nor_posted_again() -> None:
    week = Week(delivery=adhoc_id("0f0f-1", "C0SFNDIGEST"), period=False)
    first = week.run(edition="first")
    repeated = week.run(edition="second")
    assert (first.scans, repeated.scans) == (1, 0)
    assert [each.text for each in week.slack.roots()] == ["root, first"]


CALLS = {"load": 2, "store": 1, "edition": 1, "read": 8, "write": 7, "post": 3}
CRASHES = [
    (where, index, kind)
    for where, calls in CALLS.items()
    for index in range(calls)
    for kind in ("killed before", "killed after")
]


@pytest.mark.parametrize(("where", "index", "kind"), CRASHES)
@pytest.mark.parametrize("retried_after", [1.0, LAMBDA_RETRY])
def test_a_run_killed_anywhere_is_finished_by_its_retry(
    where: str, index: int, kind: str, retried_after: float
) -> None:
    week = Week()
    faults: list[Fault | None] = [*[None] * index, Fault(kind)]  # type: ignore[arg-type]
    week.run(scripted(**{where: faults}))
    week.later(retried_after)
    retry = week.run()
    assert faults_in_channel(week) == []
    assert retry.outcome is not None


def test_a_crash_between_posting_and_storing_is_found_in_the_channel() -> None:
    week = Week()
    week.run(scripted(post=[Fault("killed after")]))
    week.later(LAMBDA_RETRY)
    retry = week.run()
    assert retry.codes == ["Adopted"]
    assert retry.scans == 0
    assert [each.edits for each in week.slack.messages] == [0, 0, 0]


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize(
    "fault",
    [
        Fault("answer lost", "no_answer"),
        Fault("answer lost", "server_error"),
        Fault("answer lost", "fatal_error"),
        Fault("answer lost", "internal_error"),
        Fault("answer lost", "unreadable_answer"),
        Fault("taken late", "no_answer", seconds=14.0),
        Fault("refused", "server_error"),
        Fault("refused", "no_answer"),
        Fault("refused", "unreachable"),
        Fault("refused", "service_unavailable"),
        Fault("refused", "ratelimited", retry_after=30.0),
        Fault("slow", seconds=40.0),
    ],
    ids=str,
)
def test_one_run_alone_survives_a_fault_of_any_post(index: int, fault: Fault) -> None:
    week = Week()
    run = week.run(scripted(post=[*[None] * index, fault]))
    assert faults_in_channel(week) == []
    assert run.outcome is not None


@pytest.mark.parametrize("where", ["load", "edition", "read", "write"])
@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("kind", ["refused", "answer lost"])
def test_a_table_that_fails_stops_the_run_and_the_retry_finishes_it(
    where: str, index: int, kind: str
) -> None:
    week = Week()
    week.run(scripted(**{where: [*[None] * index, Fault(kind)]}))  # type: ignore[arg-type]
    week.later(LAMBDA_RETRY)
    assert week.run().outcome is not None
    assert faults_in_channel(week) == []


def test_a_report_that_cannot_be_kept_is_posted_all_the_same() -> None:
    week = Week()
    run = week.run(scripted(store=[Fault("refused")]))
    assert run.codes == ["NotKept"]
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("seed", range(20))
def test_two_runs_at_once_post_once(seed: int) -> None:
    week = Week(seed)
    runs = week.together([(no_faults, "one", 0.0), (no_faults, "two", 0.0)])
    assert faults_in_channel(week) == []
    assert all(run.outcome for run in runs)


@pytest.mark.parametrize("history", [True, False])
@pytest.mark.parametrize("seconds", [16.0, 70.0, 200.0])
def test_a_connection_that_stands_after_the_claims_lease_sends_nothing(
    seconds: float, *, history: bool
) -> None:
    week = Week(history=history, parts=("root",))
    slow = scripted(post=[Fault("connects late", seconds=seconds)])
    runs = week.together([(slow, "one", 0.0), (no_faults, "two", 0.0)])
    week.later(600.0)
    assert len(week.slack.messages) == 1
    assert any(run.outcome for run in runs)
    assert "Duplicate" not in [code for run in runs for code in run.codes]


@pytest.mark.parametrize("skew", [-290.0, 290.0])
def test_clocks_that_differ_neither_free_a_claim_nor_hide_a_message(skew: float) -> None:
    week = Week()
    week.run(scripted(post=[Fault("killed after")]), skew=-skew)
    week.later(1.0)
    week.together([(no_faults, "one", skew), (no_faults, "two", 0.0)])
    assert faults_in_channel(week) == []


def test_a_claim_held_by_another_run_is_waited_for_only_within_the_time_left() -> None:
    week = Week()
    week.run(scripted(post=[Fault("killed before")]))
    week.later(1.0)
    hurried = week.run(lasts=30.0)
    assert isinstance(hurried.error, UndeliveredError)
    assert "Another run is posting" in str(hurried.error)
    assert week.run().outcome is not None
    assert faults_in_channel(week) == []


def test_a_claim_that_took_too_long_is_not_posted_under() -> None:
    week = Week()
    week.run(scripted(write=[Fault("slow", seconds=30.0)]))
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_run_that_learns_of_its_claim_after_its_lease_does_not_post_beside_another(
    seed: int,
) -> None:
    week = Week(seed)
    paused = scripted(write=[Fault("answered late", seconds=90.0)])
    week.together([(paused, "one", 0.0), (no_faults, "two", 0.0)])
    assert faults_in_channel(week) == []


def test_a_post_that_took_longer_than_its_lease_is_told_as_a_duplicate() -> None:
    week = Week(parts=("root",))
    held = scripted(post=[Fault("slow", seconds=200.0)])
    runs = week.together([(held, "one", 0.0), (scripted(kept=[LATER]), "two", 0.0)])
    assert len(week.slack.roots()) == 2
    assert "Duplicate" in runs[0].codes


def test_a_message_that_another_run_took_for_absent_is_recorded_as_posted_all_the_same() -> None:
    week = Week(parts=("root",))
    held = scripted(post=[Fault("slow", seconds=80.0)])
    killed = scripted(kept=[LATER], write=[Fault("killed after")])
    week.together([(held, "one", 0.0), (killed, "one", 0.0)])
    assert week.run(edition="one").codes == []
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_run_beside_one_that_lost_its_answer_waits_for_a_late_message_too(seed: int) -> None:
    week = Week(seed, parts=("root",))
    late = scripted(post=[Fault("taken late", "no_answer", seconds=14.0)])
    week.together([(late, "one", 0.0), (scripted(kept=[LATER]), "two", 0.0)])
    assert faults_in_channel(week) == []


def test_a_doubt_that_a_run_left_behind_is_not_waited_for_as_a_lease_is() -> None:
    week = Week(parts=("root",))
    faults = scripted(
        post=[Fault("refused", "no_answer")], find=[Fault("refused", "no_answer")] * 9
    )
    assert week.run(faults).error is not None
    assert week.run(lasts=50.0).outcome is not None
    assert faults_in_channel(week) == []


def test_a_rate_limit_beyond_the_time_left_ends_in_an_error_that_names_the_command() -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", "ratelimited", retry_after=1_000.0)]))
    assert isinstance(run.error, UndeliveredError)
    assert AGAIN in str(run.error)
    assert "Slack allows no more messages for now" in str(run.error)
    retry = week.run()
    assert retry.scans == 0
    assert faults_in_channel(week) == []


def test_a_rate_limit_is_waited_for_as_long_as_slack_asks() -> None:
    week = Week()
    week.run(scripted(post=[Fault("refused", "ratelimited", retry_after=300.0)]))
    assert week.stage.clock >= 300.0
    assert faults_in_channel(week) == []


def test_a_long_outage_is_left_to_a_later_run() -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", "service_unavailable")] * 50))
    assert isinstance(run.error, UndeliveredError)
    assert week.stage.clock < 120.0
    assert week.run().scans == 0
    assert faults_in_channel(week) == []


def test_answers_that_keep_being_lost_end_in_an_error() -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", "server_error")] * 9))
    assert isinstance(run.error, UndeliveredError)
    assert week.slack.messages == []
    week.run()
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("code", ["invalid_auth", "channel_not_found", "brand_new_error"])
def test_what_a_person_must_mend_is_not_tried_again(code: str) -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", code)]))
    assert isinstance(run.error, UndeliveredError)
    assert isinstance(run.error.__cause__, SlackPostError)
    assert run.error.__cause__.code == code
    assert week.run().scans == 0
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
def test_refused_blocks_are_sent_once_more_as_plain_text(code: str) -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", code)]))
    assert run.codes == ["PlainForm"]
    assert [each.plain for each in week.slack.messages] == [True, False, False]
    assert faults_in_channel(week) == []


def test_refused_charts_are_left_out_before_the_blocks_are() -> None:
    week = Week(charts=True)
    run = week.run(scripted(post=[Fault("refused", "invalid_blocks")]))
    assert run.codes == ["NoCharts"]
    assert [each.plain for each in week.slack.messages] == [False] * 3
    assert faults_in_channel(week) == []
    twice = Week(charts=True)
    assert twice.run(scripted(post=[Fault("refused", "invalid_blocks")] * 2)).codes == [
        "NoCharts",
        "PlainForm",
    ]
    assert [each.plain for each in twice.slack.messages] == [True, False, False]


def test_a_digest_whose_charts_were_refused_stands_as_it_is_in_the_next_run() -> None:
    week = Week(charts=True)
    week.run(scripted(post=[None, Fault("refused", "invalid_blocks")]))
    again = week.run()
    assert again.codes == []
    assert [each.edits for each in week.slack.messages] == [0, 0, 0]


def test_plain_text_that_is_refused_too_is_an_error() -> None:
    week = Week()
    run = week.run(scripted(post=[Fault("refused", "msg_too_long")] * 2))
    assert run.codes == ["PlainForm"]
    assert isinstance(run.error, UndeliveredError)


def test_an_update_that_is_refused_is_sent_once_more_as_plain_text() -> None:
    week = Week()
    week.run(edition="first")
    run = week.run(scripted(update=[Fault("refused", "invalid_blocks")]), edition="second")
    assert run.codes == ["PlainForm"]
    assert [each.plain for each in week.slack.messages] == [True, False, False]


@pytest.mark.parametrize("code", ["no_answer", "fatal_error", "ratelimited", "unreachable"])
def test_an_update_may_be_tried_again(code: str) -> None:
    week = Week()
    week.run(edition="first")
    week.run(scripted(update=[Fault("answer lost", code)]), edition="second")
    assert [each.text.split(", ")[1] for each in week.slack.messages] == ["second"] * 3
    assert faults_in_channel(week) == []


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message"])
def test_a_digest_that_may_not_be_edited_stands_and_says_so(code: str) -> None:
    week = Week()
    week.run(edition="first")
    run = week.run(scripted(update=[Fault("refused", code)] * 3), edition="second")
    assert run.codes == ["LeftStanding"] * 3
    assert run.outcome is not None
    assert faults_in_channel(week) == []


def test_a_digest_that_was_removed_is_posted_again_with_its_thread() -> None:
    week = Week()
    week.run(edition="first")
    for message in week.slack.messages:
        week.slack.remove(message.ts)
    run = week.run(edition="second")
    assert "PostedAnew" in run.codes
    assert faults_in_channel(week) == []


def test_a_thread_whose_root_was_removed_is_posted_again_under_the_new_root() -> None:
    week = Week()
    week.run(edition="first")
    week.slack.remove(week.slack.roots()[0].ts)
    week.run(edition="second")
    (root,) = week.slack.roots()
    assert [each.text for each in week.slack.replies() if each.thread == root.ts] == [
        "first reply, second",
        "second reply, second",
    ]


def test_refused_metadata_is_left_out_with_a_warning() -> None:
    week = Week(parts=("root",))
    run = week.run(scripted(post=[Fault("refused", "metadata_too_large")]))
    assert run.codes == ["NoMetadata"]
    assert faults_in_channel(week) == []


def test_a_message_without_metadata_is_never_posted_twice() -> None:
    week = Week(parts=("root",))
    refused, lost = Fault("refused", "metadata_too_large"), Fault("answer lost")
    run = week.run(scripted(post=[refused, lost]))
    assert "it carries no metadata" in str(run.error)
    week.later(LAMBDA_RETRY)
    assert week.run().error is not None
    assert faults_in_channel(week) == []


def test_the_channel_is_asked_again_when_it_does_not_answer() -> None:
    week = Week()
    faults = scripted(
        post=[Fault("answer lost")],
        find=[Fault("refused", "ratelimited", retry_after=5.0), Fault("refused", "no_answer")],
    )
    assert week.run(faults).outcome is not None
    assert faults_in_channel(week) == []


def test_a_channel_that_never_answers_leaves_the_doubt_to_a_later_run() -> None:
    week = Week()
    faults = scripted(post=[Fault("answer lost")], find=[Fault("refused", "no_answer")] * 99)
    run = week.run(faults)
    assert isinstance(run.error, UndeliveredError)
    week.later(LAMBDA_RETRY)
    assert week.run().codes == ["Adopted"]
    assert faults_in_channel(week) == []
