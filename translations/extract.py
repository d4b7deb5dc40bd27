"""Finds every msgid in the source: what `make messages` puts into the catalogs."""

import ast
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from jinja2.ext import babel_extract

import sfn_digest
from sfn_digest.causes.table import read_toml

PACKAGE = Path(sfn_digest.__file__).parent
_LITERALS = {"Message": 1, "Msgid": 1, "ngettext": 2}
"""How many of a call's first arguments are msgids."""

Msgid = str | tuple[str, str]


def extracted() -> Catalog:
    """Give a catalog of all msgids, in the order in which the catalogs are written."""
    found = Catalog()
    for msgid in sorted({*_from_python(), *_from_templates(), *_from_causes()}, key=str):
        found.add(msgid, flags=["python-brace-format"])
    return found


def _from_python() -> Iterator[Msgid]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from from_call(node)


def from_call(call: ast.Call) -> Iterator[Msgid]:
    """Give the msgids of a call: each where a condition chooses between several.

    What is no literal was one elsewhere, in a call of Msgid or in a table.
    """
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    arguments = call.args[: _LITERALS.get(name, 0)]
    if name == "ngettext":
        one, many = ([*_literals(each)] for each in arguments)
        yield from zip(one, many, strict=True)
    else:
        yield from (msgid for each in arguments for msgid in _literals(each) if msgid)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _from_templates() -> Iterator[Msgid]:
    for path in PACKAGE.rglob("*.j2"):
        file: BinaryIO = BytesIO(path.read_bytes())
        for _, _, msgid, _ in babel_extract(file, ("_",), (), {}):
            yield str(msgid)


def _from_causes() -> Iterator[Msgid]:
    rows: Mapping[str, Mapping[str, Any]] = read_toml("causes.toml")
    for row in rows.values():
        yield from (row["title"], row["meaning"], row["advice"])
        yield from (guide["advice"] for guide in row.get("integrations", {}).values())
        one, many = row["noun"]
        yield one, many
