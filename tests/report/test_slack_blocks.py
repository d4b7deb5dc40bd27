"""The Slack message says the finding first, keeps Slack's limits and lets nobody speak for us."""

import html
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sfn_digest.i18n import message as i18n
from sfn_digest.model.executions import ExecutionCounts
from sfn_digest.model.report import Report
from sfn_digest.model.retry_cost import RetryCost
from sfn_digest.model.slack_message import SlackMessage
from sfn_digest.report.leading import benefit
from sfn_digest.report.slack import message, messages
from sfn_digest.report.slack.fallback_text import escape
from tests.examples import many
from tests.report import made, made_past
from tests.report.golden import expected
from tests.report.hostile import HOSTILE, Author, Found, by_any_author
from tests.report.hostile_past import with_past
from tests.report.slack_lint import lint, strings

pytestmark = pytest.mark.slow

REPORTS = {
    **made.REPORTS,
    "compared_week": made_past.compared_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
}


def blocks_text(posted: SlackMessage) -> str:
    return "\n".join(strings(posted.blocks))


def digest(report: Report) -> SlackMessage:
    return message(report, made.TEXTS)


@pytest.mark.parametrize("name", REPORTS)
def test_the_message_is_the_golden_one(name: str) -> None:
    posted = digest(REPORTS[name])
    lines = {"text": posted.text.split("\n"), "blocks": posted.blocks}
    shown = json.dumps(lines, indent=1, ensure_ascii=False) + "\n"
    assert shown == expected(f"slack_{name}.json", shown)


def test_the_header_states_the_finding() -> None:
    header = digest(made.week()).blocks[0]
    assert header["text"]["text"] == "21 of 13,659 executions failed (0.15%)"


def test_the_header_tells_the_rate_of_both_weeks() -> None:
    header = digest(made_past.compared_week()).blocks[0]
    assert header["text"]["text"] == "21 of 13,659 executions failed (0.15%, 0.23% last week)"


def test_stops_by_people_are_counted_beside_the_failures() -> None:
    posted = digest(made.week())
    assert "1 aborted" in posted.blocks[-1]["elements"][0]["text"]
    stopped = replace(made.quiet_week(), totals=replace(made.quiet_week().totals, aborted=2))
    assert digest(stopped).text.endswith("2 aborted")


@pytest.mark.parametrize("week", [made.week(), made_past.compared_week()])
def test_the_week_is_read_in_130_words_and_six_blocks(week: Report) -> None:
    posted = digest(week)
    assert len(posted.blocks) <= 6
    assert words(*read(posted.blocks)) <= 130
    assert words(posted.text) <= 130


def words(*told: str) -> int:
    """How many words a reader meets; a dot between two of them is none."""
    return sum(any(map(str.isalnum, word)) for each in told for word in each.split())


def read(value: object) -> Iterator[str]:
    """Every text that a person reads in blocks."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for each in value.values():
            yield from read(each)
    elif isinstance(value, list):
        for each in value:
            yield from read(each)


def test_names_are_the_links() -> None:
    links = [
        element
        for block in digest(made.week()).blocks
        if block["type"] == "rich_text"
        for outer in block["elements"]
        for section in outer["elements"]
        for element in section.get("elements", [section])
        if element["type"] == "link"
    ]
    urls = {link["text"]: link["url"] for link in links}
    assert urls["calculate-scores"].endswith(f"#/statemachines/view/{made.SCORES.arn}")


def test_a_quiet_week_is_one_line() -> None:
    posted = digest(made.quiet_week())
    assert len(posted.blocks) == 1
    assert "\n" not in posted.text
    assert "all 1,204 executions of 2 state machines succeeded" in posted.text


def test_a_quiet_week_read_in_part_says_so_first_and_claims_no_success() -> None:
    posted = digest(made.quiet_week(complete=False, machines_scanned=1))
    assert posted.text.startswith("Partial data: only 1 of 2 state machines could be read.")
    assert "succeeded" not in posted.text


def test_partial_data_leads_before_anybody_is_named() -> None:
    report = made.week(complete=False, machines_scanned=4, notes=made.NOTES)
    lead = list(strings(digest(report).blocks[1]["elements"]))
    spoken = [text for text in lead if text not in {"rich_text_section", "text", "link"}]
    assert spoken[0] == "Partial data:"
    assert "grant states:ListExecutions" in spoken[1]


def test_notes_that_are_not_shown_are_counted() -> None:
    report = made.week(
        complete=False, notes=tuple(i18n.Message("Note {n}.", n=n) for n in range(5))
    )
    assert "(and 4 more notes in the full report)" in blocks_text(digest(report))


def test_machines_that_are_not_shown_are_counted_with_their_failures() -> None:
    assert " more with " in blocks_text(digest(made.large(40, 500)))


def test_an_express_machine_says_that_its_causes_were_not_read() -> None:
    assert ": 4 of 12,484 failed; causes were not read" in blocks_text(digest(made.week()))


def test_what_changed_leads_with_since_when_and_the_one_thing_to_do() -> None:
    first, second, third, *_ = digest(made_past.compared_week()).text.split("\n")[1:]
    assert first == (
        "daily-batch: New since 2026-11-09 21:00, 1 h after version 12 was published: "
        "4 of 67 failed due to code errors in Load. Compare with the previous definition"
    )
    assert second.startswith(
        "calculate-scores: 10 of 401 failed due to Spot interruptions in Score. "
        "8 of 10 would have recovered, +"
    )
    assert third == "checkout: 4 of 12,484 failed (4 last week); causes were not read"


def test_the_other_machines_stand_in_a_line_each_with_rate_and_change() -> None:
    assert "• nightly-import: 1 failed (14%, 1 last week)" in digest(made_past.compared_week()).text


def test_what_goes_on_tells_the_week_before() -> None:
    report = made_past.compared_week()
    assert report.before is not None
    goes_on = replace(report, hints=(), before=replace(report.before, causes=()))
    assert (
        "calculate-scores: 11 of 401 failed, 10 due to Spot interruptions in Score (14 last week)."
        in digest(goes_on).text
    )


def test_a_rate_that_jumped_is_told_with_both_rates() -> None:
    report = made_past.compared_week()
    assert report.before is not None
    before = {made.WEB.arn: ExecutionCounts(50_000, 0)}
    jumped = replace(report, before=replace(report.before, causes=(), machines=before))
    assert "checkout: Failure rate up from 0% to 0.032%: 4 of" in digest(jumped).text


def test_a_quiet_week_after_a_bad_one_tells_the_number_in_its_line() -> None:
    posted = digest(made_past.quiet_after_a_bad_week())
    assert posted.text.startswith(
        "No failures: all 1,204 executions of 2 state machines succeeded."
    )
    assert posted.text.endswith("UTC. 30 failed last week.")
    assert len(posted.blocks) == 1


def test_the_context_is_one_line_with_account_region_and_window() -> None:
    (context,) = digest(made.week()).blocks[-1]["elements"]
    assert context["text"] == (
        "24 Spot interruptions \N{MIDDLE DOT} 3 start failures \N{MIDDLE DOT} "
        "Account 123456789012, eu-west-1 \N{MIDDLE DOT} 2026-11-09 00:00 to 2026-11-16 00:00 UTC "
        "\N{MIDDLE DOT} 1 aborted"
    )


def test_the_text_alone_is_a_complete_summary() -> None:
    text = digest(made.week()).text
    for part in ("21 of 13,659", "calculate-scores", "daily-batch", "Spot", "eu-west-1", "UTC"):
        assert part in text


@pytest.mark.parametrize(
    ("machines", "failures"), [(1, 0), (1, 5_000), (40, 0), (40, 5), (400, 5), (400, many(50_000))]
)
def test_a_message_of_any_size_keeps_the_limits(machines: int, failures: int) -> None:
    assert lint(digest(made.large(machines, failures))) == []


@pytest.mark.parametrize("machines", [1, 40, 400])
def test_a_message_of_any_size_keeps_the_limits_with_a_past(machines: int) -> None:
    report = made_past.with_past(made.large(machines, 2_000), hints=40)
    assert lint(digest(report)) == []


@by_any_author
def test_a_message_of_hostile_text_keeps_the_limits_and_is_inert(author: Author) -> None:
    report = with_past(author, author.found(max_machines=9).report())
    assert lint(message(report, author.texts())) == []


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip().isprintable()])
def test_a_hostile_name_stays_legible(name: str) -> None:
    if not name:
        return
    machine = made.machine(name)
    report = Found(
        [machine], {}, [made.failure(machine, 1, made.SPOT)], made.coverage(1, 1)
    ).report()
    posted = digest(report)
    assert name[:60] in blocks_text(posted)
    assert name[:60] in html.unescape(posted.text)


def test_escaping_never_cuts_an_entity() -> None:
    for limit in range(1, 14):
        escaped = escape("a<b&c>", limit)
        assert len(escaped) <= limit
        assert "a<b&c>".startswith(html.unescape(escaped).removesuffix("…"))


def test_escaping_leaves_short_text_whole() -> None:
    assert escape("a<b", 6) == "a&lt;b"


def test_what_is_missing_leads_only_where_it_could_change_who_is_named() -> None:
    gap = i18n.Message("A gap.")
    little = made.week(complete=False, left_out=(gap,), notes=(gap,))
    much = made.week(complete=False, machines_scanned=4, left_out=(gap,), notes=(gap,))
    assert "A gap." in json.dumps(digest(little).blocks[-1])
    assert "Partial data" not in digest(little).text
    assert "A gap." in json.dumps(digest(much).blocks[1])
    assert digest(much).text.split("\n")[1].startswith("Partial data: only 4 of 5")


def test_what_could_not_be_read_stands_in_the_thread_with_what_to_do() -> None:
    partly = made.week(complete=False, machines_scanned=4, notes=made.NOTES)
    *_, last = messages(partly, made.TEXTS)
    assert "• Only 4 of 5 state machines could be read" in last.text
    assert made.NOTES[0] in json.dumps(last.blocks)
    assert not any("Coverage" in each.text for each in messages(made.week(), made.TEXTS))


def test_a_benefit_tells_what_one_execution_waits_not_all_of_them() -> None:
    waiting = replace(made_past.RETRY, cost=RetryCost(14.0, 240.0, 900.0, 0.0, 0.0, 0.0))
    assert benefit(waiting, made.TEXTS).endswith("+4 min each")
    assert benefit(made_past.RETRY, made.TEXTS).endswith("+11 min each")
