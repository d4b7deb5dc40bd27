"""State machines as people keep them in code, read and written: CloudFormation, CDK, Terraform.

`definitions_in` finds them in a file; the others give a change in the words of such a file.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pprint import pformat
from textwrap import indent
from typing import Any

from sfn_digest.asl.definition import LONGEST_DELAY, Json, Retrier


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


def cdk_field(state: str, field: str, value: Any) -> str:
    """What gives a state of the CDK another value of a field: an argument where it has one."""
    head = f"# In the constructor of {_variable(state)}\n"
    if field == "TimeoutSeconds":
        return f"{head}task_timeout=sfn.Timeout.duration(Duration.seconds({int(value)})),\n"
    if field == "MaxConcurrency":
        return f"{head}max_concurrency={int(value)},\n"
    text = _python("value", {field: value}).replace("    value=", "", 1)
    return f"# The {field} of {_variable(state)}, as it is to be\n{text}\n"


def cdk_branch(state: str, states: Mapping[str, Mapping[str, Any]]) -> str:
    """Calls that tell an ECS task's stops apart; `states` are those of branch.branch_states."""
    catch = states[state]["Catch"][0]
    choice = states[catch["Next"]]
    (rule,) = choice["Choices"]
    conditions = "".join(
        f"            sfn.Condition.string_matches({json.dumps(each['Variable'])}, "
        f"{json.dumps(each['StringMatches'])}),\n"
        for each in rule["Or"]
    )
    on_demand = {k: v for k, v in states[rule["Next"]].items() if k not in ("Next", "End")}
    return (
        f"# {_variable(rule['Next'])} goes on as {_variable(state)} does\n"
        f"{_variable(rule['Next'])} = sfn.CustomState(\n"
        f"    self,\n    {json.dumps(rule['Next'])},\n{_python('state_json', on_demand)},\n)\n"
        f"{_variable(state)}.add_catch(\n"
        f"    sfn.Choice(self, {json.dumps(catch['Next'])})\n"
        f"    .when(\n        sfn.Condition.or_(\n{conditions}        ),\n"
        f"        {_variable(rule['Next'])},\n    )\n"
        f"    .otherwise({_otherwise(choice['Default'], states)}),\n"
        f"    errors={catch['ErrorEquals']!r},\n"
        f"    result_path={json.dumps(catch['ResultPath'])},\n)\n"
    )


def _python(name: str, value: Mapping[str, Any]) -> str:
    """A keyword argument over several lines."""
    return indent(f"{name}={pformat(value, sort_dicts=False, width=80)}", "    ")


def _otherwise(name: str, states: Mapping[str, Mapping[str, Any]]) -> str:
    asl = states.get(name)
    if asl is None:
        return _variable(name)
    if asl["Type"] == "Pass":
        path = json.dumps(asl["InputPath"])
        return (
            f"sfn.Pass(self, {json.dumps(name)}, input_path={path}).next({_variable(asl['Next'])})"
        )
    error, cause = json.dumps(asl["ErrorPath"]), json.dumps(asl["CausePath"])
    return f"sfn.Fail(self, {json.dumps(name)}, error_path={error}, cause_path={cause})"


def terraform(state: str, fields: Mapping[str, Any], *, whole: bool = False) -> str:
    """Some fields of a state, whole, for a definition in `jsonencode({ ... })`.

    `whole`: the fields are a new state under its name.
    """
    head = "# A new state" if whole else f"# In the state {_quoted(state)}"
    rows = "".join(f"{_key(key)} = {_hcl(value, 0)}\n" for key, value in fields.items())
    return f"{head}\n{rows}"


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


_TYPES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """A definition, the resource that holds it, and its state machine's name where it is written.

    What is only known at deployment stands as `${...}` in it.
    """

    resource: str
    name: str | None
    asl: Json


class NoDefinitionError(ValueError):
    """What the file lacks, as the rest of a sentence on it."""


def definitions_in(text: str) -> list[FoundDefinition]:
    """The definitions in a file: ASL itself, a template that the CDK synthesized or CloudFormation
    takes as JSON, or what `terraform show -json` writes. Raises NoDefinitionError.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NoDefinitionError("holds no JSON") from None
    if not isinstance(document, Mapping):
        raise NoDefinitionError("holds no JSON object")
    if isinstance(document.get("States"), Mapping):
        return [FoundDefinition("", None, document)]
    found = list(_in_template(document) if "Resources" in document else _in_terraform(document))
    if not found:
        raise NoDefinitionError("holds no state machine")
    return found


def _in_template(document: Json) -> Iterator[FoundDefinition]:
    resources = document["Resources"]
    for name, each in resources.items() if isinstance(resources, Mapping) else ():
        if isinstance(each, Mapping) and each.get("Type") in _TYPES:
            properties = each.get("Properties")
            given = properties if isinstance(properties, Mapping) else {}
            written = given.get("DefinitionString", given.get("Definition"))
            if written is None:
                raise NoDefinitionError(
                    f"holds {name}, whose definition lies elsewhere: give that file"
                )
            called = given.get("StateMachineName", given.get("Name"))
            yield FoundDefinition(
                name, called if isinstance(called, str) else None, _asl(name, written)
            )


def _in_terraform(document: Json) -> Iterator[FoundDefinition]:
    for part in ("planned_values", "values"):
        values = document.get(part)
        if isinstance(values, Mapping):
            yield from _in_module(values.get("root_module"))
            return


def _in_module(module: Any) -> Iterator[FoundDefinition]:
    if not isinstance(module, Mapping):
        return
    for each in module.get("resources") or ():
        if isinstance(each, Mapping) and each.get("type") == "aws_sfn_state_machine":
            address, values = str(each.get("address")), each.get("values") or {}
            if not isinstance(values.get("definition"), str):
                raise NoDefinitionError(
                    f"holds {address}, whose definition is only known after it was applied"
                )
            name = values.get("name")
            yield FoundDefinition(
                address,
                name if isinstance(name, str) else None,
                _asl(address, values["definition"]),
            )
    for child in module.get("child_modules") or ():
        yield from _in_module(child)


def _asl(resource: str, written: Any) -> Json:
    """The definition, where it is an object or a text whose parts CloudFormation joins."""
    asl = written
    if not (isinstance(written, Mapping) and "States" in written):
        try:
            asl = json.loads(_text(written))
        except (ValueError, RecursionError):
            asl = None
    if not isinstance(asl, Mapping) or not isinstance(asl.get("States"), Mapping):
        raise NoDefinitionError(f"holds {resource}, whose definition is no Amazon States Language")
    return asl


def _text(value: Any) -> str:
    """A text of CloudFormation's, with `${...}` for what is only known at deployment."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, given),) = value.items()
        if function == "Fn::Join" and isinstance(given, list) and len(given) == 2:
            return _text(given[0]).join(_text(each) for each in given[1])
        if function == "Fn::Sub":
            return _text(given[0] if isinstance(given, list) else given)
        named = ".".join(map(str, given)) if isinstance(given, list) else str(given)
        return "${" + re.sub(r"[^\w.:-]", "", named) + "}"
    return json.dumps(value)
