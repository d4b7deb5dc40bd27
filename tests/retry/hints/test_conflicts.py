"""Hints on one retrier say one thing: what to retry and what is in vain stand together."""

from dataclasses import replace

import pytest

from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import translator
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.plans import agreed, identified
from tests.report.test_hints import hinted
from tests.retry.hints.test_herds import told
from tests.retry.made import ECS, failures, hints, passes, retry, task

MORE = replace(
    hinted(1).hints[0],
    kind="retry",
    state="Align",
    cause="spot_interruption",
    errors=("States.TaskFailed",),
    text=Message("Retry more."),
)
WASTE = replace(
    MORE,
    kind="stop_retrying",
    cause="out_of_memory",
    text=Message("Stop."),
    failed_attempts=3,
    hours=0.5,
)


def test_no_hint_says_to_stop_what_another_says_to_retry() -> None:
    (hint,) = agreed([WASTE, MORE])
    assert hint.kind == "retry"
    assert hint.text == (
        "Retry more. States.TaskFailed also covers out-of-memory errors, where none of 3 "
        "retries succeeded (30 min), and a retrier repeats those too. To avoid that, catch the "
        "error instead of retrying it, and let a Choice on the cause lead back to Align only "
        "after Spot interruptions."
    )
    assert (hint.failed_attempts, hint.hours) == (MORE.failed_attempts + 3, MORE.hours + 0.5)


def test_what_is_in_vain_elsewhere_is_a_hint_of_its_own() -> None:
    elsewhere = [
        replace(WASTE, state="Sort"),
        replace(WASTE, machine_arn=f"{WASTE.machine_arn}-2"),
        replace(WASTE, errors=("KeyError",)),
    ]
    assert agreed([MORE, *elsewhere]) == [MORE, *elsewhere]


def test_both_are_evaluated_into_one_hint_and_one_patch() -> None:
    spot = failures("spot_interruption", "States.TaskFailed", number=12, made=2, every=14_000)
    memory = failures("out_of_memory", "States.TaskFailed", number=5, made=2, every=30_000)
    definition = task(ECS, Retry=retry("States.TaskFailed", attempts=1))
    found = [
        hint
        for hint in hints(definition, [*spot, *memory], passes())
        if "States.TaskFailed" in hint.errors and hint.kind != "ecs_branch"
    ]
    assert [hint.kind in ("retry", "learn_first") for hint in found] == [True]
    assert "also covers out-of-memory errors" in found[0].text


def test_a_herd_leaves_its_retrier_to_the_hint_that_sets_it() -> None:
    found = told(passes(), IntervalSeconds=600)
    assert "JitterStrategy FULL" in found.text
    more = replace(MORE, machine_arn=found.machine_arn, state=found.state, errors=found.errors)
    (alone,) = [hint for hint in agreed([more, found]) if hint.kind == "herd"]
    assert (alone.retrier, alone.patched) == (None, None)
    assert "JitterStrategy" not in alone.text
    assert "Give the schedule a flexible time window" in alone.text


def test_a_cause_is_told_by_its_noun_in_every_language() -> None:
    def translated(hint: Hint, language: str) -> str:
        return translator("ja" if language == "ja" else "en").translate(hint.text)

    (hint,) = agreed([WASTE, MORE])
    assert "also covers out-of-memory errors" in translated(hint, "en")
    assert "メモリ不足" in translated(hint, "ja")


@pytest.mark.parametrize("kind", ["retry", "learn_first"])
def test_of_a_name_to_replace_and_a_hint_to_retry_its_error_one_is_to_be_applied(
    kind: str,
) -> None:
    definition = task(Retry=retry("Lambda.ServiceExceptions"))
    failed = failures("service_error", "Lambda.ServiceException", number=20)
    (alone,) = hints(definition, failed, kind="dead_retrier")
    more = replace(
        MORE,
        kind=kind,
        machine_arn=alone.machine_arn,
        state="Work",
        errors=("Lambda.ServiceException",),
    )
    (dead,) = [hint for hint in identified(agreed([more, alone])) if hint.kind == "dead_retrier"]
    assert (dead.patched, dead.id) == (alone.patched, alone.id)
    assert dead.text.endswith(
        "The hint to retry Lambda.ServiceException sets a retrier for it too: apply only one of "
        "the two."
    )


def test_a_broader_name_to_replace_stays_beside_a_hint_to_retry_one_error() -> None:
    definition = task(Retry=retry("States.All"))
    failed = failures("service_error", "Lambda.ServiceException", number=20)
    (alone,) = hints(definition, failed, kind="dead_retrier")
    more = replace(
        MORE, machine_arn=alone.machine_arn, state="Work", errors=("Lambda.ServiceException",)
    )
    assert alone in agreed([more, alone])
