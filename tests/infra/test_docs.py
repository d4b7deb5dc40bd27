"""What the documents say of settings and permissions is what is deployed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.settings import NAMES
from tests.infra.test_alarms import alarms
from tests.infra.test_stack import statements

pytestmark = pytest.mark.slow

DEPLOY = Path("docs/deploy.md").read_text(encoding="utf-8")
PERMISSIONS = Path("docs/permissions.md").read_text(encoding="utf-8")
CONTEXT = json.loads(Path("cdk.json").read_text(encoding="utf-8"))["context"]
ACTION = re.compile(r"`((?!aws:|kms:ViaService)[a-z0-9]+:[A-Z]\w+)`")
"""An action of IAM; the condition keys in the tables are not actions."""


def test_every_setting_is_documented_with_its_default() -> None:
    table = dict(re.findall(r"^\| `([a-z-]+)` \| `?([^|`]+)`? \|", DEPLOY, re.MULTILINE))
    assert table.keys() == set(NAMES)
    for name, default in table.items():
        stands = CONTEXT[name] or "none"
        assert default.strip().split(":")[0] == str(stands).split(":")[0], name


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", "scheduler.amazonaws.com"])
def test_every_action_is_documented_and_no_other(
    template: Callable[[str], dict[str, Any]], service: str
) -> None:
    _, function, schedule = PERMISSIONS.split("\n## ")[:3]
    documented = set(ACTION.findall(function if service.startswith("lambda") else schedule))
    shapes = [
        "Default",
        "Key",
        *(["Secret", "Daily", "ToHub"] if service.startswith("lambda") else []),
    ]
    granted: set[str] = set()
    for shape in shapes:
        for statement in statements(template(shape), service).values():
            actions = statement["Action"]
            granted |= set([actions] if isinstance(actions, str) else actions)
    assert documented == granted


def test_every_alarm_is_documented(template: Callable[[str], dict[str, Any]]) -> None:
    told = set(re.findall(r"^\| (Digest\w+) \|", DEPLOY, re.MULTILINE))
    assert told == alarms(template("Default")).keys()


def test_the_slack_manifest_asks_for_the_scopes_that_are_explained() -> None:
    manifest = json.loads(Path("docs/slack-manifest.json").read_text(encoding="utf-8"))
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert scopes == ["chat:write", "files:write", "channels:history", "groups:history"]
    assert all(f"`{scope}`" in PERMISSIONS for scope in scopes)
    assert len(manifest["display_information"]["description"]) <= 140
