"""The little of JSONPath and JSONata that the worlds' definitions use.

An expression that finds nothing fails as AWS's does: JSONPath with States.Runtime, JSONata
with States.QueryEvaluationError.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]")
_JSONATA = re.compile(r"\{%\s*\$states\.(input|context)((?:\.\w+)*)\s*%\}")


_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class PathError(Exception):
    """A JSONPath finds nothing; the text is AWS's sentence after the state's name."""


class QueryError(Exception):
    """A JSONata expression finds nothing."""

    def __init__(self, expression: str, location: str) -> None:
        """Say which expression failed, and in which field."""
        super().__init__(
            f"The JSONata expression '{expression}' specified for the field '{location}' "
            "returned nothing (undefined)."
        )
        self.location = location


def text_of(data: Any) -> str:
    """Compact JSON, as inputs, outputs and most causes hold it."""
    return _COMPACT.encode(data)


def find(path: str, data: Any, context: Mapping[str, Any]) -> Any:
    """What `path` points to in the state's input, or with `$$` in the context object.

    Raises KeyError where it points to nothing.
    """
    value: Any = context if path.startswith("$$") else data
    for name, index in _STEP.findall(path.lstrip("$")):
        try:
            value = value[name] if name else value[int(index)]
        except (TypeError, IndexError) as error:
            raise KeyError(path) from error
    return value


def fill(template: Any, data: Any, context: Mapping[str, Any], field: str = "") -> Any:
    """A Parameters object with its `.$` fields replaced."""
    if isinstance(template, Mapping):
        return {
            key.removesuffix(".$"): _replaced(key, value, data, context)
            if key.endswith(".$")
            else fill(value, data, context, key)
            for key, value in template.items()
        }
    if isinstance(template, list):
        return [fill(item, data, context, field) for item in template]
    return template


def _replaced(key: str, path: str, data: Any, context: Mapping[str, Any]) -> Any:
    try:
        return find(path, data, context)
    except KeyError as error:
        raise PathError(
            f"The JSONPath '{path}' specified for the field '{key}' "
            f"could not be found in the input '{text_of(data)}'"
        ) from error


def evaluate(template: Any, data: Any, context: Mapping[str, Any], location: str) -> Any:
    """A JSONata Arguments, Output or Items value with its `{% … %}` parts replaced."""
    if isinstance(template, Mapping):
        return {
            key: evaluate(value, data, context, f"{location}/{key}")
            for key, value in template.items()
        }
    found = _JSONATA.fullmatch(template) if isinstance(template, str) else None
    if found is None:
        return template
    root, steps = found.groups()
    try:
        return find(f"$${steps}" if root == "context" else f"${steps}", data, context)
    except KeyError as error:
        raise QueryError(f"$states.{root}{steps}", location) from error


def placed(state: Mapping[str, Any], data: Any, result: Any) -> Any:
    """The state's output: its input with the result at ResultPath."""
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    if path == "$":
        return result
    output = dict(data) if isinstance(data, Mapping) else {}
    inner = output
    *parents, last = path.removeprefix("$.").split(".")
    for name in parents:
        inner[name] = dict(inner.get(name) or {})
        inner = inner[name]
    inner[last] = result
    return output
