"""What a digest leads with: what changed, then what would recover most, then what goes on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.i18n.message import Message
from sfn_digest.model.comparison import CauseChange
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.report import Recovered, Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.attention import MOST, attention, may_mislead
from sfn_digest.report.leading import lines
from sfn_digest.report.statistics import is_jump
from sfn_digest.report.wording.leading_sentences import first_sentence
from tests.report import made, made_past
from tests.report.hostile import Author, by_any_author
from tests.report.hostile_past import with_past

COUNTS = st.builds(
    ExecutionCounts,
    st.integers(0, 10_000),
    st.integers(0, 1_000),
    st.integers(0, 50),
    st.integers(0, 50),
)


def test_a_machine_that_broke_after_its_definition_changed_leads() -> None:
    first = attention(made_past.compared_week())[0]
    assert (first.why, first.machine.arn, first.cause) == ("new_cause", made.BATCH.arn, made.BROKEN)
    assert first.definition is not None
    assert (first.failures, first.before) == (4, 0)


def test_then_comes_the_change_that_would_recover_most() -> None:
    second = attention(made_past.compared_week())[1]
    assert (second.why, second.machine.arn) == ("recoverable", made.SCORES.arn)
    assert second.hint == made_past.RETRY


def test_of_a_plan_the_first_step_is_named_though_a_later_one_would_recover_more() -> None:
    """As where a Map's MaxConcurrency comes before the retrier, or retries before on demand."""
    second = replace(made_past.RETRY, plan="a1", step=2)
    first = replace(
        made_past.LIMIT,
        machine_arn=second.machine_arn,
        cause=second.cause,
        title=Message("Lower MaxConcurrency of Each"),
        recovered=Recovered(0, 0.0, 0, 0, 0),
        plan="a1",
    )
    week = replace(made_past.compared_week(), hints=(first, second))
    (found,) = [each for each in attention(week) if each.why == "recoverable"]
    assert (found.hint, found.cause, found.state) == (first, second.cause, "Score")
    (line,) = [e for e in lines(week, texts_in("en"), 0).needs if e.machine.arn == made.SCORES.arn]
    assert line.do == "Lower MaxConcurrency of Each"


def test_what_a_change_would_recover_is_not_all_put_down_to_its_cause() -> None:
    """The hint is about every stop of the task, of which Spot brought ten."""
    branch = replace(made_past.RETRY, kind="ecs_branch", failures=13)
    week = replace(made_past.compared_week(), hints=(branch,))
    (found,) = [each for each in attention(week) if each.why == "recoverable"]
    assert (found.failures, found.caused) == (13, 10)
    (line,) = [e for e in lines(week, texts_in("en"), 0).needs if e.machine.arn == made.SCORES.arn]
    assert line.said == "13 of 401 failed, 10 due to Spot interruptions in Score"


def new(machine: str, cause: str, executions: int, state: str = "Load") -> CauseChange:
    return CauseChange(machine, state, cause, f"g-{cause}-{state}", "new", executions, 0)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (0, "New: 3 of 67 failed due to access-denied errors in Load"),
        (2, "New: 5 of 67 failed due to access-denied errors, mostly in Load"),
        (3, "New: 6 of 67 failed due to access-denied errors"),
    ],
)
def test_a_cause_that_struck_several_states_is_not_put_down_to_one(others: int, said: str) -> None:
    elsewhere = [new(made.BATCH.arn, made.DENIED, others, "Save")] if others else []
    week = with_news(new(made.BATCH.arn, made.DENIED, 3), *elsewhere)
    first = lines(replace(week, hints=()), texts_in("en"), 0).needs[0]
    assert first.said == said


@pytest.mark.parametrize("kind", ["stop_retrying", "timeout_retried", "missing_timeout"])
def test_what_only_saves_retries_does_not_stand_in_for_what_mends_the_cause(kind: str) -> None:
    stop = replace(
        made_past.LIMIT,
        kind=kind,
        cause=made.DENIED,
        title=Message("Stop retrying E in Load"),
        recovered=Recovered(0, 0.0, 0, 0, 0),
    )
    week = replace(with_news(new(made.BATCH.arn, made.DENIED, 4)), hints=(stop,))
    first = lines(week, texts_in("en"), 0).needs[0]
    assert first.do == "Allow the named action for the named role"
    mends = replace(stop, kind="dead_retrier")
    first = lines(replace(week, hints=(mends,)), texts_in("en"), 0).needs[0]
    assert first.do == "Stop retrying E in Load"


def with_news(*changes: CauseChange) -> Report:
    week = made_past.compared_week()
    assert week.before is not None
    return replace(week, before=replace(week.before, causes=changes))


def test_one_new_failure_among_many_executions_leaves_the_lead_to_what_can_be_recovered() -> None:
    first, *rest = attention(with_news(new(made.IMPORTS.arn, made.DENIED, 1)))
    assert (first.why, first.machine.arn) == ("recoverable", made.SCORES.arn)
    assert made.IMPORTS.arn not in {each.machine.arn for each in rest}


def test_the_one_execution_of_a_weekly_machine_that_failed_for_the_first_time_leads() -> None:
    week = with_news(new(made.IMPORTS.arn, made.DENIED, 1))
    weekly = [
        replace(each, succeeded=0, failed=1, aborted=0) if each.arn == made.IMPORTS.arn else each
        for each in week.machines
    ]
    first = attention(replace(week, machines=tuple(weekly)))[0]
    assert (first.why, first.machine.arn) == ("new_cause", made.IMPORTS.arn)


def test_small_news_of_three_machines_leave_a_line_to_the_change_that_recovers_more() -> None:
    arns = (made.BATCH.arn, made.IMPORTS.arn, made.WEB.arn)
    found = attention(with_news(*(new(arn, made.DENIED, 2) for arn in arns)))
    assert [each.why for each in found] == ["new_cause", "new_cause", "recoverable"]


def test_a_machine_whose_change_recovers_more_than_its_news_is_named_for_the_change() -> None:
    found = attention(with_news(new(made.SCORES.arn, made.DENIED, 2)))
    assert [each.why for each in found if each.machine.arn == made.SCORES.arn] == ["recoverable"]


def test_what_is_new_and_made_the_rate_jump_is_told_as_new() -> None:
    week = with_news(new(made.WEB.arn, made.BROKEN, 4))
    assert week.before is not None
    before = replace(week.before, machines={made.WEB.arn: ExecutionCounts(50_000, 0)})
    assert attention(replace(week, before=before))[0].why == "new_cause"


def test_what_could_be_recovered_tells_for_how_many_weeks_it_goes_on() -> None:
    goes_on = replace(made_past.changes()[1], periods=3, since=made.WINDOW.start)
    assert attention(with_news(goes_on))[0].periods == 3


@pytest.mark.parametrize(("unread", "misleads"), [(3, False), (4, True)])
def test_a_machine_that_was_not_read_misleads_with_as_many_failures_as_the_last_line_has(
    unread: int, *, misleads: bool
) -> None:
    week = made.week(complete=False, machines_scanned=3)
    read = week.machines[0]
    three = [replace(read, arn=name, name=name, failed=4, timed_out=0) for name in "abc"]
    denied = replace(read, arn="denied", name="denied", failed=unread, timed_out=0, causes=())
    report = replace(week, machines=(*three, denied))
    assert may_mislead(report) is misleads
    unknown = replace(report.coverage, executions_counted=False)
    assert may_mislead(replace(report, coverage=unknown))


def test_then_what_goes_on_and_no_machine_is_named_twice() -> None:
    found = attention(made_past.compared_week())
    assert [each.why for each in found] == ["new_cause", "recoverable", "unresolved"]
    assert len({each.machine.arn for each in found}) == len(found) == MOST


def test_a_jump_of_a_machine_s_own_rate_goes_before_what_could_be_recovered() -> None:
    week = made_past.compared_week()
    assert week.before is not None
    before = {made.WEB.arn: ExecutionCounts(50_000, 0)}
    jumped = replace(week, before=replace(week.before, causes=(), machines=before))
    first, second, *_ = attention(jumped)
    assert (first.why, first.machine.arn, first.before) == ("jump", made.WEB.arn, 0)
    assert second.why == "recoverable"


def test_where_nothing_is_known_of_the_week_before_what_recovers_leads() -> None:
    week = replace(made_past.compared_week(), before=None)
    assert attention(week)[0].why == "recoverable"


def test_a_hint_whose_bounds_begin_at_nothing_promises_nothing() -> None:
    doubtful = replace(
        made_past.RETRY, recovered=replace(made_past.RETRY.recovered, low=0, surely=0)
    )
    week = replace(made_past.compared_week(), before=None, hints=(doubtful,))
    assert {each.why for each in attention(week)} == {"unresolved"}


def test_stops_by_people_need_nobody() -> None:
    week = made.week()
    stopped = replace(week.machines[0], failed=0, timed_out=0, aborted=5, causes=())
    assert attention(replace(week, machines=(stopped,), hints=())) == ()


@pytest.mark.parametrize(
    ("now", "before", "jumped"),
    [
        (ExecutionCounts(94, 6), ExecutionCounts(412, 0), True),
        (ExecutionCounts(94, 6), ExecutionCounts(95, 5), False),
        (ExecutionCounts(9_990, 10), ExecutionCounts(9_991, 9), False),
        (ExecutionCounts(0, 1), ExecutionCounts(5, 0), False),
        (ExecutionCounts(100, 0, 0, 50), ExecutionCounts(100), False),
        (ExecutionCounts(), ExecutionCounts(100, 3), False),
    ],
)
def test_a_jump_is_more_than_chance_and_at_least_twice_the_rate(
    now: ExecutionCounts, before: ExecutionCounts, *, jumped: bool
) -> None:
    assert is_jump(now, before) is jumped


@given(COUNTS, COUNTS)
def test_no_rate_jumps_both_ways(one: ExecutionCounts, other: ExecutionCounts) -> None:
    assert not (is_jump(one, other) and is_jump(other, one))


@by_any_author
def test_any_report_has_at_most_three_findings_that_failed(author: Author) -> None:
    found = attention(with_past(author, author.found().report()))
    assert len(found) <= MOST
    assert all(each.failures > 0 for each in found)


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Retry longer after {cause}: {errors} in {state}", "Retry longer"),
        ("Retry more often after {cause}: {errors} in {state}", "Retry more often"),
        ("Retry sooner after {cause}: {errors} in {state}", "Retry sooner"),
        ("Retry after {cause}: {errors} in {state}", "Retry"),
        ("Run {state} on demand when Spot fails", "Run Score on demand when Spot fails"),
    ],
)
def test_what_to_do_in_short_is_what_the_hint_says(title: str, short: str) -> None:
    said = Message(title, cause="Spot interruptions", errors="E", state="Score")
    hint = replace(made_past.RETRY, title=said)
    week = replace(made_past.compared_week(), hints=(hint,))
    needs = lines(week, texts_in("en"), 0).needs
    (line,) = [each for each in needs if each.machine.arn == hint.machine_arn]
    assert line.do.partition(" each: ")[2] == short


def test_a_hint_s_title_is_cut_in_the_root_message_alone() -> None:
    title = Message("Run {state} on demand when Spot fails", state="s" * 300)
    week = replace(made_past.compared_week(), hints=(replace(made_past.RETRY, title=title),))
    (line,) = [each for each in lines(week, texts_in("en"), 0).needs if "s" * 99 in each.do]
    assert str(title) in line.do
    assert len(line.short_do) < 200


@pytest.mark.parametrize(
    ("advice", "said"),
    [
        ("Allow it. Retrying does not help.", "Allow it"),
        ("Allow it: the role of the machine calls the function, " + "x" * 90 + ". No.", "Allow it"),
        ("Allow it: for the role. Retrying does not help.", "Allow it: for the role"),
        ("許可してください。再試行しても解消しません。", "許可してください"),
    ],
)
def test_the_first_sentence_of_an_advice_leaves_its_reasons_out_before_it_is_cut(
    advice: str, said: str
) -> None:
    assert first_sentence(advice) == said
