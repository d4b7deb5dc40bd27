"""`sfn-digest redrive`: lists, asks, and redrives what would succeed now."""

import io
import sys
from collections.abc import Iterator

import pytest

from sfn_digest.aws import quotas
from sfn_digest.aws.api import Api
from sfn_digest.aws.governor import Allowance
from sfn_digest.cli import main
from simulator.server import Account, serve
from tests.conftest import PLENTY, Week, set_environment

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
WORDS = ["redrive", "--machine", "calculate-scores", "--successes", "5"]


@pytest.fixture
def account(week: Week, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account of this test's own, since what is redriven is redriven."""
    monkeypatch.setattr(quotas, "UNCONFIRMED", {Api.REDRIVE_EXECUTION: Allowance(1000, 1000)})
    with serve(week.world, buckets=PLENTY) as own:
        set_environment(monkeypatch, own.environment)
        yield own


def redriven(account: Account) -> int:
    return sum(call.api == "RedriveExecution" for call in account.calls)


class Terminal(io.StringIO):
    """Standard input where a person sits."""

    def isatty(self) -> bool:
        """A terminal it is."""
        return True


def test_a_dry_run_lists_and_redrives_nothing(account: Account, capsys: Capture) -> None:
    assert main([*WORDS, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "Spot interruption" in out
    assert "succeeded since" in out
    assert redriven(account) == 0


def test_without_a_question_each_is_redriven_once_and_told(
    account: Account, capsys: Capture
) -> None:
    assert main([*WORDS, "--yes"]) == 0
    err = capsys.readouterr().err
    number = redriven(account)
    assert number >= 5
    assert err.count(": redriven.") == number
    assert f"{number} of {number} were redriven." in err
    assert main([*WORDS, "--yes"]) == 1
    assert f"0 of {number} were redriven." in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 130), ("\n", 130)])
def test_a_person_is_asked_first(
    account: Account,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    status: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(WORDS) == status
    assert "Redrive these " in capsys.readouterr().err
    assert (redriven(account) > 0) is (status == 0)


def test_where_nobody_can_be_asked_it_redrives_nothing(account: Account, capsys: Capture) -> None:
    assert main(WORDS) == 2
    assert "There is no terminal to confirm" in capsys.readouterr().err
    assert redriven(account) == 0
