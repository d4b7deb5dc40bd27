"""A report that was kept as JSON is shown again without a call, in any format."""

import csv
import io
import json
import os
from argparse import Namespace
from pathlib import Path

import pytest

from sfn_digest.cli import main
from sfn_digest.commands.arguments import choose_account
from sfn_digest.report.json_face import to_json
from tests.report import made_past

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "week.json"
    path.write_text(to_json(made_past.compared_week()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("face", "holds"),
    [("terminal", "Machines"), ("html", "<!doctype html>"), ("slack", '"thread"')],
)
def test_a_kept_report_is_shown_in_every_format(
    kept: Path, capsys: Capture, face: str, holds: str
) -> None:
    assert main(["report", str(kept), "--format", face]) == 0
    assert holds.lower() in capsys.readouterr().out.lower()


def test_a_kept_report_comes_back_as_it_was(kept: Path, capsys: Capture) -> None:
    assert main(["report", str(kept), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(kept.read_text("utf-8"))


def test_csv_has_a_row_for_each_failure(kept: Path, capsys: Capture) -> None:
    assert main(["report", str(kept), "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    failures = json.loads(kept.read_text("utf-8"))["failures"]
    assert [row["execution_arn"] for row in rows] == [each["execution_arn"] for each in failures]


@pytest.mark.parametrize(
    "words", [["--since", "2d"], ["--until", "1d"], ["--machine", "a"], ["--tag", "a=b"]]
)
def test_what_a_kept_report_was_made_with_cannot_be_chosen_again(
    kept: Path, capsys: Capture, words: list[str]
) -> None:
    assert main(["report", *words, "--format", "json", "--", str(kept)]) == 2
    assert f"“{words[0]}” cannot be used with FILE.json" in capsys.readouterr().err


@pytest.mark.parametrize("text", [None, "not json", b"\xff\xfe", '{"schema_version": "9.0"}'])
def test_a_file_that_holds_no_report_is_refused_with_one_sentence(
    tmp_path: Path, capsys: Capture, text: str | bytes | None
) -> None:
    path = tmp_path / "week.json"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["report", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "sfn-digest report --format json" in err


def test_a_profile_that_is_named_goes_before_keys_in_the_environment() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_PROFILE": "other"}
    words = Namespace(region="eu-north-1", profile="mine")
    choose_account(words, environment)
    assert environment == {"AWS_PROFILE": "mine", "AWS_REGION": "eu-north-1"}


def test_without_region_and_profile_the_environment_stays() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_REGION": "eu-west-1"}
    choose_account(Namespace(region=None, profile=None), environment)
    choose_account(Namespace(), environment)
    assert environment == {"AWS_ACCESS_KEY_ID": "a", "AWS_REGION": "eu-west-1"}
