"""cfn-lint's rules for state machine definitions, as a validator of patches."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any


def mistakes(definition: Mapping[str, Any]) -> list[str]:
    """What the rules find wrong with a definition."""
    lint, rules = _loaded()
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/r", "Definition": definition}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    return [
        match.message
        for match in lint(json.dumps({"Resources": {"Machine": machine}}), rules)
        if match.rule.id.startswith("E")
    ]


@cache
def _loaded() -> tuple[Any, Any]:
    """What looks, and the rules that it looks at by default: seconds to load, so only once, and
    only for those that ask.
    """
    from cfnlint.api import lint  # type: ignore[import-untyped]  # noqa: PLC0415
    from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]  # noqa: PLC0415
    from cfnlint.runner import Runner  # type: ignore[import-untyped]  # noqa: PLC0415

    return lint, Runner(ConfigMixIn()).rules
