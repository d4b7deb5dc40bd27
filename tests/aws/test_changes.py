"""When the definition an execution ran was last changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from tests.aws.small_world import END, arn, machine, opened, run, world

LATE, EARLY = run("orders", 1, hours_ago=1), run("orders", 2, hours_ago=30)
CHANGED = END - timedelta(hours=20)
CHANGED_ONCE = replace(machine("orders"), updated_at=(CHANGED.timestamp(),))


def test_each_execution_tells_of_the_definition_it_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([CHANGED_ONCE], [LATE, EARLY]), monkeypatch) as (account, served):
        assert account.past.definition_updated_at(LATE.arn) == CHANGED
        created = datetime.fromtimestamp(CHANGED_ONCE.created_at, UTC)
        assert account.past.definition_updated_at(EARLY.arn) == created
        assert [call.action for call in served.calls[1:]] == [
            "states:DescribeStateMachineForExecution"
        ] * 2
    assert account.usage().api_calls["DescribeStateMachineForExecution"] == 2


def test_a_refusal_is_a_note_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    shut = world([CHANGED_ONCE], [LATE], frozenset({arn("orders")}))
    with opened(shut, monkeypatch) as (account, _):
        assert account.past.definition_updated_at(LATE.arn) is None
    [note] = account.usage().notes
    assert note.startswith(
        "Definition changes before new causes appeared could not be looked up: AWS denied "
        "states:DescribeStateMachineForExecution"
    )
    assert account.usage().complete


def test_after_the_deadline_nothing_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([CHANGED_ONCE], [LATE]), monkeypatch) as (account, served):
        assert account.until(-inf).past.definition_updated_at(LATE.arn) is None
        assert len(served.calls) == 1
    [note] = account.usage().notes
    assert note == (
        "Definition changes before new causes appeared could not be looked up: Time ran out "
        "before DescribeStateMachineForExecution responded."
    )
