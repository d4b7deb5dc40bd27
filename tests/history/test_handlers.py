"""An error handler that failed itself says what it hid."""

from typing import Any

from sfn_digest.history import read_history
from sfn_digest.model.history_reading import HistoryReading
from simulator.engine.outcomes import Succeeds
from tests.history.events import newest_first
from tests.simulator.engine.made import BOOM, run, task

CATCH: dict[str, Any] = {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]}
BROKEN = {"Type": "Pass", "Parameters": {"a.$": "$.nothing"}, "End": True}


def reading(states: dict[str, Any], script: dict[str, Any] | None = None) -> HistoryReading:
    execution = run(states, script or {"Work": lambda _: BOOM})
    return read_history(newest_first(execution.events))


def hidden(found: HistoryReading) -> tuple[str | None, str | None, str | None]:
    handled = found.handled
    if handled is None:
        return found.state, None, None
    return found.state, handled.state, handled.error


def test_a_handler_with_a_wrong_path_hides_what_it_was_to_handle() -> None:
    found = reading({"Work": task(**CATCH), "Tell": BROKEN})
    assert hidden(found) == ("Tell", "Work", "Boom")
    assert found.error == "States.Runtime"
    assert found.handled is not None
    assert (found.handled.integration, found.handled.cause) == ("lambda", "it broke")


def test_a_handler_that_calls_something_and_fails_does_too() -> None:
    states = {"Work": task(**CATCH), "Tell": task()}
    found = reading(states, {"Work": lambda _: BOOM, "Tell": lambda _: BOOM})
    assert hidden(found) == ("Tell", "Work", "Boom")


def test_states_that_only_pass_on_lie_between() -> None:
    states = {"Work": task(**CATCH), "Tell": {"Type": "Pass", "Next": "Send"}, "Send": BROKEN}
    assert hidden(reading(states)) == ("Send", "Work", "Boom")


def test_a_handler_within_a_parallel_is_one_all_the_same() -> None:
    branch = {"StartAt": "Send", "States": {"Send": BROKEN}}
    states = {
        "Work": task(**CATCH),
        "Tell": {"Type": "Parallel", "Branches": [branch], "End": True},
    }
    assert hidden(reading(states)) == ("Send", "Work", "Boom")


def test_after_work_that_succeeded_the_error_had_been_recovered_from() -> None:
    states = {"Work": task(**CATCH), "Tell": task(Next="Later"), "Later": task()}
    script = {"Work": lambda _: BOOM, "Tell": lambda _: Succeeds(1.0), "Later": lambda _: BOOM}
    assert hidden(reading(states, script)) == ("Later", None, None)


def test_a_failure_that_no_catch_took_hides_nothing() -> None:
    assert hidden(reading({"Work": task()})) == ("Work", None, None)


def test_a_caught_map_is_named_by_the_state_that_failed_in_it() -> None:
    body = {"StartAt": "Inner", "States": {"Inner": task()}}
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": body, "ResultPath": None}
    states = {
        "Start": {"Type": "Pass", "Result": {"items": [1]}, "Next": "Each"},
        "Each": {**each, **CATCH, "End": True},
        "Tell": BROKEN,
    }
    assert hidden(reading(states, {"Inner": lambda _: BOOM})) == ("Tell", "Inner", "Boom")
