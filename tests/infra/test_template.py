"""The template for plain CloudFormation: the CDK's own, with parameters for what differs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.infra.test_stack import one

pytestmark = pytest.mark.slow

Read = Callable[[str], dict[str, Any]]


def test_the_channel_and_the_code_are_parameters_and_nothing_of_the_cdk_is_left(
    template: Read,
) -> None:
    # It starts Node: not for those that only collect these tests.
    from infra.template import PARAMETERS, parametrized  # noqa: PLC0415

    plain = parametrized(template("Default"))
    assert plain["Parameters"] == PARAMETERS
    function = one(plain, "AWS::Lambda::Function")
    assert function["Code"] == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
    assert function["Environment"]["Variables"]["SFN_DIGEST_CHANNEL"] == {"Ref": "Channel"}
    assert not any("Metadata" in each for each in plain["Resources"].values())
    assert plain["Resources"].keys() == template("Default")["Resources"].keys()


def test_the_same_folder_gives_the_same_zip(tmp_path: Path) -> None:
    from infra.template import _zip  # noqa: PLC0415

    for name in ("one", "two"):
        (tmp_path / name / "package").mkdir(parents=True)
        (tmp_path / name / "package" / "code.py").write_text("x = 1\n")
        _zip(tmp_path / name, tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with ZipFile(tmp_path / "one.zip") as opened:
        assert opened.namelist() == ["package/code.py"]


@pytest.mark.parametrize("given", ["nonsense", "windw=7d", "window=never", "key-arn=alias/x"])
def test_a_setting_that_is_none_is_one_sentence_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    from infra.template import main  # noqa: PLC0415

    with pytest.raises(SystemExit) as ended:
        main(str(tmp_path / "dist"), given)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "dist").exists()


def test_the_template_is_written_with_the_warnings_of_synth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from infra.template import main  # noqa: PLC0415

    (tmp_path / "asset").mkdir()
    main(str(tmp_path / "dist"), "window=6d", f"asset={tmp_path / 'asset'}")
    assert "failures in between are not in any digest" in capsys.readouterr().err
    assert (tmp_path / "dist" / "sfn-digest.template.json").is_file()
