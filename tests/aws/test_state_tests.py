"""What Step Functions says of a definition, asked of the simulated account."""

import json

import pytest

from sfn_digest.aws.state_tests import mistakes_in
from sfn_digest.errors import AccessDeniedError
from simulator.server import serve
from tests.conftest import Week, set_environment

pytestmark = pytest.mark.slow

GOOD = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


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
