"""State machines in the files that people keep them in: ASL, CloudFormation and Terraform."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sfn_digest.asl.definition import Json

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
