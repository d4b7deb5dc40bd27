"""What Step Functions says of a definition, asked of the simulated account."""

import json
from unittest.mock import Mock

import pytest

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.state_tests import StateTests, mistakes_in
from sfn_digest.errors import AccessDeniedError
from sfn_digest.model.proof import AttemptOutcome
from simulator.server import serve
from tests.conftest import Week, set_environment

pytestmark = pytest.mark.slow

GOOD = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


@pytest.mark.parametrize(("place", "jitter"), [(0, False), (1, True), (None, False), (2, False)])
def test_a_retry_of_a_retrier_with_full_jitter_is_said_to_be_one(
    place: int | None, jitter: bool
) -> None:
    """Such a retry comes at any time within its delay."""
    calls = Mock(spec=Calls)
    calls.make.return_value = AttemptOutcome("RETRIABLE", place, 120)
    asked = StateTests(calls, Mock(), Mock())
    state = {"Retry": [{"ErrorEquals": ["A"]}, {"ErrorEquals": ["B"], "JitterStrategy": "FULL"}]}
    assert asked.failed(state, "B", 0) == AttemptOutcome(
        "RETRIABLE", place, 120, full_jitter=jitter
    )


@pytest.mark.usefixtures("week")
def test_a_definition_that_would_be_taken_has_no_mistakes() -> None:
    assert mistakes_in(json.dumps(GOOD), "STANDARD") == ()
    assert mistakes_in(json.dumps(GOOD), None) == ()


@pytest.mark.usefixtures("week")
def test_each_mistake_is_a_line() -> None:
    wrong = {"StartAt": "B", "States": {"A": {"Type": "Pass", "Next": "C"}}}
    assert mistakes_in(json.dumps(wrong), "EXPRESS") == (
        "MISSING_TRANSITION_TARGET: Missing: B",
        "MISSING_TRANSITION_TARGET: Missing: C",
    )


def test_who_may_not_ask_is_told_which_action_to_allow(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = frozenset({"states:ValidateStateMachineDefinition"})
    with serve(week.world, denied_actions=denied) as account:
        set_environment(monkeypatch, account.environment)
        with pytest.raises(AccessDeniedError, match="states:ValidateStateMachineDefinition"):
            mistakes_in(json.dumps(GOOD), "STANDARD")
