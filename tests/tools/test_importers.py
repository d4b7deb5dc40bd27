"""A module earns its file by several askers, or by hiding a hard thing; few have one asker."""

from pathlib import Path

import pytest

from tools.importers import house

MOST = 34


def test_few_modules_of_the_package_have_a_single_importer() -> None:
    single = house().of_a_single_importer()
    assert len(single) <= MOST, f"merge a small one, or give a function its place: {single}"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A package of five modules, one in a package that passes its name on."""
    for name, text in {
        "__init__": "",
        "cli": "from made.shown import show",
        "shown": "def show():\n    from made.told import tell\n    return tell",
        "told": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import made.words",
        "words": "from made.deep import Hidden",
        "deep/__init__": "from made.deep.hidden import Hidden",
        "deep/hidden": "class Hidden: ...",
    }.items():
        file = tmp_path / "made" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_an_import_counts_at_any_depth_and_for_the_module_that_has_the_name(made: Path) -> None:
    assert house(made, "made").of_a_single_importer() == {
        "made.shown": "made.cli",
        "made.told": "made.shown",
        "made.words": "made.told",
        "made.deep.hidden": "made.words",
    }


def test_what_two_ask_for_has_more_than_a_single_importer(made: Path) -> None:
    (made / "made" / "cli.py").write_text("from made import shown, told\nfrom made.deep import *")
    assert set(house(made, "made").of_a_single_importer()) == {
        "made.shown",
        "made.words",
        "made.deep.hidden",
    }


def test_an_init_that_uses_what_it_imports_is_an_importer(made: Path) -> None:
    (made / "made" / "deep" / "__init__.py").write_text(
        "from made.deep.hidden import Hidden\nHELD = Hidden()"
    )
    assert "made.deep.hidden" not in house(made, "made").of_a_single_importer()
