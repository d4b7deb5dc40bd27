"""Runs the doctor on small simulated accounts, and gives what it found."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from sfn_digest.commands import add_doctor
from sfn_digest.doctor import NAME_WIDTH
from simulator.records import World
from simulator.server import Account, Workspace, serve
from tests.aws import small_world
from tests.aws.small_world import machine, world

TOKEN = "xoxb-111-222-verysecret"
PARAMETER = "/sfn-digest/slack-token"
CHANNEL = "C0SFNDIGEST"
TAG = str(small_world.TAG)
FUNCTION = {
    "SFN_DIGEST_TAG": TAG,
    "SFN_DIGEST_CHANNEL": CHANNEL,
    "SLACK_TOKEN_PARAMETER": PARAMETER,
}
"""What a stack would set on the function."""

SCOPES = frozenset({"chat:write", "channels:history", "channels:read", "files:write"})


@dataclass(frozen=True)
class Visit:
    """What one run gave: its exit status, the lines by the check's name, and all it wrote."""

    status: int
    found: Mapping[str, Sequence[tuple[str, str]]]
    output: str
    account: Account

    def one(self, name: str) -> tuple[str, str]:
        """Status and text of the check, of which there must be one line."""
        (only,) = self.found[name]
        return only


Clinic = Callable[..., Visit]


def words_of(*arguments: str) -> argparse.Namespace:
    """The words as the command line's own parser would read them."""
    parser = argparse.ArgumentParser()
    add_doctor(parser.add_subparsers(required=True))
    return parser.parse_args(["doctor", *arguments])


def healthy_world() -> World:
    """Two tagged machines with an execution each, an Express one, and one without the tag."""
    machines = [machine("jobs"), machine("orders"), machine("web", type="EXPRESS")]
    executions = [small_world.run(name, 1, hours_ago=2) for name in ("jobs", "orders")]
    return world([*machines, machine("other", tags={})], executions)


def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine's own environment may say."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "SLACK_", "SFN_DIGEST_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def visit(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
    environment: Mapping[str, str],
    simulated: World,
    settings: Mapping[str, Any],
) -> Visit:
    """Run the doctor's words on a simulated account."""
    clear(monkeypatch)
    served: dict[str, Any] = {
        "parameters": {PARAMETER: TOKEN},
        "functions": {"digest": FUNCTION},
        "workspace": Workspace(TOKEN, (CHANNEL,), scopes=SCOPES),
        **settings,
    }
    with serve(simulated, **served) as account:
        for name, value in {**account.environment, **environment}.items():
            monkeypatch.setenv(name, value)
        words = words_of(*arguments)
        status = words.run(words)
    out, err = capsys.readouterr()
    found: dict[str, list[tuple[str, str]]] = {}
    for line in out.splitlines()[:-2]:
        mark, rest = line[:9], line[11:]
        name, text = rest[:NAME_WIDTH].strip(), rest[NAME_WIDTH + 2 :]
        found.setdefault(name, []).append((mark[2:].strip(), text))
    return Visit(status, found, out + err, account)
