"""The action's own steps, run one after the other against a stub of GitHub's API."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.conftest import Week

ACTION: Mapping[str, Any] = yaml.safe_load(Path("action.yml").read_text(encoding="utf-8"))
STEPS: Mapping[str, Mapping[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"]}
NAME, STATE = "calculate-scores", "CalculateScores"
PAGE = 100


class Stub(ThreadingHTTPServer):
    """GitHub, with the comments of one pull request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        others = [{"id": n, "body": f"looks good {n}"} for n in range(PAGE + 5)]
        self.comments: list[dict[str, Any]] = others
        self.allowed = True
        self.methods: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def ours(self) -> list[str]:
        """The comments that the action wrote."""
        return [each["body"] for each in self.comments if "sfn-digest" in each["body"]]


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        assert self.path.startswith("/repos/o/r/issues/7/comments?")
        page = int(re.findall(r"[?&]page=(\d+)", self.path)[0])
        self._answer(self.server.comments[(page - 1) * PAGE : page * PAGE])

    def do_POST(self) -> None:
        assert self.path == "/repos/o/r/issues/7/comments"
        made = {"id": len(self.server.comments), "html_url": "https://github/new", **self._body()}
        if self.server.allowed:
            self.server.comments.append(made)
        self._answer(made)

    def do_PATCH(self) -> None:
        number = int(self.path.removeprefix("/repos/o/r/issues/comments/"))
        self.server.comments[number] |= self._body()
        self._answer(self.server.comments[number])

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _answer(self, value: object) -> None:
        self.server.methods.append(self.command)
        assert self.headers["Authorization"] == "Bearer ghs_stub"
        refused = self.command != "GET" and not self.server.allowed
        self.send_response(403 if refused else 200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def github() -> Iterator[Stub]:
    """GitHub, for one test."""
    with Stub() as stub:
        thread = threading.Thread(target=stub.serve_forever, daemon=True)
        thread.start()
        yield stub
        stub.shutdown()
        thread.join()


class Job:
    """A job on a runner that uses the action, with these inputs."""

    def __init__(self, folder: Path, github: Stub, **inputs: str) -> None:
        self._folder = folder
        self._inputs = {
            name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()
        }
        self._inputs |= {"github-token": "ghs_stub", **inputs}
        self.fork = "false"
        python = folder / "sfn-digest" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        self._environment = {
            **os.environ,
            "GITHUB_ACTION_PATH": str(Path.cwd()),
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "RUNNER_TEMP": str(folder),
        }

    def run(self, *steps: str) -> int:
        """Run these steps until one fails; gives the last exit status."""
        for step in steps:
            given = {name: self._filled(text) for name, text in STEPS[step]["env"].items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]],
                env={**self._environment, **given},
                capture_output=True,
                text=True,
                check=False,
            )
            self.said = done.stdout + done.stderr
            if done.returncode:
                return done.returncode
        return 0

    def _filled(self, text: str) -> str:
        known = {f"inputs.{name}": value for name, value in self._inputs.items()}
        known["github.event.pull_request.number"] = "7"
        known["github.event.pull_request.head.repo.fork"] = self.fork
        output = self._folder / "output"
        if output.exists():
            known["steps.backtest.outputs.status"] = output.read_text().strip().split("=")[-1]
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], text)


def definition(week: Week, folder: Path, retry: list[dict[str, Any]]) -> str:
    machine = next(each for each in week.world.machines if each.name == NAME)
    asl = json.loads(json.dumps(machine.definition))
    asl["States"][STATE]["Retry"] = retry
    file = folder / "changed.json"
    file.write_text(json.dumps(asl))
    return str(file)


@pytest.mark.slow
def test_one_comment_says_what_would_have_been_lost_and_is_updated_in_place(
    week: Week, tmp_path: Path, github: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "10")
    file = definition(week, tmp_path, [])
    job = Job(tmp_path, github, definition=file, machine=NAME, since="7d")
    assert job.run("backtest", "comment", "judge") == 1, job.said
    assert "::error::This change would have lost" in job.said
    (comment,) = github.ours()
    assert "This change would have lost" in comment
    long = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 600, "MaxAttempts": 6}
    definition(week, tmp_path, [long])
    (tmp_path / "output").unlink()
    assert job.run("backtest", "comment", "judge") == 0, job.said
    (comment,) = github.ours()
    assert "This change would have recovered" in comment
    assert github.methods == ["GET", "GET", "POST", "GET", "GET", "PATCH"]
    assert "would have recovered" in (tmp_path / "summary").read_text()


@pytest.mark.slow
def test_what_cannot_be_replayed_fails_before_any_comment(tmp_path: Path, github: Stub) -> None:
    job = Job(tmp_path, github, definition=str(tmp_path / "none.json"))
    assert job.run("backtest", "comment") == 1
    assert "cannot be read" in job.said
    assert github.methods == []


def test_a_token_that_may_not_comment_is_told_what_it_needs(tmp_path: Path, github: Stub) -> None:
    github.allowed = False
    (tmp_path / "sfn-digest.md").write_text("**nothing**\n")
    assert Job(tmp_path, github, definition="new.json").run("comment") == 1
    assert github.ours() == []


def test_a_fork_without_credentials_is_told_so_and_does_not_fail(
    tmp_path: Path, github: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "sfn-digest.md").write_text("of an earlier use in this job")
    job = Job(tmp_path, github, definition="new.json", machine=NAME)
    job.fork = "true"
    assert job.run("backtest") == 0
    assert "::notice::A pull request from a fork has no AWS credentials" in job.said
    assert job.run("comment") == 0
    assert github.methods == []


def test_a_comment_too_long_for_github_ends_with_a_whole_line_and_says_so(
    tmp_path: Path, github: Stub
) -> None:
    (tmp_path / "sfn-digest.md").write_text("| a line of a table |\n" * 5000)
    assert Job(tmp_path, github, definition="new.json").run("comment") == 0
    (comment,) = github.ours()
    assert len(comment) < 65_536
    assert comment.endswith("| a line of a table |\n\nThe rest is in the summary of the job.")


def test_a_loss_can_be_told_without_failing_the_check(tmp_path: Path, github: Stub) -> None:
    (tmp_path / "output").write_text("status=3\n")
    assert Job(tmp_path, github, **{"fail-on-loss": "false"}).run("judge") == 0


def test_nothing_is_installed_that_is_not_pinned_and_no_input_is_part_of_a_script() -> None:
    assert "--require-hashes" in STEPS["install"]["run"]
    assert not any("uses" in step for step in STEPS.values())
    assert not any("${{" in step["run"] for step in STEPS.values())
    assert STEPS["comment"]["if"] == "github.event_name == 'pull_request'"
