"""`report --accounts`: each account by itself, and one that fails costs no other."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from bench import accounts as accounts_bench
from sfn_digest.cli import main
from simulator.server import Organization, serve_organization
from simulator.worlds.fleet import fleet_world
from tests.conftest import set_environment

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]
IDS = [f"{200_000_000_000 + number}" for number in range(4)]
ANSWERING, SILENT, REFUSING = IDS[:2], IDS[2], IDS[3]


@pytest.fixture(scope="module")
def served() -> Iterator[Organization]:
    """Two accounts that answer and one that hangs up; of the fourth no role may be taken."""
    world = fleet_world(time.time() // 60 * 60, machines=3, failing=2, failures=4)
    worlds = dict.fromkeys([*ANSWERING, SILENT], world)
    with serve_organization(worlds, silent=frozenset([SILENT])) as organization:
        yield organization


@pytest.fixture
def accounts(served: Organization, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    set_environment(monkeypatch, served.environment)
    file = tmp_path / "accounts.json"
    rows = [{"id": each, "role": "reader", "regions": [served.region]} for each in IDS]
    file.write_text(json.dumps(rows), encoding="utf-8")
    return str(file)


def test_who_answers_is_read_and_who_does_not_is_named(
    accounts: str, capsys: Capture, served: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-simulated")
    words = ["report", "--accounts", accounts, "--format", "json", "--post", "C0SFNDIGEST"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads(Path("docs/accounts.schema.json").read_text("utf-8")))
    assert [(row["account_id"], row["failures"]) for row in told["accounts"]] == [
        (each, 4) for each in ANSWERING
    ]
    why = {each["account_id"]: each["why"] for each in told["missing"]}
    assert why.keys() == {SILENT, REFUSING}
    assert "AWS denied sts:AssumeRole" in why[REFUSING]
    assert "connection was lost" in why[SILENT]
    (root,) = [each for each in served.slack.messages if each.thread_ts is None]
    assert SILENT in root.text
    assert REFUSING in root.text


def test_where_none_reports_the_command_fails_with_the_reason(
    accounts: str, capsys: Capture
) -> None:
    rows = json.loads(Path(accounts).read_text("utf-8"))
    Path(accounts).write_text(json.dumps(rows[3:]), encoding="utf-8")
    assert main(["report", "--accounts", accounts]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "None of the 1 accounts and Regions reported" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--open"], "“--open” cannot be used with --accounts"),
        (["--format", "csv"], "“--format csv” cannot be used with --accounts"),
        (["week.json"], "“FILE.json” cannot be used with --accounts"),
        ([], "names no account"),
    ],
)
def test_what_makes_no_sense_costs_no_call(
    capsys: Capture, tmp_path: Path, words: list[str], says: str
) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text("", encoding="utf-8")
    assert main(["report", "--accounts", str(file), *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


def test_the_bench_posts_one_message_that_names_the_silent() -> None:
    ran = accounts_bench.run(4)
    assert (ran.messages, ran.named, ran.failures) == (1, 3, accounts_bench.FAILURES)
