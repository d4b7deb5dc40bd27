"""`sfn-digest patch --prove`: what Step Functions says, on standard error."""

import pytest

from sfn_digest.aws import quotas
from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Allowance
from sfn_digest.cli import main
from simulator.server import serve
from tests.conftest import PLENTY, Week, set_environment

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "UNCONFIRMED", {Api.TEST_STATE: Allowance(1000, 1000)})


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("daily-batch", ["as it runs", "fails: retrier 1 is exhausted"]),
        ("calculate-scores", ["retried after", "caught: continues at"]),
    ],
)
def test_a_patch_is_proven_attempt_by_attempt_old_beside_new(
    week: Week, capsys: Capture, name: str, lines: list[str]
) -> None:
    assert main(["patch", "--machine", name, "--successes", "10", "--prove"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("{")
    assert all(line in err for line in lines)
    assert any(call.api == "TestState" for call in week.account.calls)


def test_a_caller_who_may_not_test_gets_the_patch_and_is_told(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(
        week.world, buckets=PLENTY, denied_actions=frozenset({"states:TestState"})
    ) as account:
        set_environment(monkeypatch, account.environment)
        assert main(["patch", "--machine", "daily-batch", "--prove"]) == 1
    out, err = capsys.readouterr()
    assert '"ECS.ServerException"' in out
    assert "The patch was not proven: AWS denied states:TestState" in err
