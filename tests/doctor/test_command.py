"""The words, the two faces, the exit status, and that no secret is ever shown."""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest import doctor as command
from sfn_digest.doctor import NAME_WIDTH, Check, line, summary, to_json
from sfn_digest.doctor.permissions import NAMES
from sfn_digest.doctor.result import LONGEST, exit_status, failing, ok, skipped
from sfn_digest.doctor.sample_digest import sample_messages
from sfn_digest.errors import BadRequestError
from sfn_digest.report.slack import messages
from tests.doctor.clinic import CHANNEL, FUNCTION, PARAMETER, TAG, TOKEN, Clinic, words_of
from tests.report import made, made_past
from tests.report.slack_lint import lint, lint_reply

pytestmark = pytest.mark.slow

CHECKS = (ok("tag", "Three."), failing("ledger", "Deploy it."), skipped("last run", "None."))


def test_the_exit_status_is_1_only_where_something_fails() -> None:
    assert exit_status(CHECKS) == 1
    assert exit_status([each for each in CHECKS if each.status != "failing"]) == 0


def test_json_holds_every_check_and_nothing_else() -> None:
    assert json.loads(to_json(CHECKS)) == {
        "status": "failing",
        "checks": [
            {"name": "tag", "status": "ok", "text": "Three."},
            {"name": "ledger", "status": "failing", "text": "Deploy it."},
            {"name": "last run", "status": "skipped", "text": "None."},
        ],
    }
    assert json.loads(to_json(CHECKS[:1]))["status"] == "ok"


def test_a_line_says_its_status_in_a_word() -> None:
    assert [line(each, None).split()[1] for each in CHECKS] == ["ok", "failing", "skipped"]
    assert summary(CHECKS) == "1 ok, 1 failing, 1 skipped."
    assert max(map(len, NAMES)) <= NAME_WIDTH


def test_a_long_line_is_folded_under_its_own_column_at_a_terminal() -> None:
    check = failing("tag", "Say " + "words " * 30)
    folded = line(check, 80).splitlines()
    assert len(folded) > 1
    assert all(len(each) <= 80 for each in folded)
    assert all(each.startswith(" " * 40) for each in folded[1:])
    assert len(line(check, None).splitlines()) == 1
    assert len(line(check, 30).splitlines()) == 1


@given(st.text(max_size=2_000))
def test_no_text_breaks_its_line(text: str) -> None:
    check = skipped("tag", text)
    assert check.text.isprintable()
    assert len(check.text) <= LONGEST
    assert len(line(check, None).splitlines()) == 1


def test_json_comes_whole_on_stdout(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    found = clinic("--function", "digest", "--format", "json")
    whole = json.loads(found.output)
    assert found.status == 0
    assert whole["status"] == "ok"
    assert whole["checks"][0]["name"] == "credentials"
    assert capsys.readouterr().err == ""


def test_lines_and_json_tell_the_same(clinic: Clinic) -> None:
    lines = clinic("--function", "digest")
    whole = json.loads(clinic("--function", "digest", "--format", "json").output)
    told = {each["name"]: (each["status"], each["text"]) for each in whole["checks"]}
    assert told == {name: lines.one(name) for name in lines.found}
    assert len(whole["checks"]) == len(told)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--tag", "weekly"], "which is not KEY=VALUE"),
        (["--channel", "#alerts"], "“#alerts”, which is not a channel ID"),
        (["--function", "a b"], "“a b”, which is not a name"),
    ],
)
def test_words_that_make_no_sense_are_refused_before_anything_is_asked(
    clinic: Clinic, words: list[str], says: str
) -> None:
    with pytest.raises(BadRequestError, match=says):
        clinic(*words)


def test_a_terminal_that_knows_few_characters_gets_every_line() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    with (
        patch.object(sys, "stdout", out),
        patch.object(command, "examine", lambda *_: iter([Check("tag", "ok", "“quoted”")])),
    ):
        assert command.run(words_of()) == 0
    assert (
        raw.getvalue().decode("ascii").splitlines()[0]
        == f"? ok       {'tag':<{NAME_WIDTH}}  ?quoted?"
    )


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_gets_folded_lines(terminal: bool) -> None:
    out = io.StringIO()
    out.isatty = lambda: terminal  # type: ignore[method-assign]
    size = os.terminal_size((80, 24))
    with patch.object(shutil, "get_terminal_size", return_value=size):
        list(command._shown(iter([failing("tag", "words " * 30)]), out))
    assert (len(out.getvalue().splitlines()) > 1) is terminal


@pytest.mark.parametrize(
    "environment",
    [
        {"SLACK_BOT_TOKEN": TOKEN},
        {"SLACK_BOT_TOKEN": f"{TOKEN}-wrong"},
        {"SLACK_BOT_TOKEN": f"{TOKEN}\r\nX: y"},
        {"SLACK_TOKEN_PARAMETER": TOKEN},
        {"SLACK_TOKEN_SECRET": TOKEN},
        {"SFN_DIGEST_CHANNEL": TOKEN, "SLACK_BOT_TOKEN": TOKEN},
        {"SFN_DIGEST_TABLE": TOKEN},
        {"SFN_DIGEST_TAG": TOKEN},
        {"SFN_DIGEST_TAG": f"k={TOKEN}"},
        {"SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": "http://127.0.0.1:9/"},
    ],
)
def test_no_secret_is_shown_even_where_it_was_put_in_the_wrong_place(
    clinic: Clinic, environment: dict[str, str]
) -> None:
    found = clinic(environment=environment)
    assert "verysecret" not in found.output


def test_a_function_with_secrets_in_its_environment_keeps_them(clinic: Clinic) -> None:
    loose = {**FUNCTION, "SLACK_TOKEN_PARAMETER": TOKEN, "PASSWORD": "hunter2verysecret"}
    found = clinic("--function", "digest", functions={"digest": loose})
    assert found.one("Slack token")[0] == "failing"
    assert "verysecret" not in found.output


def test_nothing_is_written_to_aws_or_slack(clinic: Clinic) -> None:
    found = clinic("--function", "digest", "--tag", TAG, "--channel", CHANNEL)
    assert {call.api for call in found.account.calls} == {
        "GetCallerIdentity",
        "GetFunctionConfiguration",
        "ListStateMachines",
        "GetMetricData",
        "GetResources",
        "DescribeStateMachine",
        "ListExecutions",
        "GetExecutionHistory",
        "DescribeStateMachineForExecution",
        "GetParameter",
    }
    assert {call.method for call in found.account.slack.calls} == {
        "auth.test",
        "conversations.info",
        "blocks.validate",
    }
    assert PARAMETER in found.output


def test_the_sample_holds_every_part_of_a_digest_and_is_valid() -> None:
    root, *replies = sample_messages()
    assert {block["type"] for block in root.blocks} >= {"header", "rich_text", "context"}
    assert "Work" in json.dumps(root.blocks)
    assert "other was skipped" in json.dumps(root.blocks)
    assert not lint(root)
    for reply in replies:
        assert not lint_reply(reply)


def test_the_sample_holds_every_kind_of_block_that_digests_have() -> None:
    report = made_past.compared_week()
    digests = [*messages(report, made.TEXTS), *messages(made.REPORTS["partial_week"], made.TEXTS)]
    kinds = [set(_kinds([each.blocks for each in posts])) for posts in (sample_messages(), digests)]
    assert kinds[0] >= kinds[1]


def _kinds(value: object) -> Iterator[str]:
    """The types of all blocks and elements."""
    if isinstance(value, list):
        yield from (kind for item in value for kind in _kinds(item))
    elif isinstance(value, dict):
        yield value.get("type", "")
        yield from (kind for item in value.values() for kind in _kinds(item))


def test_the_guide_names_every_check(clinic: Clinic) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    rows = [row.split("|")[1].strip() for row in guide.splitlines() if row.startswith("| ")]
    assert rows[2:] == list(clinic("--function", "digest").found)
