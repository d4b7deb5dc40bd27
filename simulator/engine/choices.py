"""Choice rules: And, Or, Not and the comparison operators the worlds use."""

import operator
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from simulator.engine.payloads import find

_MISSING = object()

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_KINDS: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Numeric": (int, float),
    "Boolean": (bool,),
}
_PROPERTIES: dict[str, Callable[[Any], bool]] = {
    "IsPresent": lambda value: value is not _MISSING,
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "IsBoolean": lambda value: isinstance(value, bool),
}


def chosen(state: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> str | None:
    """The Next of the first rule that holds, else the Default; None where there is neither."""
    for rule in state["Choices"]:
        if _holds(rule, data, context):
            return str(rule["Next"])
    return state.get("Default")


def _holds(rule: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> bool:
    if "And" in rule:
        return all(_holds(inner, data, context) for inner in rule["And"])
    if "Or" in rule:
        return any(_holds(inner, data, context) for inner in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], data, context)
    return _compares(rule, data, context)


def _compares(rule: Mapping[str, Any], data: Any, context: Mapping[str, Any]) -> bool:
    name = next(key for key in rule if key not in ("Variable", "Next", "Comment"))
    wanted = rule[name]
    try:
        value = find(rule["Variable"], data, context)
    except KeyError:
        value = _MISSING
    if name in _PROPERTIES:
        return _PROPERTIES[name](value) is wanted
    if name.endswith("Path"):
        name, wanted = name.removesuffix("Path"), find(wanted, data, context)
    return _ordered(name, value, wanted)


def _ordered(name: str, value: Any, wanted: Any) -> bool:
    if name == "StringMatches":
        return isinstance(value, str) and fnmatchcase(value, wanted)
    kind = next(kind for kind in _KINDS if name.startswith(kind))
    if not isinstance(value, _KINDS[kind]) or (kind == "Numeric" and isinstance(value, bool)):
        return False
    return _ORDERED[name.removeprefix(kind)](value, wanted)
