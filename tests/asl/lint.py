"""cfn-lint's rules for state machine definitions, as a validator of patches."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.rules import RulesCollection  # type: ignore[import-untyped]
from cfnlint.runner import Runner  # type: ignore[import-untyped]


def mistakes(definition: Mapping[str, Any]) -> list[str]:
    """What the rules find wrong with a definition."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/r", "Definition": definition}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    return [
        match.message
        for match in lint(json.dumps({"Resources": {"Machine": machine}}), _rules())
        if match.rule.id.startswith("E")
    ]


@cache
def _rules() -> RulesCollection:
    """The rules that are looked at by default, which take most of a second to load."""
    return Runner(ConfigMixIn()).rules
