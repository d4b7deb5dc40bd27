"""Prints which modules of the package a single other one imports, and the figures of the house.

An import counts wherever it stands: within a function, or for its types alone. An import of a name
that a package's `__init__` passes on counts for the module that has the name, and passing it on
counts for nothing. `__init__`s and the doors, which Lambda and the shell open, are left aside."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent / "lambda_src"
PACKAGE = "sfn_digest"
DOORS = frozenset(f"{PACKAGE}.{door}" for door in ("handler", "collector", "hub", "cli"))


@dataclass(frozen=True)
class House:
    """The modules of a package by their dotted names, `__init__`s by their package's."""

    files: Mapping[str, Path]

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        """What each module says, parsed."""
        return {
            name: ast.parse(file.read_text(encoding="utf-8")) for name, file in self.files.items()
        }

    @cached_property
    def passed_on(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """Where a name that an `__init__` imports comes from: its module, and its name there."""
        return {
            (name, alias.asname or alias.name): (module, alias.name)
            for name, file in self.files.items()
            if file.stem == "__init__"
            for module, alias in from_imports(self.trees[name])
            if module != name
        }

    @cached_property
    def importers(self) -> Mapping[str, frozenset[str]]:
        """Which other modules import each."""
        found = defaultdict[str, set[str]](set)
        for name, tree in self.trees.items():
            for module, alias in from_imports(tree):
                if not self.only_passes_on(name, alias):
                    found[self.home(module, alias.name)].add(name)
            for module in plain_imports(tree):
                found[module].add(name)
        return {name: frozenset(found[name] - {name}) for name in self.files}

    def only_passes_on(self, importer: str, alias: ast.alias) -> bool:
        """Whether it is an `__init__` that imports a name for others, and never says it itself."""
        return self.files[importer].stem == "__init__" and not any(
            isinstance(node, ast.Name) and node.id == (alias.asname or alias.name)
            for node in ast.walk(self.trees[importer])
        )

    def home(self, module: str, name: str) -> str:
        """The module that has a name which another asks `module` for."""
        while (module, name) in self.passed_on:
            module, name = self.passed_on[module, name]
        return dotted if (dotted := f"{module}.{name}") in self.files else module

    def of_a_single_importer(self) -> dict[str, str]:
        """The modules that exactly one other imports, each with that one."""
        return {
            name: next(iter(importers))
            for name, importers in sorted(self.importers.items())
            if len(importers) == 1 and name in self.modules - DOORS
        }

    @cached_property
    def modules(self) -> frozenset[str]:
        """What counts as a module: no package's `__init__`."""
        return frozenset(name for name, file in self.files.items() if file.stem != "__init__")

    def lines(self, name: str) -> int:
        """How long a module is."""
        return self.files[name].read_text(encoding="utf-8").count("\n")

    def median_lines(self) -> int:
        """How long the modules are at the median."""
        return round(median(map(self.lines, self.modules)))


def from_imports(tree: ast.Module) -> Iterator[tuple[str, ast.alias]]:
    """What a module asks others for by `from … import …`, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias) for alias in node.names)


def plain_imports(tree: ast.Module) -> Iterator[str]:
    """What a module imports whole, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def house(root: Path = ROOT, package: str = PACKAGE) -> House:
    """The modules of a package as they stand."""
    return House(
        {
            ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): file
            for file in sorted((root / package).rglob("*.py"))
        }
    )


if __name__ == "__main__":
    today = house()
    for name, importer in (single := today.of_a_single_importer()).items():
        print(f"{today.lines(name):4}  {name} <- {importer} ({today.lines(importer)})")
    print(
        f"{len(today.modules)} modules, {today.median_lines()} lines at the median,"
        f" {len(single)} with a single importer"
    )
