"""No secret that an execution wrote comes out of any door: Slack, files, table, terminal, log."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from sfn_digest import invocation
from sfn_digest.cli import main
from sfn_digest.delivery import MemoryLedger
from sfn_digest.delivery.ledger import Entry
from sfn_digest.delivery.stored_digest import decode
from sfn_digest.handler import handler
from simulator.demo import CHANNEL, LAMBDA_ENVIRONMENT, DemoContext
from simulator.engine.outcomes import Attempt, Fails, Outcome
from simulator.engine.simulation import Start
from simulator.records import World
from simulator.served import TOKEN_PARAMETER
from simulator.server import Account, serve
from simulator.worlds.systems import DAY, Setting, System, build_world
from tests.causes.planted import Planted, planted
from tests.conftest import PLENTY, set_environment

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

HELD = Planted("the definition", "Bearer k7HiddenInTheState9", "k7HiddenInTheState9")
NAMED = Planted("an error name", "Rejected password=k7HiddenInAName9", "k7HiddenInAName9")
TEXTS = tuple({each.kind: each for each in planted(seed=5, rounds=2)}.values())
CAUSES = (
    *((text.text, "Task.Failed") for text in TEXTS[::2]),
    *((json.dumps({"errorMessage": text.text}), "Fn.Failed") for text in TEXTS[1::2]),
    *(("no", NAMED.text) for _ in range(6)),
)
END = datetime.now(UTC).replace(second=0, microsecond=0)


def secret_world() -> World:
    """A machine whose executions fail with a secret each, and whose state holds one."""
    setting = Setting(END.timestamp() - 8 * DAY, END.timestamp(), 1)
    first = END.timestamp() - 6 * DAY
    starts = tuple(
        Start("leaky", f"leaky-{number}", first + number * 3_600, number)
        for number in range(len(CAUSES))
    )

    def outcome(attempt: Attempt) -> Outcome:
        cause, error = CAUSES[int(attempt.execution.rpartition("-")[2])]
        return Fails(5.0, error, cause, "service_error")

    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "leaky", "Payload": {"Authorization": HELD.text}},
        "Retry": [{"ErrorEquals": ["Task.Failed"], "IntervalSeconds": 1, "MaxAttempts": 2}],
        "End": True,
    }
    definition = {"StartAt": "Work", "States": {"Work": state}}
    return build_world([System("leaky", definition, starts, {"Work": outcome})], setting)


class Recording(MemoryLedger):
    """A table that tells everything that was ever written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def write(self, key: str, entry: Entry, *, replacing: str | None) -> bool:
        self.told.append(f"{key} {entry}")
        return super().write(key, entry, replacing=replacing)

    def store(self, key: str, content: bytes, *, replacing: str | None) -> str | None:
        stored = decode(content)
        self.told += [str(stored.messages), json.dumps(stored.report, ensure_ascii=False)]
        return super().store(key, content, replacing=replacing)


@dataclass(frozen=True)
class Leaky:
    """The served account, and the table of its runs."""

    world: World
    account: Account
    ledger: Recording


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[World, Account]]:
    world = secret_world()
    with serve(world, buckets=PLENTY, parameters={TOKEN_PARAMETER: "xoxb-simulated"}) as account:
        yield world, account


@pytest.fixture
def leaky(
    served: tuple[World, Account],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Leaky:
    world, account = served
    ledger = Recording()
    set_environment(monkeypatch, account.environment)
    set_environment(monkeypatch, {**LAMBDA_ENVIRONMENT, "SFN_DIGEST_CHANNEL": CHANNEL})
    monkeypatch.setenv("SFN_DIGEST_TABLE", "ledger")
    monkeypatch.setenv("SFN_DIGEST_SUCCESSES", "0")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setattr(invocation, "open_table", lambda *_: ledger)
    return Leaky(world, account, ledger)


def seen(told: str) -> list[str]:
    """The secrets of which the longest piece can be read in a text, whatever was escaped in it."""
    return [each.kind for each in (*TEXTS, HELD, NAMED) if piece(each.secret) in told]


def piece(secret: str) -> str:
    """What no escaping changes, and nothing else holds."""
    mail = re.fullmatch("[a-z0-9._+-]+@[a-z.-]+", secret)
    return secret if mail else max(re.findall("[A-Za-z0-9]+", secret), key=len)


def test_each_secret_is_planted_and_would_be_seen() -> None:
    told = "\n".join(cause for cause, _ in CAUSES) + HELD.text + NAMED.text
    assert len(seen(told)) == len(TEXTS) + 2 > 20


def test_no_secret_reaches_slack_its_files_the_ledger_the_answer_or_the_log(
    leaky: Leaky, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    context = replace(DemoContext(), aws_request_id="leaky")
    with caplog.at_level(logging.DEBUG, logger="sfn_digest"):
        answer = handler({}, cast("LambdaContext", context))
        dry = handler({"dry_run": True}, cast("LambdaContext", context))
    messages = leaky.account.slack.messages
    assert any(message.files for message in messages)
    texts = [
        f"{message.text}\n{json.dumps(message.blocks, ensure_ascii=False)}" for message in messages
    ]
    texts += [body.decode("utf-8", "replace") for m in messages for _, body in m.files]
    texts += [json.dumps(each, ensure_ascii=False, default=str) for each in (answer, dry)]
    texts += [caplog.text, *capsys.readouterr()]
    assert any("failures" in told for told in leaky.ledger.told)
    texts += leaky.ledger.told
    assert len(texts) > 8
    assert [found for told in texts for found in seen(told)] == []


def test_no_secret_reaches_any_face_of_the_command(
    leaky: Leaky, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leaky.world.executions
    assert main(["report", "--format", "json"]) == 0
    told = [*capsys.readouterr()]
    report = tmp_path / "report.json"
    report.write_text(told[0], encoding="utf-8")
    for face in ("terminal", "csv", "html", "slack"):
        assert main(["report", str(report), "--format", face]) == 0
        told += [*capsys.readouterr()]
    assert sum("leaky" in each for each in told) == 5
    assert [found for each in told for found in seen(each)] == []


def test_no_secret_reaches_the_story_of_an_execution(
    leaky: Leaky, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for execution in leaky.world.executions:
        assert main(["explain", execution.arn]) == 0
        told += [*capsys.readouterr()]
    assert [found for each in told for found in seen(each)] == []
