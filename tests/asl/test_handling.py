"""What becomes of an error: its retrier, its catcher, and where that leads."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.asl.definition import Definition, read_definition
from sfn_digest.asl.handling import (
    Ending,
    ending_of,
    handling_of,
    hides_errors,
    retriers_on_the_way,
)
from sfn_digest.asl.matching import EXCEEDED


def machine(catch: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    work: dict[str, Any] = {"Type": "Task", "Resource": "arn", "Next": "Done"}
    if catch:
        work["Catch"] = catch
    return {
        "States": {
            "Work": work,
            "Done": {"Type": "Succeed"},
            "Tell": {"Type": "Task", "Resource": "arn", "Next": "Sort"},
            "Sort": {"Type": "Choice", "Choices": [{"Next": "Stop"}], "Default": "Stop"},
            "Stop": {"Type": "Fail"},
            "Loop": {"Type": "Pass", "Next": "Loop"},
            **more,
        }
    }


def caught(next_state: str, *names: str) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(names), "Next": next_state}]


def ending(asl: dict[str, Any], state: str = "Work", error: str = "Boom") -> Ending | None:
    definition = read_definition(asl)
    return ending_of(definition, definition.states[state], error)


def test_an_error_that_nothing_takes_ends_the_execution() -> None:
    assert ending(machine(caught("Done", "Other"))) is None


def test_a_catcher_that_leads_to_a_good_end_is_told_from_one_that_only_ends_otherwise() -> None:
    assert ending(machine(caught("Done", "Boom"))) == Ending("Work", "Done", ends_well=True)
    assert ending(machine(caught("Tell", "States.ALL"))) == Ending("Work", "Tell", ends_well=False)
    assert ending(machine(caught("Loop", "Boom"))) == Ending("Work", "Loop", ends_well=False)


def test_only_a_catch_with_a_way_to_a_good_end_hides_errors() -> None:
    def hides(asl: dict[str, Any]) -> bool:
        return hides_errors(read_definition(asl))

    assert not hides(machine())
    assert not hides(machine(caught("Tell", "States.ALL")))
    assert hides(machine(caught("Done", "Boom")))
    again = {"Type": "Task", "Resource": "arn", "Next": "Stop", "Catch": caught("Done", "Boom")}
    assert hides(machine(caught("Tell", "Boom"), Tell=again))
    inner = {
        "States": {"Inner": {"Type": "Task", "Resource": "arn", "Catch": caught("No", "Boom")}}
    }
    inner["States"]["No"] = {"Type": "Fail"}
    assert not hides(machine(Both={"Type": "Parallel", "Branches": [inner], "End": True}))


def test_a_catcher_of_the_state_around_takes_what_the_state_itself_does_not() -> None:
    inner = {"States": {"Inner": {"Type": "Task", "Resource": "arn", "End": True}}}
    branches = {"Type": "Parallel", "Branches": [inner], "Catch": caught("Done", "Boom")}
    asl = machine(Both={**branches, "End": True})
    assert ending(asl, "Inner") == Ending("Both", "Done", ends_well=True)


def test_a_catch_of_all_takes_too_much_data_but_never_a_runtime_error() -> None:
    asl = machine(caught("Done", "States.ALL"))
    assert ending(asl, error="States.DataLimitExceeded") is not None
    assert ending(asl, error="States.Runtime") is None


NAMES = st.sampled_from(["Boom", "Late", "States.ALL", "Never"])
RETRIERS = st.lists(
    st.fixed_dictionaries(
        {
            "ErrorEquals": st.lists(NAMES, min_size=1, max_size=2, unique=True),
            "MaxAttempts": st.integers(0, 4),
            "IntervalSeconds": st.integers(1, 9),
        }
    ),
    max_size=3,
)


@given(RETRIERS)
def test_a_retrier_for_an_error_that_never_came_changes_nothing(
    retriers: list[dict[str, Any]],
) -> None:
    before, after = machine(), machine()
    before["States"]["Work"]["Retry"] = retriers
    after["States"]["Work"]["Retry"] = [{"ErrorEquals": ["Unseen"], "MaxAttempts": 9}, *retriers]
    one, other = read_definition(before), read_definition(after)
    errors = {"Boom", "Late"}
    assert handling_of(one, one.states["Work"], errors) == handling_of(
        other, other.states["Work"], errors
    )


def test_two_errors_that_share_a_counter_are_not_handled_as_with_one_each() -> None:
    shared, apart = machine(), machine()
    shared["States"]["Work"]["Retry"] = [{"ErrorEquals": ["Boom", "Late"]}]
    apart["States"]["Work"]["Retry"] = [{"ErrorEquals": ["Boom"]}, {"ErrorEquals": ["Late"]}]
    one, other = read_definition(shared), read_definition(apart)
    assert handling_of(one, one.states["Work"], ["Boom", "Late"]) != handling_of(
        other, other.states["Work"], ["Boom", "Late"]
    )


def held(**around: Any) -> Definition:
    inner = {"States": {"Inner": {"Type": "Task", "Resource": "arn", "End": True}}}
    branches = {"Type": "Parallel", "Branches": [inner], "End": True, **around}
    return read_definition(machine(Both=branches))


def test_a_holders_retrier_is_part_of_how_an_error_in_it_is_handled() -> None:
    one, other = held(), held(Retry=[{"ErrorEquals": ["Boom"]}])
    inner = "Inner"
    assert handling_of(one, one.states[inner], ["Boom"]) != handling_of(
        other, other.states[inner], ["Boom"]
    )
    assert handling_of(one, one.states[inner], ["Late"]) == handling_of(
        other, other.states[inner], ["Late"]
    )


def test_a_distributed_map_fails_by_the_number_of_its_failed_children() -> None:
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    inner = {"Inner": {"Type": "Task", "Resource": "arn", "End": True}}
    around = {
        "Type": "Map",
        "ItemProcessor": {**config, "States": inner},
        "Retry": [{"ErrorEquals": ["Boom"]}, {"ErrorEquals": [EXCEEDED]}],
    }
    found = read_definition(machine(Each=around))
    taken = retriers_on_the_way(found, found.states["Inner"], "Boom")
    assert [each.errors if each else None for each in taken] == [None, (EXCEEDED,)]
