"""From tagged machines to the report, on the demo's account, whose truth is known."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import demo_hints
from sfn_digest.aws import open_account
from sfn_digest.config.request import Request
from sfn_digest.config.window import parse_window
from sfn_digest.errors import NothingTaggedError, UnknownMachineError
from sfn_digest.model.executions import ExecutionCounts, StateMachine, Tag
from sfn_digest.model.report import Hint, MachineReport, Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.failure_reading import LOOKED_AT, scan
from sfn_digest.pipeline.patching import make_patch
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.scope import Scope
from sfn_digest.progress import SilentProgress
from sfn_digest.retry import read_definition
from simulator.records import SimExecution
from simulator.worlds.demo import demo_world
from tests.conftest import Week

pytestmark = pytest.mark.slow

UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")


def report_on(week: Week, *machines: str, tag: str = "on", successes: int = 0) -> Report:
    window = parse_window("7d", week.end.isoformat(), now=week.end)
    request = Request(window, machines=machines, tag=Tag("sfn-digest", tag), successes=successes)
    return make_report(Run(request, open_account(0.25, SilentProgress())))


@pytest.fixture(scope="module")
def seen() -> dict[str, Report]:
    return {}


@pytest.fixture
def report(week: Week, seen: dict[str, Report]) -> Report:
    """One report for all tests that only look at it."""
    if "all" not in seen:
        seen["all"] = report_on(week, successes=60)
    return seen["all"]


@pytest.fixture
def alone(week: Week, seen: dict[str, Report]) -> Report:
    """The same, without a call for successes."""
    if "alone" not in seen:
        seen["alone"] = report_on(week)
    return seen["alone"]


def ended_in_the_week(week: Week) -> dict[str, SimExecution]:
    tagged = {m.arn for m in week.world.machines if m.tags.get("sfn-digest") == "on"}
    end = week.end.timestamp()
    return {
        each.arn: each
        for each in week.world.executions
        if each.status in UNSUCCESSFUL
        and each.machine_arn in tagged - week.world.denied
        and each.stopped_at is not None
        and end - 7 * 86400 <= each.stopped_at < end
    }


def machine(report: Report, name: str) -> MachineReport:
    return next(each for each in report.machines if each.name == name)


def executions_by_cause(report: Report, name: str) -> dict[tuple[str, str | None], int]:
    causes: Counter[tuple[str, str | None]] = Counter()
    for row in machine(report, name).causes:
        causes[row.cause, row.state] += row.executions
    return dict(causes)


def attempts_by_cause(report: Report, name: str) -> dict[str, int]:
    causes: Counter[str] = Counter()
    for row in machine(report, name).causes:
        causes[row.cause] += row.failed_attempts
    return dict(causes)


def test_every_failure_that_ended_in_the_week_is_found_wherever_it_started(
    week: Week, report: Report
) -> None:
    truth = ended_in_the_week(week)
    assert {failure.execution_arn for failure in report.failures} == set(truth)
    assert any(each.started_at < week.end.timestamp() - 7 * 86400 for each in truth.values())


def test_every_failure_has_its_true_state_cause_and_failed_attempts(
    week: Week, report: Report
) -> None:
    truth = ended_in_the_week(week)
    wrong: list[tuple[object, ...]] = []
    for failure in report.failures:
        true = truth[failure.execution_arn].truth
        attempts = dict(Counter(tried.cause for tried in true.attempts))
        found = (failure.state, failure.cause, failure.fail_state)
        if found != (true.state, true.cause, true.fail_state):
            wrong.append((failure.execution_arn, found))
        if failure.attempts_complete and failure.failed_attempts != attempts:
            wrong.append((failure.execution_arn, failure.failed_attempts, attempts))
    assert wrong == []


def test_spot_interruptions_and_start_failures_of_calculate_scores_are_counted_apart(
    report: Report,
) -> None:
    arn = machine(report, "calculate-scores").arn
    mixed = [
        failure.failed_attempts
        for failure in report.failures
        if failure.machine_arn == arn and len(failure.failed_attempts) > 1
    ]
    assert any(t.get("spot_interruption") == 5 and sum(t.values()) == 6 for t in mixed)
    assert attempts_by_cause(report, "calculate-scores").keys() == {
        "spot_interruption",
        "task_start_failure",
        "capacity_unavailable",
    }


def test_daily_batch_tells_double_starts_from_what_failed_and_redrives_from_failures(
    report: Report,
) -> None:
    causes = executions_by_cause(report, "daily-batch")
    assert causes["fail_state", "StartedTwice"] >= 2
    arn = machine(report, "daily-batch").arn
    redriven = [f for f in report.failures if f.machine_arn == arn and f.redrive_count]
    assert redriven
    assert any("as happens after a redrive: daily-batch" in n for n in report.coverage.notes)


def test_map_objects_ran_into_the_concurrency_limit_and_the_payload_limit(report: Report) -> None:
    causes = executions_by_cause(report, "map-objects")
    assert causes["concurrency_limit", "ConvertObject"]
    assert causes["payload_too_large", "CollectResults"]


def test_s3_to_fargate_was_throttled_again_by_its_own_retries(report: Report) -> None:
    causes = executions_by_cause(report, "s3-to-fargate")
    assert causes["throttling", "RunTask"]
    assert (
        attempts_by_cause(report, "s3-to-fargate")["throttling"] > causes["throttling", "RunTask"]
    )
    assert ("concurrency_limit", "CountLocks") in causes


def test_job_poller_ends_in_its_author_s_words_after_thousands_of_events(report: Report) -> None:
    row = machine(report, "job-poller").causes[0]
    assert (row.cause, row.state, row.error) == ("fail_state", "JobFailed", "ScoreJobFailed")
    arn = machine(report, "job-poller").arn
    cut = [f for f in report.failures if f.machine_arn == arn and not f.attempts_complete]
    assert cut


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("import-orders", "invalid_input"),
        ("publish-report", "permission"),
        ("train-model", "out_of_memory"),
        ("resize-images", "code_error"),
    ],
)
def test_the_faults_nobody_should_retry_are_named_and_never_called_transient(
    report: Report, name: str, cause: str
) -> None:
    arn = machine(report, name).arn
    failures = [f for f in report.failures if f.machine_arn == arn and f.cause == cause]
    assert failures
    assert {f.nature for f in failures} <= {"permanent", "depends"}


def told_hints(report: Report) -> set[tuple[str, str, str | None]]:
    names = {each.arn: each.name for each in report.machines}
    return {(hint.kind, names[hint.machine_arn], hint.state) for hint in report.hints}


ALONE = {
    ("dead_retrier", "daily-batch", "LoadEvents"),
    ("dead_retrier", "daily-batch", "LoadOrders"),
    ("ecs_branch", "calculate-scores", "CalculateScores"),
    ("ecs_branch", "render-previews", "RenderPreviews"),
    ("max_concurrency", "map-objects", "ForEachObject"),
    ("payload", "map-objects", "CollectResults"),
    ("missing_timeout", "approval-flow", "AskForApproval"),
    ("missing_timeout", "calculate-scores", "CalculateScores"),
    ("missing_timeout", "daily-batch", "Aggregate"),
    ("missing_timeout", "genome-align", "Align"),
    ("missing_timeout", "order-flow", "Pay"),
    ("missing_timeout", "s3-to-fargate", "RunTask"),
    ("missing_timeout", "train-model", "Train"),
}
"""What definitions and failures bear out alone."""


def test_successes_bear_out_what_a_retry_is_worth_and_which_are_in_vain(report: Report) -> None:
    told = told_hints(report)
    # Fewer items at once and other retries leave nothing to say of the herd.
    assert told >= ALONE - {("herd", "map-objects", "ConvertObject")} | {
        ("retry", "s3-to-fargate", "RunTask"),
        ("stop_retrying", "train-model", "Train"),
    }
    first = report.hints[0]
    assert (first.kind, first.failures) == ("retry", 26)
    assert any("their histories were read" in note for note in report.coverage.notes)


ALONE_IN_THE_WORLD = ("calculate-scores", "import-orders", "publish-report")
"""Machines of the page that share nothing with others, and so are quickly lived through again."""
ESTIMATED = ("retry", "learn_first")
"""Kinds whose retrier is drawn: another machine's arithmetic may draw another one."""


@pytest.fixture(scope="module")
def page() -> Mapping[str, str]:
    """What docs/demo-hints.md says of each hint, in one line, by machine and title."""
    file = Path(__file__).parents[2] / "docs" / "demo-hints.md"
    parts = re.split(r"^## \d+\. ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    split = (part.partition("\n") for part in parts)
    return {title: " ".join(said.replace("\n> ", "\n").split()) for title, _, said in split}


@pytest.fixture(scope="module")
def on_its_day() -> Report:
    """The digest of the week that the page tells of: another week's end draws other retriers."""
    return demo_hints.reported(demo_world(demo_hints.END.timestamp()))


def on_the_page(report: Report, page: Mapping[str, str]) -> list[tuple[str, Hint, str]]:
    """The machine, the hint, and what the page says of it."""
    return [
        (name, hint, said)
        for title, said in page.items()
        for hint in report.hints
        for name in [hint.machine_arn.rsplit(":", 1)[-1]]
        if f"--hint {hint.id}`" in said or title == f"{name}: {hint.title}"
    ]


def test_the_page_of_the_demo_s_hints_says_and_promises_what_the_demo_does(
    on_its_day: Report, page: Mapping[str, str]
) -> None:
    """`python -m bench.demo_hints > docs/demo-hints.md` writes it again."""
    shown = on_the_page(on_its_day, page)
    assert len(shown) == len(page) == demo_hints.SHOWN
    for _, hint, said in shown:
        found = hint.recovered
        if hint.kind in ESTIMATED:
            assert f" of {hint.failures} recover. Came out: " in said
        else:
            assert re.sub(r"^Step \d of \d\. ", "", str(hint.text)) in said
            assert not found.high or f"Promised: {found.low} to {found.high} of" in said


def test_what_the_page_promises_came_out(page: Mapping[str, str]) -> None:
    promised = r"Promised: (\d+) to (\d+) of \d+ recover\. Came out: (\d+);"
    found = [re.search(promised, said) for said in page.values()]
    bounds = [tuple(map(int, each.groups())) for each in found if each]
    assert len(bounds) >= 3
    assert all(low <= true <= high for low, high, true in bounds)


def test_what_came_out_of_the_demo_s_hints_is_what_the_page_says(
    on_its_day: Report, page: Mapping[str, str]
) -> None:
    """For the machines that can be lived through alone."""
    end = demo_hints.END.timestamp()
    world = demo_world(end, only=ALONE_IN_THE_WORLD)
    shown = {
        name: (hint, said)
        for name, hint, said in on_the_page(on_its_day, page)
        if name in ALONE_IN_THE_WORLD
    }
    override = {
        name: demo_hints.patched([hint], name, on_its_day, world)
        for name, (hint, _) in shown.items()
    }
    again = demo_world(end, only=ALONE_IN_THE_WORLD, override=override)
    assert len(shown) == len(ALONE_IN_THE_WORLD)
    for hint, said in shown.values():
        for line in demo_hints.came_out(hint, world, again):
            assert line in said


def test_a_plan_for_spot_is_a_few_retries_and_then_on_demand_without_them(
    report: Report, page: Mapping[str, str]
) -> None:
    """In whatever week the demo is run."""
    few, then = (h for h in report.hints if h.machine_arn.endswith(":render-previews"))
    assert [(each.kind, each.plan, each.step) for each in (few, then)] == [
        ("retry", few.id, 1),
        ("ecs_branch", few.id, 2),
    ]
    assert few.retrier is not None
    assert 1 < int(str(few.retrier["MaxAttempts"])) <= 3
    (machine,) = demo_world(0.0, only=["render-previews"]).machines
    running = read_definition(machine.definition)
    both = make_patch(machine.name, running, [few, then], [few.id, then.id])
    states = read_definition(both.patched).states
    assert states["RenderPreviews"].asl["Retry"] == [few.retrier]
    assert states["RenderPreviews on demand"].asl["Retry"] != [few.retrier]
    said = next(said for title, said in page.items() if "Run RenderPreviews on demand" in title)
    whole = re.search(r"The whole plan, .*: (\d+) before, 0 after; (\d+) of these exec", said)
    assert whole is not None
    assert int(whole[1]) == int(whole[2]) > 0


def test_no_retry_is_hinted_for_what_never_heals(report: Report) -> None:
    retried = {hint.cause for hint in report.hints if hint.kind in ("retry", "learn_first")}
    permanent = {f.cause for f in report.failures if f.nature == "permanent"}
    assert retried.isdisjoint(permanent)


def test_without_successes_only_failures_and_definitions_speak(alone: Report) -> None:
    told = told_hints(alone)
    assert told == ALONE
    assert any(": reading successes is turned off" in note for note in alone.coverage.notes)


def test_one_denied_machine_is_named_under_coverage_and_costs_the_others_nothing(
    alone: Report,
) -> None:
    report, coverage = alone, alone.coverage
    assert any("secret-ledger was skipped: AWS denied" in note for note in coverage.notes)
    assert not coverage.complete
    assert coverage.machines_scanned == coverage.machines_tagged - 1
    assert coverage.failures_read == len(report.failures) < coverage.failures_found
    # What CloudWatch counts of the machine that was denied is in the totals, so it was found.
    assert coverage.failures_found == report.totals.unsuccessful
    assert (coverage.throttled, coverage.api_calls["GetExecutionHistory"]) == (
        0,
        coverage.failures_read,
    )


def test_only_a_few_lists_are_read_in_which_cloudwatch_counts_no_failure(week: Week) -> None:
    before = len(week.account.calls)
    report = report_on(week)
    lists = [call for call in week.account.calls[before:] if call.api == "ListExecutions"]
    failing = sum(
        bool(number)
        for machine in report.machines
        for number in (machine.failed, machine.timed_out, machine.aborted)
    )
    denied = 2
    assert failing < len(lists) <= failing + LOOKED_AT + denied


def test_only_the_machines_asked_for_are_read(week: Week) -> None:
    report = report_on(week, "daily-*", "train-model")
    assert {each.name for each in report.machines} == {"daily-batch", "train-model"}


def test_a_tag_that_no_machine_carries_says_how_to_tag_one(week: Week) -> None:
    with pytest.raises(NothingTaggedError, match=r"No state machine in .* has the tag"):
        report_on(week, tag="nobody")


def test_a_name_that_no_tagged_machine_has_is_refused_before_any_listing(week: Week) -> None:
    before = len(week.account.calls)
    with pytest.raises(UnknownMachineError, match="did you mean daily-batch"):
        report_on(week, "daily-bach")
    asked = {call.api for call in week.account.calls[before:]}
    assert "ListExecutions" not in asked


def test_failures_come_latest_first_whichever_thread_read_them(week: Week) -> None:
    request = Request(parse_window("7d", week.end.isoformat(), now=week.end))
    found = scan(Run(request, open_account(0.25, SilentProgress()))).failures
    ended = [(each.execution.stopped_at, each.execution.arn) for each in found]
    assert ended == sorted(ended, reverse=True)


def test_the_picker_s_counts_are_the_report_s(week: Week) -> None:
    asked: list[Scope] = []

    def pick(scope: Scope) -> tuple[StateMachine, ...]:
        asked.append(scope)
        return scope.machines

    window = parse_window("7d", week.end.isoformat(), now=week.end)
    request = Request(window, tag=Tag("sfn-digest", "on"), successes=0)
    report = make_report(Run(request, open_account(0.25, SilentProgress())), pick=pick)
    (scope,) = asked
    read = [each for each in report.machines if each.arn not in report.coverage.skipped]
    assert {each.arn: _counted(each) for each in read} == {
        each.arn: _counted(scope.counts[each.arn]) for each in read
    }


def _counted(each: MachineReport | ExecutionCounts) -> tuple[int, int]:
    """The failures and the executions of a machine, as the picker and the report show them."""
    return each.failures, each.succeeded + each.unsuccessful
