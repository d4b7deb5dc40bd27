"""From an empty account to the digest in the channel, and back: `make e2e`."""

import platform
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from infra.bundling import LAMBDA, Platform, bundle, digest, manylinux
from tests.e2e.account import Account
from tests.e2e.cdk import STACK, Cdk
from tests.e2e.engines import OWNERS_TOKEN, TOKEN, Engines, started

SCHEDULE_PATIENCE = 180.0
"""Seconds for a schedule of one minute to fire twice and a digest to be posted."""

HOST = Platform(
    wheels=manylinux(platform.machine()),
    python=f"{sys.version_info.major}.{sys.version_info.minor}",
)
"""ministack runs the function on this machine's own Python, whatever its runtime says."""

ELF_AARCH64 = b"\xb7\x00"
"""The machine that an ELF header names, at its byte 18 (EM_AARCH64, 183)."""

RULES = Path("tests/infra/rules.toml")

UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Lambda's limit on an unzipped asset."""


@dataclass(frozen=True)
class Deployed:
    """A deployed digest and what it can be watched through."""

    account: Account
    slack: WebClient
    channel: str
    closed: str
    team: str
    owner: WebClient
    function: str
    late: str

    def messages(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The digests in a channel, by default the digest's own, oldest first."""
        history = self.slack.conversations_history(channel=channel or self.channel)
        return [dict(m) for m in reversed(history["messages"]) if "subtype" not in m]

    def files(self, ts: str) -> set[str]:
        """The kinds of the files that hang on a digest's thread."""
        thread = self.slack.conversations_replies(channel=self.channel, ts=ts)["messages"]
        names = (file["name"] for message in thread for file in message.get("files", ()))
        return {name.rpartition(".")[2] for name in names}

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The channel's messages once there are `count`."""
        deadline = time.monotonic() + SCHEDULE_PATIENCE
        while time.monotonic() < deadline:
            if len(messages := self.messages()) >= count:
                return messages
            time.sleep(1)
        raise TimeoutError(f"{len(self.messages())} messages in the channel, not {count}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("e2e")


@pytest.fixture(scope="module")
def engines(folder: Path) -> Iterator[Engines]:
    with started(folder) as engines:
        yield engines


@pytest.fixture(scope="module")
def deployed(engines: Engines, folder: Path) -> Iterator[Deployed]:
    """Everything docs/deploy.md says to do, in its order; removed at the end."""
    account, cdk = Account(engines), Cdk(engines, folder / "cdk.out")
    slack, owner = (
        WebClient(token=token, base_url=f"{engines.slack}/api/") for token in (TOKEN, OWNERS_TOKEN)
    )
    channel, closed, team = (_channel(slack, name) for name in ("sfn-digest", "closed", "team"))
    account.store_token("/sfn-digest/slack-token")
    account.failed_machine("nightly-orders", [{"key": "sfn-digest", "value": "on"}], 3)
    account.failed_machine("nobodys-business", [], 2)
    tags = {"sfn-digest": "on", "sfn-digest:channel": team, "sfn-digest:owner": "Team orders"}
    account.failed_machine("team-orders", [{"key": k, "value": v} for k, v in tags.items()], 2)
    late = account.failed_machine("tagged-late", [], 1)
    cdk.bootstrap()
    asset = bundle(folder / "asset", platform=HOST, rules=RULES)
    settings = {"channel": channel, "schedule": "rate(1 minute)", "rules": str(RULES)}
    cdk.synth({**settings, "asset": str(asset)})
    cdk.fit_to_ministack(engines, datetime.now(UTC) + timedelta(minutes=1))
    cdk.deploy()
    function = account.outputs(STACK)["FunctionName"]
    yield Deployed(account, slack, channel, closed, team, owner, function, late)
    cdk.destroy()
    assert not account.client("lambda").list_functions()["Functions"]
    assert not account.client("scheduler").list_schedules()["Schedules"]


def _channel(slack: WebClient, name: str) -> str:
    (only,) = (c["id"] for c in slack.conversations_list()["channels"] if c["name"] == name)
    return str(only)


def test_the_schedule_fires_and_the_digest_is_in_the_channel(deployed: Deployed) -> None:
    (digest, *_) = deployed.wait_for(1)
    assert "nightly-orders" in digest["text"]
    assert "nobodys-business" not in str(digest)
    assert "3" in digest["text"]
    assert "Ask finance for a new card" in str(digest)


def test_a_report_can_be_asked_for_by_hand(deployed: Deployed) -> None:
    before = len(deployed.wait_for(1))
    answer = deployed.account.invoke(
        deployed.function, {"since": "1h", "machines": ["nightly-*"], "channel": deployed.channel}
    )
    assert answer["totals"]["failed"] == 3
    assert answer["posted"]["channel"] == deployed.channel
    posted = deployed.wait_for(before + 1)
    assert answer["posted"]["ts"] in [message["ts"] for message in posted]
    assert deployed.files(answer["posted"]["ts"]) == {"png", "csv", "json"}


def test_a_dry_run_posts_nothing_and_answers_the_message(deployed: Deployed) -> None:
    answer = deployed.account.invoke(deployed.function, {"since": "1h", "dry_run": True})
    assert answer["posted"] is None
    assert "nightly-orders" in answer["messages"][0]["text"]


def test_a_period_that_is_run_again_updates_its_message_and_adds_none(deployed: Deployed) -> None:
    again = {"scheduled_time": datetime.now(UTC).isoformat(timespec="seconds")}
    deployed.wait_for(1)
    first = deployed.account.invoke(deployed.function, again)
    before = deployed.messages()
    deployed.account.tag(deployed.late, "sfn-digest", "on")
    second = deployed.account.invoke(deployed.function, again)
    after = deployed.messages()
    assert second["posted"] == first["posted"]
    assert [m["ts"] for m in after] == [m["ts"] for m in before]
    told, now = (
        next(str(m) for m in messages if m["ts"] == first["posted"]["ts"])
        for messages in (before, after)
    )
    assert "tagged-late" not in told
    assert "tagged-late" in now


def test_a_machine_s_own_channel_gets_its_digest_once_however_often_it_is_fired(
    deployed: Deployed,
) -> None:
    moment = datetime.now(UTC).replace(second=7, microsecond=0)
    first, second = (
        deployed.account.invoke(deployed.function, {"scheduled_time": moment.isoformat()})
        for _ in range(2)
    )
    assert first["posted"] == second["posted"]
    assert first["elsewhere"] == second["elsewhere"]
    told = {
        channel: [m for m in deployed.messages(channel) if f"{moment:%H:%M:%S}" in str(m)]
        for channel in (deployed.channel, deployed.team)
    }
    assert [len(messages) for messages in told.values()] == [1, 1]
    (ours,), (theirs,) = told.values()
    assert theirs["ts"] == first["elsewhere"][0]["ts"]
    assert "team-orders (Team orders): " in theirs["text"]
    assert "nightly-orders" in ours["text"]
    assert "team-orders" not in str(ours)
    assert "nightly-orders" not in str(theirs)


def test_a_closed_channel_is_told_before_the_scan_and_gets_its_digest_once_open(
    deployed: Deployed,
) -> None:
    deployed.owner.conversations_archive(channel=deployed.closed)
    event = {"since": "1h", "channel": deployed.closed}
    assert "archived" in deployed.account.refused(deployed.function, event)
    assert deployed.messages(deployed.closed) == []
    deployed.owner.conversations_unarchive(channel=deployed.closed)
    for _again in range(2):
        answer = deployed.account.invoke(deployed.function, event)
        (digest,) = deployed.messages(deployed.closed)
        assert answer["posted"] == {"channel": deployed.closed, "ts": digest["ts"]}
        assert "nightly-orders" in str(digest)


def test_the_lambdas_own_asset_is_reproducible_and_small(folder: Path) -> None:
    first, second = (bundle(folder / name, platform=LAMBDA) for name in ("first", "second"))
    assert digest(first) == digest(second)
    size = sum(file.stat().st_size for file in first.rglob("*") if file.is_file())
    stated = re.search(r"([\d.]+) MB unzipped", Path("docs/deploy.md").read_text())
    assert stated is not None
    assert size < UNZIPPED_LIMIT
    assert size / 1e6 == pytest.approx(float(stated[1]), rel=0.1)
    assert not (first / "boto3").exists()
    libraries = {library.name: library.read_bytes() for library in first.rglob("*.so")}
    assert libraries
    modules = [name for name in libraries if not name.startswith("lib")]
    assert all(name.endswith(".cpython-313-aarch64-linux-gnu.so") for name in modules)
    assert all(content[18:20] == ELF_AARCH64 for content in libraries.values())
