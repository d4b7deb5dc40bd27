"""The page is whole in itself, readable by everyone, and runs nothing that others wrote."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sfn_digest.report.html.page import page
from tests.report import made, made_past
from tests.report.golden import expected, without_assets
from tests.report.hostile import Author, Found, by_any_author
from tests.report.hostile_past import with_past

REPORTS = {
    **made.REPORTS,
    "compared_week": made_past.compared_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
}

_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "p",
    "h1",
    "h2",
    "h3",
    "main",
    "section",
    "dl",
    "div",
    "dt",
    "dd",
    "figure",
    "ul",
    "li",
    "svg",
    "rect",
    "line",
    "text",
    "figcaption",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "span",
    "strong",
    "article",
    "footer",
    "pre",
    "code",
    "nav",
    "fieldset",
    "legend",
    "label",
    "select",
    "option",
    "button",
    "script",
}
_ATTRIBUTES = {
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "href",
    "rel",
    "id",
    "tabindex",
    "aria-labelledby",
    "aria-hidden",
    "role",
    "scope",
    "colspan",
    "width",
    "height",
    "viewbox",
    "preserveaspectratio",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "text-anchor",
    "aria-label",
    "aria-live",
    "data-machine",
    "data-cause",
    "data-owner",
    "data-label",
    "data-said",
    "data-bar",
    "data-counted",
    "data-series",
    "for",
    "hidden",
    "type",
    "value",
}


class Elements(HTMLParser):
    """Every start tag with its attributes, and all text but the style sheet's."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> Iterator[dict[str, str | None]]:
        """Yield the attributes of every such tag."""
        return (attributes for name, attributes in self.found if name == tag)


WEEK = page(REPORTS["compared_week"], made.TEXTS)


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_the_golden_one(name: str) -> None:
    shown = without_assets(page(REPORTS[name], made.TEXTS))
    assert shown == expected(f"page_{name}.html", shown)


def _digest(tag: str) -> str:
    inside = re.search(rf"<{tag}>(.*?)</{tag}>", WEEK, re.DOTALL)
    assert inside
    return base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()


def test_a_browser_may_run_only_the_style_sheet_and_the_script_that_are_in_the_page() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', WEEK)
    style = re.search(r"<style>(.*?)</style>", WEEK, re.DOTALL)
    assert policy
    assert style
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{_digest('style')}'; "
        f"script-src 'sha256-{_digest('script')}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_landmarks_headings_and_the_skip_link_lead_a_reader() -> None:
    elements = Elements(WEEK)
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag in ("header", "main", "footer", "h1"):
        assert len(list(elements.named(tag))) == 1
    assert next(elements.named("a")) == {"class": "skip", "href": "#report"}
    assert next(elements.named("html"))["lang"] == "en"
    for _, attributes in elements.found:
        for reference in (attributes.get("aria-labelledby") or "").split():
            assert reference in ids


def test_the_contents_lead_to_every_section_and_nowhere_else() -> None:
    elements = Elements(WEEK)
    sections = [a["aria-labelledby"] for a in elements.named("section")]
    links = [a["href"] for a in elements.named("a") if (a["href"] or "").startswith("#")]
    named = [f"#{each}" for each in sections if each != "numbers"]
    assert links == ["#report", "#needs", *named, "#coverage"]


def test_hints_stand_before_the_first_table() -> None:
    assert WEEK.index('<h2 id="hints">') < WEEK.index("<table")


def test_every_entry_says_whose_it_is_for_the_filter() -> None:
    week = REPORTS["compared_week"]
    first, *others = week.machines
    owned = replace(week, machines=(replace(first, owner="Data team"), *others))
    elements = Elements(page(owned, made.TEXTS))
    rows = [a for a in elements.named("tr") if a.get("data-cause")]
    articles = [a for a in elements.named("article") if a.get("data-machine")]
    assert len(articles) == len(week.hints)
    for entry in (*rows, *articles):
        owner = "Data team" if entry["data-machine"] == first.name else ""
        assert (entry["data-owner"], bool(entry["data-cause"])) == (owner, True)
    assert any(entry["data-owner"] for entry in rows)


def test_the_trend_is_drawn_with_the_failure_rate_of_each_period() -> None:
    rates = re.findall(r'<text class="rate"[^>]*>([^<]+)<', WEEK)
    cells = re.findall(r'<td class="n">([\d.]+%)</td></tr>', WEEK)
    assert rates == cells[: len(rates)]
    assert len(rates) == 4


def test_every_table_has_a_caption_and_every_heading_cell_a_scope() -> None:
    elements = Elements(WEEK)
    assert len(list(elements.named("caption"))) == len(list(elements.named("table"))) == 6
    assert all(attributes.get("scope") for attributes in elements.named("th"))


def test_every_region_has_a_name_of_its_own() -> None:
    names = re.findall(r'id="[a-z-]+"[^>]*>([^<]+)</(?:h2|caption)>', WEEK)
    assert len(names) > 6
    assert len(names) == len(set(names))


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name() -> None:
    scrolled = [a for a in Elements(WEEK).named("div") if a.get("class") == "scroll"]
    assert scrolled
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in scrolled)
    assert all(a["aria-labelledby"] for a in scrolled)


def test_a_picture_has_a_name_or_is_hidden_from_readers() -> None:
    for attributes in Elements(WEEK).named("svg"):
        named = attributes.get("role") == "img" and attributes.get("aria-labelledby")
        assert named or attributes.get("aria-hidden") == "true"


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_contrast_as_wcag_asks(scheme: int) -> None:
    root = re.findall(r":root \{(.*?)\}", WEEK, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", root))
    for text, ground in [
        *((ink, paper) for ink in ("ink", "soft", "link") for paper in ("paper", "panel")),
        ("warn-ink", "warn-paper"),
    ]:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for series in range(5):
        assert _contrast(colours[f"s{series}"], colours["paper"]) >= 3


def test_the_four_numbers_say_how_they_moved_since_the_period_before() -> None:
    assert '<dd>19</dd><dd class="was">previously 30, 11 fewer</dd>' in WEEK
    assert '<dd>2</dd><dd class="was">previously 0, new</dd>' in WEEK
    assert "as counted in its digest" in WEEK


def test_without_the_period_before_nothing_is_held_against_it() -> None:
    alone = page(made.week(), made.TEXTS)
    assert "before" not in Elements(alone).text.partition("</style>")[2]
    assert 'id="trend"' not in alone
    assert 'id="changes"' not in alone


def test_a_new_cause_names_the_change_of_the_definition_before_it() -> None:
    assert "the definition changed to version 12 on 2026-11-09 20:00 UTC" in WEEK


def test_the_trend_has_a_bar_and_a_row_for_each_period() -> None:
    elements = Elements(WEEK)
    bars = [a for a in elements.named("rect") if a["class"] in ("then", "now")]
    assert [a["class"] for a in bars] == ["then", "then", "then", "now"]
    assert '<th scope="row">2026-11-02 00:00</th><td class="n">30</td><td class="n">0</td>' in WEEK


def test_a_hint_shows_what_it_changes_and_nothing_else_of_the_state() -> None:
    assert "&#34;JitterStrategy&#34;: &#34;FULL&#34;" in WEEK
    assert "&#34;TimeoutSeconds&#34;: 900" in WEEK
    assert "runTask.sync" not in WEEK


def test_executions_beyond_the_first_are_counted() -> None:
    assert "and 300 more executions in the JSON report" in page(made.large(40, 500), made.TEXTS)


def test_a_quiet_week_has_no_empty_tables() -> None:
    assert '<h2 id="machines">' not in page(made.quiet_week(), made.TEXTS)


@pytest.mark.slow
@by_any_author
def test_hostile_text_adds_no_element_attribute_or_address(author: Author) -> None:
    elements = Elements(page(with_past(author, author.found().report()), author.texts()))
    assert {tag for tag, _ in elements.found} <= _TAGS
    assert {name for _, attributes in elements.found for name in attributes} <= _ATTRIBUTES
    for link in elements.named("a"):
        assert (link["href"] or "").startswith(
            ("#", "https://eu-west-1.console.aws.amazon.com/", "https://docs.example/")
        )
    assert all(character.isprintable() or character == "\n" for character in elements.text)


def test_what_can_be_redriven_comes_with_its_command() -> None:
    assert "11 executions, the earliest until 2026-11-23 06:00 UTC" in WEEK
    assert "aws stepfunctions redrive-execution --region eu-west-1" in WEEK
    assert 'id="redrive"' not in page(made.quiet_week(), made.TEXTS)


def test_a_command_names_so_many_executions_and_counts_the_rest() -> None:
    failures = [made.failure(made.SCORES, n, made.SPOT) for n in range(53)]
    report = Found([made.SCORES], {}, failures, made.coverage(1, 53)).report()
    many = page(report, made.TEXTS)
    listed = many[many.index("for arn in") : many.index("done</code>")]
    assert listed.count(":execution:") == 50
    assert "and 3 more executions in the JSON report" in many
