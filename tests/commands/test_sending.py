"""The report in the browser and in Slack, from the terminal."""

import json
import webbrowser
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from sfn_digest.cli import main
from simulator.demo import CHANNEL
from simulator.served import TOKEN_PARAMETER
from simulator.server import Refused, serve
from tests.conftest import Week, set_environment

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, week: Week) -> None:
    assert week.account.endpoint_url
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("SLACK_TOKEN_PARAMETER", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []

    def take(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", take)
    return addresses


def run(*words: str) -> int:
    return main(["report", "--machine", "train-model", *words])


@pytest.mark.parametrize("words", [[], ["--format", "html"]])
def test_the_page_is_opened_and_its_path_is_told(
    capsys: Capture, opened: list[str], words: list[str]
) -> None:
    assert run("--open", *words) == 0
    out, err = capsys.readouterr()
    (address,) = opened
    page = Path(unquote(urlparse(address).path))
    assert out == ""
    assert f"The page: {page}\n" in err
    assert page.read_text("utf-8").lower().startswith("<!doctype html>")
    assert "train-model" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0


def test_what_else_was_asked_for_still_goes_to_standard_output(
    capsys: Capture, opened: list[str]
) -> None:
    assert run("--open", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["machines"][0]["name"] == "train-model"
    assert len(opened) == 1


def test_where_no_browser_opens_the_page_can_still_be_found(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert run("--open") == 0
    assert "No browser could be opened" in capsys.readouterr().err


@pytest.mark.parametrize(
    "token", [("SLACK_BOT_TOKEN", "xoxb-simulated"), ("SLACK_TOKEN_PARAMETER", TOKEN_PARAMETER)]
)
def test_a_report_is_posted_with_its_thread_and_it_is_told_where(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch, token: tuple[str, str]
) -> None:
    parameters = {TOKEN_PARAMETER: "xoxb-simulated"}
    with serve(week.world, parameters=parameters) as account:
        set_environment(monkeypatch, {**account.environment, token[0]: token[1]})
        # boto3 alone would not look at AWS_REGION.
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        assert run("--post", CHANNEL) == 0
        root, *thread = account.slack.messages
    out, err = capsys.readouterr()
    assert out == ""
    assert f"Posted to channel {root.channel} as message {root.ts}.\n" in err
    assert "xoxb" not in err
    assert thread
    assert {reply.thread_ts for reply in thread} == {root.ts}


def test_a_refusal_by_slack_is_one_sentence_and_status_1(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(week.world) as account:
        set_environment(monkeypatch, {**account.environment, "SLACK_BOT_TOKEN": "xoxb-simulated"})
        account.slack.inject(Refused("not_in_channel"))
        assert run("--post", CHANNEL) == 1
    out, err = capsys.readouterr()
    assert out == ""
    last = err.splitlines()[-1]
    assert last.startswith("sfn-digest: ")
    assert "/invite" in last
    assert "kept" not in last
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        ("#data-ops", "“#data-ops”, which is not a channel ID: give one such as C0123456789"),
        (CHANNEL, "There is no Slack token to post with: set SLACK_BOT_TOKEN"),
    ],
)
def test_what_posting_lacks_is_said_before_anything_is_read(
    week: Week, capsys: Capture, channel: str, says: str
) -> None:
    before = len(week.account.calls)
    assert run("--post", channel) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert len(week.account.calls) == before
