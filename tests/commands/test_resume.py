"""A report that was interrupted goes on where it was."""

import json
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.cli import main
from sfn_digest.model.executions import Window
from sfn_digest.pipeline import continuation, failure_reading
from sfn_digest.pipeline.failures import read_failure
from simulator.server.account import serve
from tests.aws.small_world import PLENTY, TAG, WEEK, machine, run, world
from tests.conftest import set_environment

pytestmark = pytest.mark.slow

FAILURES = 40
WORLD = world([machine("orders")], [run("orders", n, hours_ago=n + 1.0) for n in range(FAILURES)])
WORDS = ["report", "--all", "--tag", str(TAG), "--successes", "0", "--format", "json"]


class Reads:
    """How often each execution was read, and after how many reads a person interrupts."""

    def __init__(self) -> None:
        self.of: Counter[str] = Counter()
        self.interrupted_after: int | None = None

    def read(self, execution: Any, *words: Any, **more: Any) -> Any:
        if self.interrupted_after is not None and self.of.total() >= self.interrupted_after:
            raise KeyboardInterrupt
        self.of[execution.name] += 1
        return read_failure(execution, *words, **more)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Reads]:
    made = Reads()
    monkeypatch.setattr(failure_reading, "read_failure", made.read)
    monkeypatch.setattr(continuation, "BATCH_READINGS", 4)
    # The package names the parser of the command so too.
    command = import_module("sfn_digest.commands.parsed_request")
    monkeypatch.setattr(command, "parse_window", lambda *_, **__: WEEK)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with serve(WORLD, buckets=PLENTY) as account:
        for name, value in account.environment.items():
            monkeypatch.setenv(name, value)
        yield made


def test_an_interrupted_report_is_resumed_and_reads_nothing_twice(
    reads: Reads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reads.interrupted_after = 20
    assert main(WORDS) == 130
    assert list(tmp_path.rglob("*.batch"))
    before = dict(reads.of)
    reads.interrupted_after = None
    assert main([*WORDS, "--resume"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["failures"]) == report["coverage"]["failures_read"] == FAILURES
    assert report["coverage"]["continuations"] == 1
    assert report["coverage"]["complete"]
    assert len(before) == 20
    # What was being read when the person interrupted may not have been kept.
    assert sum(number > 1 for number in reads.of.values()) < 20
    assert not list(tmp_path.rglob("*.batch"))


def test_a_report_in_the_same_words_says_that_one_was_interrupted(
    reads: Reads, capsys: pytest.CaptureFixture[str]
) -> None:
    reads.interrupted_after = 20
    main(WORDS)
    reads.interrupted_after = None
    capsys.readouterr()
    assert main(WORDS) == 0
    said = "sfn-digest: a report with these options was interrupted; --resume continues it.\n"
    assert said in capsys.readouterr().err
    assert max(reads.of.values()) == 2
    assert main([*WORDS, "--resume"]) == 0
    assert "no report with these options was interrupted" in capsys.readouterr().err


def test_what_aws_denies_is_no_interrupted_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = machine("secret")
    runs = [run("orders", 1, hours_ago=1.0), run("secret", 1, hours_ago=2.0)]
    denied = world([machine("orders"), secret], runs, denied=frozenset({secret.arn}))
    monkeypatch.setattr(import_module("sfn_digest.commands.parsed_request"), "parse_window", ours)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with serve(denied, buckets=PLENTY) as account:
        set_environment(monkeypatch, account.environment)
        assert main(WORDS) == 0
        said = capsys.readouterr()
    assert json.loads(said.out)["coverage"]["failures_found"] == 2
    assert "--resume" not in said.err
    assert not list(tmp_path.rglob("*.batch"))


def ours(*_: Any, **__: Any) -> Window:
    return WEEK


@pytest.mark.parametrize("other", [["--no-memory"], ["week.json"], ["--accounts", "a.toml"]])
def test_nothing_is_resumed_where_nothing_is_kept(
    other: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--resume", *other]) == 2
    assert "--resume continues an interrupted report on one account" in capsys.readouterr().err
