"""What the README and docs/ say of the command and of the environment is what the code does."""

import re
from pathlib import Path

import pytest

from sfn_digest.aws.api import Api, DeploymentApi
from sfn_digest.config import names

README = Path("README.md").read_text(encoding="utf-8")
PAGES = [Path("README.md"), *Path("docs").glob("*.md")]


def test_every_variable_of_the_environment_is_told_once_among_the_settings() -> None:
    told = re.findall(r"^\| `(\w+)` \|", Path("docs/deploy.md").read_text(), re.MULTILINE)
    variables = {
        value for value in vars(names).values() if isinstance(value, str) and value.isupper()
    }
    assert sorted(name for name in told if name.isupper()) == sorted(variables - {names.BOT_TOKEN})


def test_the_commands_permissions_are_the_calls_it_can_make() -> None:
    told = Path("docs/permissions.md").read_text().split("## The command's permissions")[1]
    actions = set(re.findall(r"`([a-z0-9]+:[A-Z]\w+)`", told))
    # The deployed function alone has itself invoked again.
    asked = {api.action for api in (*Api, *DeploymentApi)} - {DeploymentApi.INVOKE.action}
    assert actions == asked | {"dynamodb:GetItem"}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_to_a_file_or_a_heading_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        if heading:
            assert heading in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_page_has_a_heading_twice(page: Path) -> None:
    headings = re.findall(r"^#+ .+$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(headings) == len(set(headings))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_readmes_tree_names_what_there_is() -> None:
    tree = README.split("## Extend it")[1]
    package = Path("lambda_src/sfn_digest")
    named = re.findall(r"^ {8}(\S+)(?:  (\S+\.py))?  ", tree, re.MULTILINE)
    names = {name.rstrip("/") for pair in named for name in pair if name}
    rooms = {each.name for each in package.iterdir() if (each / "__init__.py").exists()}
    assert rooms <= names
    assert all((package / name).exists() for name in names)
