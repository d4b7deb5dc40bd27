"""File and type names are unique within the package: a name finds one place."""

import re
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "lambda_src" / "sfn_digest"
MODULES = [each for each in sorted(PACKAGE.rglob("*.py")) if each.name != "__init__.py"]
DOORS = {path.stem for path in (PACKAGE / "commands").glob("*.py")}
"""A command's module is named by the command's word, whatever else is."""

PUBLIC_TYPE = re.compile(r"^class ([A-Za-z]\w*)", re.MULTILINE)


def _twice(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: places for name, places in found.items() if len(places) > 1}


def test_no_two_modules_of_the_package_have_one_name() -> None:
    found = defaultdict(list)
    for path in MODULES:
        if not (path.parent.name == "commands" or path.stem in DOORS):
            found[path.stem].append(str(path.relative_to(PACKAGE)))
    assert _twice(found) == {}


def test_no_two_types_of_the_package_have_one_name() -> None:
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in PUBLIC_TYPE.findall(path.read_text(encoding="utf-8")):
            found[name].append(str(path.relative_to(PACKAGE)))
    assert _twice(found) == {}
