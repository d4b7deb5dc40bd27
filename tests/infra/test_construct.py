"""The digest in other people's apps, and under a key of their own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from infra.values import SettingError
from tests.infra.synth import KEY
from tests.infra.test_stack import one, resources, statements

pytestmark = pytest.mark.slow

Read = Callable[[str], dict[str, Any]]
USE = {
    "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
    "Resource": KEY,
}


def test_the_modules_import_each_other_relatively_since_the_wheel_names_the_folder_otherwise() -> (
    None
):
    found = [
        file.name
        for file in Path("infra").glob("*.py")
        if re.search(r"^\s*(from|import) infra\b", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == []


def test_the_construct_makes_in_another_stack_what_the_stack_makes(template: Read) -> None:
    def kinds(shape: str) -> list[str]:
        return sorted(each["Type"] for each in template(shape)["Resources"].values())

    assert kinds("Others") == kinds("Default")
    function = one(template("Others"), "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["SFN_DIGEST_LANGUAGE"] == "ja"


def test_the_stack_keeps_the_names_of_its_resources(template: Read) -> None:
    names = template("Default")["Resources"]
    assert {"LogGroup", "Retries", "ScheduleGroup", "Schedule"} <= names.keys()


def settings_of(**given: Any) -> Settings:
    """As infra.construct gives them, which starts Node: not for who only collects these tests."""
    from infra import construct  # noqa: PLC0415

    return construct.settings_of(**given)


def test_a_construct_takes_cdk_jsons_defaults_and_refuses_what_is_no_setting() -> None:
    assert settings_of(channel="C0123456789", quota_share=0.1).quota_share == 0.1
    with pytest.raises(SettingError, match="channel is not set"):
        settings_of()
    with pytest.raises(SettingError, match="colour is not a setting"):
        settings_of(channel="C0123456789", colour="red")


def test_a_key_of_your_own_encrypts_logs_table_and_queue_and_both_roles_may_use_it(
    template: Read,
) -> None:
    found = template("Key")
    assert one(found, "AWS::Logs::LogGroup")["KmsKeyId"] == KEY
    assert one(found, "AWS::DynamoDB::Table")["SSESpecification"] == {
        "KMSMasterKeyId": KEY,
        "SSEEnabled": True,
        "SSEType": "KMS",
    }
    assert one(found, "AWS::SQS::Queue")["KmsMasterKeyId"] == KEY
    for service in ("lambda.amazonaws.com", "scheduler.amazonaws.com"):
        assert statements(found, service)["UseYourKey"] == USE


def test_without_a_key_nobody_may_use_one(template: Read) -> None:
    assert "UseYourKey" not in statements(template("Default"))
    assert "KmsKeyId" not in one(template("Default"), "AWS::Logs::LogGroup")
    assert resources(template("Default"), "AWS::KMS::Key") == []


@pytest.mark.parametrize(
    ("key", "regions", "sentence"),
    [
        ("alias/mine", "", "the ARN of a KMS key"),
        (KEY, "us-east-1", "key-arn is a key in eu-west-1"),
    ],
)
def test_a_key_that_cannot_serve_is_refused(key: str, regions: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        settings_of(channel="C0123456789", key_arn=key, regions=regions)
