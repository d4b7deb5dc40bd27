"""Which states an execution may succeed without."""

from typing import Any

import pytest

from sfn_digest.asl.definition import read_definition
from sfn_digest.asl.detours import may_be_left_out

WORK: dict[str, Any] = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
RULE = {"Variable": "$.much", "BooleanEquals": True, "Next": "Work"}
CHOICE: dict[str, Any] = {"Type": "Choice", "Choices": [RULE], "Default": "Done"}
DONE = {"Type": "Succeed"}


def block(**states: dict[str, Any]) -> dict[str, Any]:
    """States, of which the first one starts."""
    return {"StartAt": next(iter(states)), "States": states}


def left_out(name: str, **states: dict[str, Any]) -> bool:
    return may_be_left_out(read_definition(block(**states)), name)


@pytest.mark.parametrize("end", [DONE, {**WORK, "End": True}])
def test_a_state_that_a_choice_leads_past_may_be_left_out(end: dict[str, Any]) -> None:
    assert left_out("Work", Choose=CHOICE, Work={**WORK, "Next": "Done"}, Done=end)
    assert not left_out("Done", Choose=CHOICE, Work={**WORK, "Next": "Done"}, Done=end)


def test_a_state_that_every_way_leads_through_is_always_entered() -> None:
    back = {**CHOICE, "Default": "Work"}
    assert not left_out("Work", Choose=back, Work={**WORK, "End": True})


def test_a_way_that_ends_in_a_failure_is_no_success_without_the_state() -> None:
    fail = {"Type": "Fail"}
    assert not left_out("Work", Choose=CHOICE, Work={**WORK, "End": True}, Done=fail)


def test_a_catch_leads_past_the_states_behind_it_too_seldom_to_count() -> None:
    first = {**WORK, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}], "Next": "Work"}
    assert not left_out("Work", First=first, Work={**WORK, "Next": "Done"}, Done=DONE)


def test_a_poll_loop_comes_to_its_end() -> None:
    again = {**CHOICE, "Default": "Work"}
    assert left_out("Save", Work={**WORK, "Next": "Again"}, Again={**again, "Choices": [
        {"Variable": "$.much", "BooleanEquals": True, "Next": "Done"}]},
        Save={**WORK, "End": True}, Done=DONE)  # fmt: skip


@pytest.mark.parametrize("inside", [True, False])
def test_a_state_within_others_is_left_out_with_them_or_within_them(inside: bool) -> None:
    own = block(Choose=CHOICE, Work={**WORK, "Next": "Done"}, Done=DONE)
    whole = block(Work={**WORK, "End": True})
    each = {"Type": "Map", "ItemProcessor": own if inside else whole}
    if inside:
        assert left_out("Work", Each={**each, "End": True})
    else:
        past = {**CHOICE, "Choices": [{**RULE, "Next": "Each"}]}
        assert left_out("Work", Past=past, Each={**each, "Next": "Done"}, Done=DONE)
        assert not left_out("Work", Each={**each, "End": True})


def test_a_state_that_is_gone_is_not_left_out() -> None:
    assert not left_out("Gone", Work={**WORK, "End": True})
