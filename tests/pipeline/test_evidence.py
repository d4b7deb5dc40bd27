"""Hints of a report: whose definitions and successes are read, and what is said of the others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from sfn_digest.adoption import Kept
from sfn_digest.adoption.change_records import DefinitionOutline, StoredChange
from sfn_digest.aws.account_errors import ThrottledError
from sfn_digest.aws.usage import ApiUsage
from sfn_digest.config.request import Request
from sfn_digest.model.comparison import ChangeTally
from sfn_digest.model.executions import Failure, StateMachine
from sfn_digest.model.machine_tags import NO_TAGS, MachineTags
from sfn_digest.model.successes import Successes
from sfn_digest.pipeline.evaluation import hints_on
from sfn_digest.pipeline.evidence import (
    MOST_HINTED,
    MOST_MACHINES,
    MOST_SECONDS,
    Evidence,
    read_evidence,
)
from sfn_digest.pipeline.run import Deadlines, Run
from sfn_digest.pipeline.scope import Scanned, Scope
from sfn_digest.retry import read_definition
from tests.adoption.made import kept
from tests.retry import made

if TYPE_CHECKING:
    from sfn_digest.aws import Account

pytestmark = pytest.mark.slow

WEEK = Request(made.WEEK)
LAMBDA_ERROR = "Lambda.ServiceException"
SOON = 200.0


@dataclass
class Fake:
    """An account in which every machine is one Task, and some ARNs are denied."""

    task: Mapping[str, Any] = field(default_factory=made.task)
    denied: Sequence[str] = ()
    throttled: Sequence[str] = ()
    unlisted: Sequence[str] = ()
    takes: int = 1
    """Calls that each of `successes` makes."""
    described: list[str] = field(default_factory=list)
    succeeded: list[tuple[str, int, int]] = field(default_factory=list)
    sampled: list[str] = field(default_factory=list)
    after: dict[str, Sequence[datetime]] = field(default_factory=dict)

    late: bool = False

    @property
    def evidence(self) -> "Fake":
        return self

    def until(self, deadline: float) -> "Fake":
        assert deadline == min(SOON, MOST_SECONDS)
        return self

    def now(self) -> float:
        return 0.0

    def is_over(self) -> bool:
        return self.late

    def definition(self, arn: str, version: str | None = None) -> str | None:
        self.described.append(version or arn)
        if arn in self.throttled:
            raise ThrottledError("AWS keeps throttling it.")
        return None if arn in self.denied else json.dumps(self.task)

    def successes(
        self,
        machine: StateMachine,
        _window: object,
        _read: object,
        *,
        most_pages: int,
        most_histories: int,
        sample: int = 0,
        after: Sequence[datetime] = (),
    ) -> Successes | None:
        self.after[machine.name] = after
        self.succeeded.append((machine.name, most_pages, most_histories))
        self.sampled += [machine.name] if sample else []
        return None if machine.name in self.unlisted else made.passes(unless=(20.0, 22.0))

    def usage(self) -> ApiUsage:
        calls = {"GetExecutionHistory": self.takes * len(self.succeeded)}
        return cast("ApiUsage", _Usage(calls))


@dataclass(frozen=True)
class _Usage:
    api_calls: Mapping[str, int]


def arn(name: str) -> str:
    return made.MACHINE.replace("orders", name)


def failed(name: str, cause: str = "service_error", **how: Any) -> list[Failure]:
    found = made.failures(cause, LAMBDA_ERROR, **how)
    return [replace(f, execution=replace(f.execution, machine_arn=arn(name))) for f in found]


def run_of(account: Fake, request: Request = WEEK) -> Run:
    return Run(request, cast("Account", account), deadlines=Deadlines(evidence=SOON))


def scanned(
    failures: Sequence[Failure],
    kept: Sequence[Kept] = (),
    tags: MachineTags = NO_TAGS,
) -> Scanned:
    names = {*(f.execution.machine_arn for f in failures), *(hint.machine_arn for hint in kept)}
    machines = [StateMachine(a, a.rsplit(":", 1)[1], "STANDARD", tags) for a in sorted(names)]
    scope = Scope(len(machines), tuple(machines), {}, all_machines=False)
    return Scanned(scope, tuple(failures))


def read(
    account: Fake,
    failures: Sequence[Failure],
    request: Request = WEEK,
    kept: Sequence[Kept] = (),
) -> Evidence:
    return read_evidence(run_of(account, request), scanned(failures, kept), kept)


def test_where_a_choice_leads_past_a_state_the_successes_after_its_failures_are_read() -> None:
    choose = {"Type": "Choice", "Choices": [], "Default": "Work"}
    past = {**choose, "Choices": [{"Variable": "$.no", "IsPresent": True, "Next": "Done"}]}
    work, done = {**made.task()["States"]["Work"], "Next": "Done"}, {"Type": "Succeed"}
    failures = failed("orders", number=3)
    for first, after in (past, [each.execution.started_at for each in failures]), (choose, ()):
        states = {"Choose": first, "Work": work, "Done": done}
        account = Fake(task={"StartAt": "Choose", "States": states})
        read(account, failures)
        assert account.after == {"orders": after}


def test_an_outage_is_hinted_from_what_was_read_and_a_note_says_how_much() -> None:
    account = Fake()
    evidence = read(account, failed("orders"))
    hints = hints_on(run_of(account), evidence, scanned(failed("orders")))
    assert [hint.kind for hint in hints] == ["retry"]
    assert account.succeeded == [("orders", 5, 60)]
    (note,) = evidence.notes
    assert note == (
        "To evaluate retries, 996 successes of 1 state machine were listed and 120 of their "
        "histories were read."
    )


def longest_hold(found: Scanned, request: Request = WEEK) -> float:
    account = Fake()
    evidence = read(account, found.failures)
    (hint,) = hints_on(run_of(account, request), evidence, found)
    assert hint.cost is not None
    return hint.cost.hold_seconds


def test_no_hint_holds_an_execution_longer_than_its_tag_or_else_the_setting_allows() -> None:
    failures = failed("orders")
    setting = replace(WEEK, deadline=2400.0)
    assert 2400 < longest_hold(scanned(failures)) <= 6 * 3600
    assert longest_hold(scanned(failures), setting) <= 2400
    tagged = scanned(failures, tags=MachineTags(deadline_seconds=1500.0))
    assert longest_hold(tagged, setting) <= 1500


def test_only_machines_that_failed_have_their_definition_read_the_most_failures_first() -> None:
    account = Fake(denied=[arn("a")])
    evidence = read(account, [*failed("b", number=2), *failed("a", number=3)])
    assert account.described == [arn("a"), arn("b")]
    assert list(evidence.definitions) == [arn("b")]
    assert [name for name, *_ in account.succeeded] == ["b"]


def test_beyond_the_machines_with_most_failures_a_note_says_how_many_are_left_out() -> None:
    account = Fake()
    failures = [f for n in range(MOST_MACHINES + 3) for f in failed(f"m{n:03}", number=1)]
    evidence = read(account, failures, replace(WEEK, successes=0))
    assert len(account.described) == MOST_MACHINES
    assert evidence.notes[0].startswith(
        "Hints cover the 40 state machines with the most failures; 3 "
    )


def test_what_never_heals_costs_no_call_for_successes() -> None:
    account = Fake()
    assert read(account, failed("orders", "code_error")).notes == ()
    assert account.succeeded == []


def test_successes_are_sampled_where_a_state_s_timeout_ended_an_execution() -> None:
    timed_out = [
        replace(f, execution=replace(f.execution, machine_arn=arn("late")))
        for f in made.failures("timeout_task", "States.Timeout")
    ]
    account = Fake()
    read(account, [*failed("orders"), *timed_out])
    assert sorted(name for name, *_ in account.succeeded) == ["late", "orders"]
    assert account.sampled == ["late"]


def test_successes_are_sampled_where_a_catch_may_take_errors_that_no_hint_foretold() -> None:
    caught: dict[str, Any] = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Work"}]}
    account = Fake(task=made.task(**caught))
    mended = StoredChange(
        kind="dead_retrier",
        machine_arn=arn("late"),
        state="Work",
        cause="unknown",
        errors=("States.ALL",),
        patched=caught,
        was={},
        outline=DefinitionOutline("", (), (), ()),
        hinted_at=made.START,
        last_hinted_at=made.START,
        before=ChangeTally(),
    )
    read(account, failed("orders"), kept=[mended])
    assert account.sampled == ["late"]


def test_successes_are_only_listed_where_nothing_but_a_timeout_is_missing() -> None:
    job = made.task(made.ECS, TimeoutSeconds=None)
    account = Fake(task=job)
    found = scanned(failed("orders", "code_error"))
    evidence = read(account, found.failures)
    assert account.succeeded == [("orders", 5, 0)]
    (hint,) = hints_on(run_of(account), evidence, found)
    assert (hint.kind, hint.patched) == ("missing_timeout", {"TimeoutSeconds": 64})


def test_machines_that_are_only_listed_come_last_and_are_left_out_without_a_word() -> None:
    account = Fake(takes=437, task=made.task(made.ECS, TimeoutSeconds=None))
    evidence = read(account, [*failed("a", "code_error", number=9), *failed("b", number=6)])
    assert [name for name, *_ in account.succeeded] == ["b"]
    assert not any("were not evaluated" in note for note in evidence.notes)


def test_no_success_is_read_where_none_is_asked_for_and_a_note_says_so() -> None:
    account = Fake()
    evidence = read(account, failed("orders"), replace(WEEK, successes=0))
    assert (account.succeeded, evidence.successes) == ([], {})
    assert evidence.notes == (
        "Retries of orders were not evaluated: reading successes is turned off.",
    )


def test_the_number_asked_for_is_what_is_read_at_most() -> None:
    account = Fake()
    read(account, failed("orders"), replace(WEEK, successes=7))
    assert account.succeeded == [("orders", 5, 7)]


def test_after_the_deadline_no_more_successes_are_read() -> None:
    account = Fake(late=True)
    evidence = read(account, failed("orders"))
    assert account.succeeded == []
    assert evidence.notes == ("Retries of orders were not evaluated: time ran out.",)


def test_the_budget_for_all_machines_goes_to_those_with_most_to_gain() -> None:
    account = Fake(takes=205)
    failures = [f for n in range(4) for f in failed(f"m{n}", number=6 - n)]
    evidence = read(account, failures)
    assert account.succeeded == [("m0", 5, 60), ("m1", 5, 60), ("m2", 5, 25)]
    assert evidence.notes[-1] == (
        "Retries of m3 were not evaluated: the budget of 436 calls for reading successes was "
        "used up."
    )


def ran(failures: Sequence[Failure], *versions: str | None) -> list[Failure]:
    return [
        replace(f, execution=replace(f.execution, machine_version_arn=versions[n % len(versions)]))
        for n, f in enumerate(failures)
    ]


def test_the_version_that_ran_is_read_where_all_failures_ran_the_same() -> None:
    one, two = f"{made.MACHINE}:1", f"{made.MACHINE}:2"
    for versions, described in (
        ([one], [one]),
        ([one, two], [made.MACHINE]),
        ([one, None], [made.MACHINE]),
    ):
        account = Fake()
        read(account, ran(failed("orders"), *versions))
        assert account.described == described


def test_states_that_the_definition_no_longer_holds_are_named() -> None:
    failures = [replace(f, state="Gone") for f in failed("orders", "code_error")]
    (note,) = read(Fake(), failures).notes
    assert note == (
        "The definition of orders no longer has Gone, so there are no hints for what failed there."
    )


def test_definitions_that_aws_throttles_are_asked_for_no_more_and_the_rest_is_named() -> None:
    account = Fake(throttled=[arn("b")])
    failures = [*failed("a", number=3), *failed("b", number=2), *failed("c", number=1)]
    evidence = read(account, failures)
    assert account.described == [arn("a"), arn("b")]
    assert list(evidence.definitions) == [arn("a")]
    assert evidence.notes[0] == "There are no hints for b, c: AWS keeps throttling it."


def test_machines_whose_successes_cannot_be_listed_are_not_said_to_be_beyond_the_budget() -> None:
    evidence = read(Fake(unlisted=["orders"]), failed("orders"))
    assert (dict(evidence.successes), evidence.notes) == ({}, ())


def test_hints_of_many_machines_are_looked_up_in_some_first_those_that_were_adopted() -> None:
    hints = [kept(machine_arn=arn(f"k{n:02}")) for n in range(MOST_HINTED + 4)]
    adopted = replace(hints[-1], adopted_at=made.WEEK.start)
    account = Fake()
    evidence = read(account, failed("orders"), replace(WEEK, successes=0), [*hints[:-1], adopted])
    assert account.described[:2] == [arn("orders"), adopted.machine_arn]
    assert len(account.described) == 1 + MOST_HINTED
    assert evidence.notes[0] == (
        "Adoption of earlier hints was checked in 40 state machines; 4 others were left out."
    )


def test_the_last_hint_stays_unless_a_definition_carries_it_already() -> None:
    """What a hint that was taken up leaves is another question."""
    account = Fake()
    evidence = read(account, failed("orders"))
    run, found = run_of(account), scanned(failed("orders"))
    (first,) = hints_on(run, evidence, found)
    assert first.retrier is not None
    last = kept(machine_arn=arn("orders"), retrier={**first.retrier, "MaxAttempts": 10})
    assert [each.retrier for each in hints_on(run, evidence, found, [last])] == [last.retrier]
    carrying = read_definition(made.task(Retry=[last.retrier]))
    carried = replace(evidence, definitions={arn("orders"): carrying})
    assert all(each.retrier != last.retrier for each in hints_on(run, carried, found, [last]))
