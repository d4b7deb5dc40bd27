"""A user's own rules for causes, from the file to the report."""

import json
from pathlib import Path

import pytest

from sfn_digest.cli import main
from sfn_digest.config import text_file
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import BadRulesError

pytestmark = pytest.mark.slow

RULE = """
[[rule]]
error = "ScoreJobFailed"
cause = "data_condition"
advice = "Ask the scoring team"
"""


def test_without_a_file_there_are_no_rules() -> None:
    assert read_rules(None) is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError, match=r"none\.toml” cannot be read \(No such file"):
        read_rules(str(tmp_path / "none.toml"))


def test_of_a_long_path_the_end_is_shown(tmp_path: Path) -> None:
    folders = tmp_path.joinpath(*(["team"] * 30))
    with pytest.raises(BadRulesError, match=r"“….+team/none\.toml” cannot be read"):
        read_rules(str(folders / "none.toml"))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadRulesError, match=r"cannot be read \(it is not UTF-8\)"):
        read_rules(str(file))


def test_a_file_may_begin_with_the_mark_that_editors_of_windows_write(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULE.lstrip(), "utf-8-sig")
    rules = read_rules(str(file))
    assert rules is not None
    assert [rule.cause for rule in rules.rules] == ["data_condition"]


@pytest.mark.usefixtures("week")
def test_the_command_names_causes_by_the_user_s_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULE, "utf-8")
    words = ["report", "--machine", "job-poller", "--rules", str(file), "--format"]
    assert main([*words, "json"]) == 0
    failures = json.loads(capsys.readouterr().out)["failures"]
    assert {failure["cause"] for failure in failures} == {"data_condition"}
    assert main([*words, "terminal"]) == 0
    assert "Ask the scoring team" in capsys.readouterr().out


@pytest.mark.usefixtures("week")
def test_a_rule_that_does_not_parse_ends_with_status_2_its_line_and_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[[rule]]\nerror = "X"\ncause = "bad_luck"\n', "utf-8")
    assert main(["report", "--rules", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "line" in err
    assert "bad_luck" in err


def test_a_file_that_never_ends_is_refused_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_file, "MOST_BYTES", 2_000_000)
    with pytest.raises(BadRulesError, match=r"cannot be read \(it is larger than 2 MB\)"):
        read_rules("/dev/zero")
