import pytest

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.matching import covers, name_takes, retrier_for


@pytest.mark.parametrize(
    ("name", "error", "taken"),
    [
        ("States.ALL", "KeyError", True),
        ("States.ALL", "States.Timeout", True),
        ("States.ALL", "States.QueryEvaluationError", True),
        ("States.ALL", "States.Runtime", False),
        ("States.ALL", "States.DataLimitExceeded", False),
        ("States.TaskFailed", "ECS.AmazonECSException", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.TaskFailed", "States.DataLimitExceeded", False),
        ("Ecs.ServerException", "ECS.ServerException", False),
        ("States.Runtime", "States.Runtime", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", True),
        ("States.HeartbeatTimeout", "States.Timeout", False),
    ],
)
def test_what_a_name_takes(name: str, error: str, taken: bool) -> None:
    assert name_takes(name, error) is taken


def test_history_shows_a_heartbeat_s_timeout_as_states_timeout() -> None:
    assert name_takes("States.HeartbeatTimeout", "States.Timeout", heartbeat=True)


def test_the_first_retrier_that_takes_an_error_keeps_it_from_the_others() -> None:
    first, second = Retrier(("States.TaskFailed",)), Retrier(("ECS.ServerException",))
    assert retrier_for((first, second), "ECS.ServerException") is first
    assert retrier_for((first, second), "States.Timeout") is None


@pytest.mark.parametrize(
    ("earlier", "later", "covered"),
    [
        ("E", "E", True),
        ("E", "F", False),
        ("States.TaskFailed", "E", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.TaskFailed", "States.ALL", False),
        ("States.ALL", "States.TaskFailed", True),
    ],
)
def test_a_later_name_is_covered_by_a_broader_one_before_it(
    earlier: str, later: str, covered: bool
) -> None:
    assert covers(earlier, later) is covered
