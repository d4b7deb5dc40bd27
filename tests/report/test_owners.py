"""A line tells whose machine it is, where its runbook is, and of which environment it is."""

import json
import re
from dataclasses import replace

import pytest

from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.model.machine_tags import SlackOwner, slack_owner
from sfn_digest.model.report import MachineReport, Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.attention import attention
from sfn_digest.report.build import most_pressing
from sfn_digest.report.faces import to_markdown
from sfn_digest.report.html.page import page
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages
from sfn_digest.report.subsets import NO_ENVIRONMENT, by_environment, itself
from sfn_digest.report.terminal.whole_report import render
from tests.report import made, made_past
from tests.report.slack_lint import lint

RUNBOOK = "https://wiki.example.com/scores"
MENTIONING = replace(made.TEXTS, mentions=True)


def tagged(**tags: object) -> Report:
    """The week with these tags on the machine with most failures."""
    week = made_past.compared_week()
    first, *rest = week.machines
    return replace(week, machines=(replace(first, **tags), *rest))  # type: ignore[arg-type]


def root(report: Report, texts: Shown = made.TEXTS) -> str:
    first = messages(report, texts)[0]
    assert lint(first) == []
    return json.dumps(first.blocks, ensure_ascii=False)


def test_an_owner_is_named_on_every_face_and_a_runbook_linked() -> None:
    report = tagged(owner="Data team", runbook=RUNBOOK)
    assert "calculate-scores (Data team): 10 of 401 failed" in messages(report, made.TEXTS)[0].text
    for shown in (page(report, made.TEXTS), render(report, made.TEXTS, 120), root(report)):
        assert "(Data team)" in shown
        assert RUNBOOK in shown


def test_an_owner_of_a_machine_that_is_named_second_to_others_is_named_too() -> None:
    week = made_past.compared_week()
    owned = [replace(each, owner="Imports") for each in week.machines]
    assert (
        "nightly-import (Imports): 1 failed"
        in messages(replace(week, machines=tuple(owned)), made.TEXTS)[0].text
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "element"),
    [
        ("U0123456789", {"type": "user", "user_id": "U0123456789"}),
        ("@W0123456789", {"type": "user", "user_id": "W0123456789"}),
        ("S0123456789", {"type": "usergroup", "usergroup_id": "S0123456789"}),
    ],
)
def test_a_slack_id_is_mentioned_only_where_mentions_are_on(
    owner: str, element: dict[str, str]
) -> None:
    report = tagged(owner=owner)
    blocks = messages(report, MENTIONING)[0].blocks
    assert json.dumps(element)[1:-1] in json.dumps(blocks)
    assert f'"type": "{element["type"]}"' not in root(report)


@pytest.mark.slow
@pytest.mark.parametrize("owner", ["Data team", "@data-team", "<!here>", "U1", "u0123456789"])
def test_what_is_no_slack_id_is_told_and_mentions_nobody(owner: str) -> None:
    assert slack_owner(owner) is None
    assert f"({owner})" in root(tagged(owner=owner), MENTIONING)


def test_a_group_is_told_from_a_member() -> None:
    assert slack_owner("S0123456789") == SlackOwner("S0123456789", group=True)
    assert slack_owner("U0123456789") == SlackOwner("U0123456789", group=False)


def in_environment(name: str | None, failed: int = 1) -> MachineReport:
    plain = made.week().machines[0]
    label = name or "none"
    return replace(plain, arn=label, name=label, environment=name, failed=failed, causes=())


def test_production_comes_first_then_machines_without_an_environment() -> None:
    machines = [in_environment(name) for name in ("test", None, "Prod", "dev")]
    assert [each.name for each in sorted(machines, key=most_pressing)] == [
        "Prod",
        "none",
        "dev",
        "test",
    ]


def test_a_finding_of_production_leads_before_a_larger_one_of_another_environment() -> None:
    machines = (in_environment("test", failed=90), in_environment("prod"))
    report = replace(made.week(), machines=machines, hints=())
    assert [each.machine.name for each in attention(report)] == ["prod", "test"]


def test_an_environment_is_told_only_where_there_are_several() -> None:
    assert (
        "calculate-scores (prod, Data team):"
        in messages(tagged(environment="prod", owner="Data team"), made.TEXTS)[0].text
    )
    week = made_past.compared_week()
    alike = tuple(replace(each, environment="prod") for each in week.machines)
    assert "prod" not in root(replace(week, machines=alike))


def every_face(report: Report, language: Language) -> dict[str, str]:
    """What a reader sees in each place that lists machines."""
    texts = texts_in(language)
    first, *thread = messages(report, texts)
    return {
        "root": json.dumps(first.blocks, ensure_ascii=False),
        "causes": json.dumps(thread[2].blocks, ensure_ascii=False),
        "redrives": json.dumps(thread[3].blocks, ensure_ascii=False).partition("redrive")[2],
        "terminal": render(report, texts, 120),
        "narrow terminal": render(report, texts, 50),
        "markdown": to_markdown(report, texts),
        "page": page(report, texts).partition('<table class="machines')[2],
        "page's lead": page(report, texts).partition("<main")[0],
    }


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_machines_stand_under_their_environment_s_heading_production_first(
    language: Language,
) -> None:
    unnamed = texts_in(language).translate(NO_ENVIRONMENT)
    for face, shown in every_face(made_past.tagged_week(), language).items():
        prod, test = re.search(r"\bprod\b", shown), re.search(r"\btest\b", shown)
        assert test is not None
        assert test.start() < shown.index("calculate-scores"), face
        if face == "redrives":
            continue
        assert prod is not None, face
        assert prod.start() < shown.index("daily-batch") < test.start(), face
        if face != "causes":
            assert prod.start() < shown.index(unnamed) < test.start(), face


def test_names_of_production_share_one_heading() -> None:
    week = made_past.tagged_week()
    machines = [replace(each, environment=None) for each in week.machines]
    machines[:3] = [
        replace(machines[0], environment=each) for each in ("test", "Production", "prd")
    ]
    report = replace(week, machines=tuple(machines))
    groups = by_environment(machines, itself, report, made.TEXTS)
    assert [len(those) for _, those in groups] == [2, len(machines) - 3, 1]
    assert groups[0][0] == "Production"


def test_a_report_of_one_environment_has_no_heading() -> None:
    week = made.week()
    groups = by_environment(week.machines, itself, week, made.TEXTS)
    assert [heading for heading, _ in groups] == [""]
