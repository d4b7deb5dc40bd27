"""The page as a browser shows it: no violation that axe knows of, and all of it by keyboard."""

import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sfn_digest.i18n.translator import LANGUAGES, Language
from sfn_digest.model.report import Report
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report import compared
from sfn_digest.report import presenter as view
from sfn_digest.report.html.page import page
from sfn_digest.report.subsets import part_of
from tests.report import made, made_past

REPORTS = {
    "compared_week": made_past.compared_week(),
    "partial_week": made.REPORTS["partial_week"],
    "quiet_week": made.quiet_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
    "tagged_week": made_past.tagged_week(),
    "long_names": made_past.with_past(made.large(30, 60), hints=3),
}
WIDE, NARROW = 1_200, 320
"""A desktop's window, and the narrowest that WCAG 1.4.10 asks for, in CSS pixels."""

VIEWS = [("light", WIDE), ("dark", WIDE), ("dark", NARROW)]
BY_KEYBOARD = VIEWS[0]
"""One view of each page is walked through and printed: the order is the same in all."""

WITHOUT_SCRIPT = ("compared_week", "en", "no script", WIDE)

BAD = """<!doctype html><title>Bad</title><style>a { outline: none }</style>
<a class="skip" href="#report">Skip</a><a tabindex="2" href="#x">Second</a>
<a tabindex="1" href="#x">First</a><details><summary>More</summary></details>
<p style="color: #999; width: 2000px">Pale</p><img src="https://elsewhere.invalid/x.png">"""
"""A page with the faults that the tests below look for."""

PAGES = [(name, language) for name in REPORTS for language in LANGUAGES]
Found: TypeAlias = Mapping[tuple[str, str, str, int], Mapping[str, Any]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What the browser finds in every page and view, all in one run of it."""
    folder = tmp_path_factory.mktemp("pages")
    bad = folder / "bad.html"
    bad.write_text(BAD, encoding="utf-8")
    keys = [("bad", "en", *BY_KEYBOARD)]
    jobs: list[dict[str, object]] = [
        {"file": str(bad), "scheme": "light", "width": WIDE, "keyboard": True}
    ]
    for name, language in PAGES:
        file = folder / f"{name}_{language}.html"
        file.write_text(page(REPORTS[name], texts_in(language)), encoding="utf-8")
        for scheme, width in VIEWS:
            keys.append((name, language, scheme, width))
            walked = (scheme, width) == BY_KEYBOARD
            job = {"scheme": scheme, "width": width, "keyboard": walked}
            jobs.append({"file": str(file), **job})
    keys.append(WITHOUT_SCRIPT)
    plain = folder / "compared_week_en.html"
    jobs.append({"file": str(plain), "scheme": "light", "width": WIDE, "script": False})
    done = subprocess.run(
        ["node", Path(__file__).with_name("read.mjs")],
        input=json.dumps(jobs),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return dict(zip(keys, json.loads(done.stdout), strict=True))


each_page = pytest.mark.parametrize(("name", "language"), PAGES)
each_view = pytest.mark.parametrize(("scheme", "width"), VIEWS)


def test_a_bad_page_is_found_out(found: Found) -> None:
    seen = found["bad", "en", *BY_KEYBOARD]
    rules = {violation["id"] for violation in seen["violations"]}
    assert {"color-contrast", "html-has-lang", "image-alt", "tabindex"} <= rules
    assert seen["requests"] == 2
    assert seen["complaints"]
    assert seen["overflow"] > 0
    assert not all(stop["forward"] for stop in seen["stops"])
    assert not all(stop["outlined"] for stop in seen["stops"])
    assert seen["skips"] != "report"


@each_page
@each_view
def test_axe_finds_no_violation(
    found: Found, name: str, language: str, scheme: str, width: int
) -> None:
    assert found[name, language, scheme, width]["violations"] == []


@each_page
@each_view
def test_the_page_loads_itself_alone_and_breaks_no_policy(
    found: Found, name: str, language: str, scheme: str, width: int
) -> None:
    seen = found[name, language, scheme, width]
    assert (seen["requests"], seen["complaints"]) == (1, [])


@each_page
@each_view
def test_the_page_is_never_wider_than_its_window(
    found: Found, name: str, language: str, scheme: str, width: int
) -> None:
    assert found[name, language, scheme, width]["overflow"] <= 0


@each_page
def test_the_printed_page_is_no_wider_than_its_paper(
    found: Found, name: str, language: str
) -> None:
    assert found[name, language, *BY_KEYBOARD]["printed"] <= 0


@each_page
def test_the_focus_goes_down_the_page_and_is_always_seen(
    found: Found, name: str, language: str
) -> None:
    stops = found[name, language, *BY_KEYBOARD]["stops"]
    assert stops[0]["tag"] == "a"
    assert stops[-1]["tag"] == "summary"
    assert [s for s in stops if not (s["forward"] and s["seen"] and s["outlined"])] == []


@each_page
def test_the_skip_link_leads_to_the_report_and_enter_opens_what_is_folded(
    found: Found, name: str, language: str
) -> None:
    seen = found[name, language, *BY_KEYBOARD]
    assert (seen["skips"], seen["opens"]) == ("report", True)


@each_page
def test_the_dark_page_has_a_dark_ground(found: Found, name: str, language: str) -> None:
    light, dark = (found[name, language, scheme, WIDE]["ground"] for scheme in ("light", "dark"))
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(18, 21, 26)")


@each_page
@each_view
def test_the_contents_stay_in_view_to_the_end_of_the_page(
    found: Found, name: str, language: str, scheme: str, width: int
) -> None:
    assert found[name, language, scheme, width]["contents"]


@each_page
def test_on_a_phone_the_tables_need_no_sideways_scrolling(
    found: Found, name: str, language: str
) -> None:
    assert found[name, language, "dark", NARROW]["sideways"] <= 0


with_failures = pytest.mark.parametrize(
    ("name", "language"),
    [(name, language) for name, language in PAGES if view.failing_machines(REPORTS[name])],
)


@with_failures
@pytest.mark.parametrize(("key", "index"), [("machine", 0), ("cause", 1)])
def test_a_choice_by_keyboard_leaves_what_fits_it_and_says_so(
    found: Found, name: str, language: str, key: str, index: int
) -> None:
    seen = found[name, language, *BY_KEYBOARD]["narrowed"]
    picked = seen[key]["picked"][index]
    assert picked in seen["before"][f"{key}s"]
    assert seen[key][f"{key}s"] == [picked]
    assert 0 < seen[key]["entries"] < seen["before"]["entries"]
    assert (seen["before"]["status"], bool(seen[key]["status"])) == ("", True)
    assert "{" not in seen[key]["status"]
    assert (seen[key]["empty"], seen[key]["dead"]) == (0, 0)


@with_failures
def test_show_all_brings_everything_back(found: Found, name: str, language: str) -> None:
    seen = found[name, language, *BY_KEYBOARD]["narrowed"]
    assert seen["after"]["entries"] == seen["before"]["entries"]
    assert not any(seen["after"]["picked"])


@with_failures
def test_totals_and_chart_count_what_a_machine_s_filter_leaves(
    found: Found, name: str, language: Language
) -> None:
    report = REPORTS[name]
    seen = found[name, language, *BY_KEYBOARD]["narrowed"]
    picked = seen["machine"]["picked"][0]
    named = {each.arn for each in report.machines if made.TEXTS.name(each.name) == picked}
    own = part_of(report, named)
    assert seen["machine"]["totals"] == [
        texts_in(language).number(each.value) for each in compared.numbers(own, made.TEXTS)
    ]
    assert seen["machine"]["tabled"] == drawn(own)
    assert seen["machine"]["tallest"] == pytest.approx(160, abs=0.1)
    assert seen["machine"]["trend"] == 0


@with_failures
def test_totals_and_chart_count_what_a_cause_s_filter_leaves(
    found: Found, name: str, language: Language
) -> None:
    report, texts = REPORTS[name], texts_in(language)
    seen = found[name, language, *BY_KEYBOARD]["narrowed"]["cause"]
    of_cause = [each for each in report.failures if texts.title(each.cause) == seen["picked"][1]]
    statuses = Counter(each.status for each in of_cause)
    ended = [texts.number(statuses[each]) for each in ("FAILED", "TIMED_OUT", "ABORTED")]
    assert seen["totals"][:3] == ended
    assert seen["tabled"] == drawn(replace(report, failures=tuple(of_cause)))


def drawn(report: Report) -> int:
    """How many failures the chart over time shows."""
    return sum(each.stopped_at in report.window for each in report.failures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_owner_s_filter_leaves_his_machines_their_totals_and_their_environment(
    found: Found, language: Language
) -> None:
    report = REPORTS["tagged_week"]
    seen = found["tagged_week", language, *BY_KEYBOARD]["narrowed"]
    owner = seen["owner"]["picked"][2]
    mine = {each.arn for each in report.machines if each.owner == owner}
    numbers = compared.numbers(part_of(report, mine), made.TEXTS)
    assert seen["owner"]["totals"] == [texts_in(language).number(each.value) for each in numbers]
    assert [each for each in seen["before"]["environments"] if each in ("prod", "test")] == [
        "prod",
        "test",
    ]
    assert seen["owner"]["environments"] == ["prod"]
    assert seen["before"]["totals"] == seen["after"]["totals"]


def test_without_a_script_all_is_shown_and_no_filter(found: Found) -> None:
    plain, usual = found[WITHOUT_SCRIPT], found["compared_week", "en", *BY_KEYBOARD]
    assert (plain["entries"], plain["filter"]) == (usual["narrowed"]["before"]["entries"], False)
