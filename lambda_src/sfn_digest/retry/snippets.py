"""A retrier as people write it who do not write ASL: CDK in Python, and Terraform."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sfn_digest.retry.asl import LONGEST_DELAY, Retrier


def cdk_python(state: str, retrier: Retrier) -> str:
    """A call that adds the retrier to a state of the CDK (aws_cdk.aws_stepfunctions as sfn).

    The CDK tries retriers in the order they were added: this call goes before the others.
    """
    arguments = [f"errors=[{', '.join(json.dumps(error) for error in retrier.errors)}]"]
    if retrier.attempts == 0:
        arguments.append("max_attempts=0")
    else:
        arguments += [
            f"interval=Duration.seconds({int(retrier.interval)})",
            f"max_attempts={retrier.attempts}",
            f"backoff_rate={retrier.rate:g}",
        ]
        if retrier.rate > 1 and retrier.max_delay < LONGEST_DELAY:
            arguments.append(f"max_delay=Duration.seconds({int(retrier.max_delay)})")
        if retrier.full_jitter:
            arguments.append("jitter_strategy=sfn.JitterType.FULL")
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return (
        f"# Before other add_retry calls of this state\n{_variable(state)}.add_retry(\n{lines})\n"
    )


def _variable(state: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", state).strip("_").lower()
    return words if words.isascii() and words.isidentifier() else f"state_{words}".rstrip("_")


def terraform(state: str, patched: Mapping[str, Any]) -> str:
    """The state's whole Retry for a definition in `jsonencode({ ... })`."""
    return f"# In the state {_quoted(state)}\nRetry = {_hcl(patched['Retry'], 0)}\n"


def _hcl(value: Any, depth: int) -> str:
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, Mapping):
        rows = [f"{inner}{_key(key)} = {_hcl(item, depth + 1)}\n" for key, item in value.items()]
        return "{\n" + "".join(rows) + outer + "}"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"{inner}{_hcl(v, depth + 1)},\n" for v in value) + outer + "]"
    if isinstance(value, list):
        return f"[{', '.join(_hcl(item, depth) for item in value)}]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][\w-]*", key) else _quoted(key)


def _quoted(text: str) -> str:
    """A string of Terraform's: its two template marks are doubled."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
