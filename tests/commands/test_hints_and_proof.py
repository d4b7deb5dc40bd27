"""Hints as reports gave them; and `patch --prove`: what Step Functions says, on standard error."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sfn_digest.adoption import GivenHint
from sfn_digest.aws import quotas
from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Allowance
from sfn_digest.cli import main
from sfn_digest.commands.hints_and_proof import KeptHints
from simulator.server import serve
from tests.conftest import PLENTY, Week, set_environment
from tests.report.test_hints import hinted

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "UNCONFIRMED", {Api.TEST_STATE: Allowance(1000, 1000)})


def test_a_patch_is_proven_attempt_by_attempt_old_beside_new(week: Week, capsys: Capture) -> None:
    assert main(["patch", "--machine", "daily-batch", "--successes", "10", "--prove"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("{")
    assert all(line in err for line in ("as it runs", "fails: retrier 1 is exhausted"))
    assert any(call.api == "TestState" for call in week.account.calls)


@pytest.mark.usefixtures("week")
def test_a_catch_that_a_hint_adds_is_proven_behind_the_retries(capsys: Capture) -> None:
    """By its ID: which steps are applied without it hangs on what the week's retries are worth."""
    words = ["--machine", "calculate-scores", "--successes", "10"]
    assert main(["report", *words, "--format", "json"]) == 0
    hints = json.loads(capsys.readouterr().out)["hints"]
    (branch,) = [each["id"] for each in hints if each["kind"] == "ecs_branch"]
    assert main(["patch", "--hint", branch, "--prove"]) == 0
    err = capsys.readouterr().err
    assert all(line in err for line in ("retried after", "caught: continues at"))


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


def test_of_a_hint_that_two_kinds_of_reports_gave_the_last_is_taken_and_only_once() -> None:
    hint = replace(hinted(1).hints[0], id="abc")
    early, late = datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC)
    older, newer = (
        GivenHint(early, replace(hint, failures=1)),
        GivenHint(late, replace(hint, failures=2)),
    )
    other = GivenHint(early, replace(hint, id="def"))
    for kept in ((older, newer, other), (newer, other, older)):
        assert KeptHints(kept, "here").of_ids(["abc"]) == (newer, other)
