"""The arrows of the house run down only, and its pure rooms are pure: read from the imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import infra
import sfn_digest

PACKAGE = Path(sfn_digest.__file__).parent
INFRA = Path(infra.__path__[0])

FLOORS = (
    ("handler", "collector", "cli"),
    ("commands", "hub"),
    ("doctor", "terminal", "invocation"),
    ("pipeline",),
    ("delivery", "accounts"),
    ("report", "slack", "aws"),
    ("adoption", "comparison", "stream"),
    ("retry", "history"),
    ("asl", "config", "guard"),
    ("causes",),
    ("model",),
    ("i18n", "errors", "progress"),
)
"""From the doors down to the records; a room knows those on the floors below its own."""

PURE = (
    *("history", "causes", "asl", "retry", "report", "comparison", "adoption"),
    *("accounts", "stream"),
    *("i18n", "model"),
)

IMPURE = frozenset(
    ("boto3", "botocore", "os", "time", "socket", "subprocess", "urllib.request", "threading")
)
CLOCKS = frozenset(("now", "utcnow", "today"))


def sources() -> Iterator[tuple[str, Path]]:
    """Every module of the package with the room it stands in."""
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).with_suffix("").parts[0], file


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All that a module says, parsed once for all tests."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def imported(file: Path) -> Iterator[str]:
    """The full names of what a module imports, lazily or for its types alone too."""
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def floor_of(room: str) -> int:
    """How far above the records a room stands."""
    floors = [height for height, rooms in enumerate(reversed(FLOORS)) if room in rooms]
    assert len(floors) == 1, f"{room} stands on no floor, or on two: say where it belongs"
    return floors[0]


def test_every_room_imports_only_from_the_floors_below_it() -> None:
    upward = [
        f"{file.relative_to(PACKAGE)} imports {name}"
        for room, file in sources()
        for name in imported(file)
        if name.startswith("sfn_digest.") and (other := name.split(".")[1]) != room
        if other != "__version__" and floor_of(other) >= floor_of(room)
    ]
    assert room_names() == {room for floor in FLOORS for room in floor}
    assert upward == []


def room_names() -> set[str]:
    """The rooms that there are."""
    return {room for room, _ in sources()} - {"__init__"}


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_nothing_that_reaches_outside(room: str) -> None:
    reached = [
        f"{file.relative_to(PACKAGE)} imports {name}"
        for here, file in sources()
        if here == room
        for name in imported(file)
        if any(name == each or name.startswith(f"{each}.") for each in IMPURE)
        or (name.startswith("slack_sdk") and not name.startswith("slack_sdk.models"))
    ]
    assert reached == []


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_never_asks_a_clock(room: str) -> None:
    asked = [
        f"{file.relative_to(PACKAGE)}:{node.lineno} asks {node.attr}"
        for here, file in sources()
        if here == room
        for node in nodes(file)
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS
    ]
    assert asked == []


def test_no_module_is_longer_than_250_lines_and_no_function_than_40() -> None:
    long = []
    for file in (*PACKAGE.rglob("*.py"), *INFRA.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > 250:
            long.append(f"{file.name}: {lines}")
        for node in nodes(file):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{file.name}: {node.name}: {lines}"] if lines > 40 else []
    assert long == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("import os", "os"), ("def f():\n    from time import monotonic", "time.monotonic")],
)
def test_an_import_is_seen_wherever_it_stands(tmp_path: Path, text: str, name: str) -> None:
    file = tmp_path / "room.py"
    file.write_text(text)
    assert list(imported(file)) == [name]
