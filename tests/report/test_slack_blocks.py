"""The Slack message says the finding first, keeps Slack's limits and lets nobody speak for us."""

import html
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.i18n import message as i18n
from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.slack.fallback_text import escape
from sfn_digest.report.slack.root import message
from sfn_digest.report.wording import past
from tests.report import made, made_past
from tests.report.golden import expected
from tests.report.hostile import HOSTILE, Author, Found, by_any_author
from tests.report.hostile_past import with_past
from tests.report.slack_lint import lint, strings

REPORTS = {
    **made.REPORTS,
    "compared_week": made_past.compared_week(),
    "quiet_after_a_bad_week": made_past.quiet_after_a_bad_week(),
}


def blocks_text(posted: Message) -> str:
    return "\n".join(strings(posted.blocks))


def digest(report: Report) -> Message:
    return message(report, made.TEXTS)


@pytest.mark.parametrize("name", REPORTS)
def test_the_message_is_the_golden_one(name: str) -> None:
    posted = digest(REPORTS[name])
    lines = {"text": posted.text.split("\n"), "blocks": posted.blocks}
    shown = json.dumps(lines, indent=1, ensure_ascii=False) + "\n"
    assert shown == expected(f"slack_{name}.json", shown)


def test_the_header_states_the_finding() -> None:
    header = digest(made.week()).blocks[0]
    assert header["text"]["text"] == "22 of 13,659 executions failed"


def test_the_header_names_the_cause_of_most() -> None:
    found = Found([made.SCORES], {}, made.week_failures()[:11], made.coverage(1, 11))
    header = digest(found.report()).blocks[0]
    assert header["text"]["text"] == "11 of 11 executions failed, mostly by Spot interruptions"


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
    assert urls["AWS guide"].startswith("https://docs.aws.amazon.com/")


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
    assert "(and 2 more notes in the full report)" in blocks_text(digest(report))


def test_machines_that_are_not_shown_are_counted_with_their_failures() -> None:
    assert "more with" in blocks_text(digest(made.large(40, 500)))


def test_an_express_machine_says_that_its_causes_were_not_read() -> None:
    assert ": 4 of 12,484 failed; causes were not read" in blocks_text(digest(made.week()))


def fields(posted: Message) -> list[str]:
    return [field["text"] for field in posted.blocks[2]["fields"]]


def test_the_four_numbers_stand_with_last_week_s() -> None:
    assert fields(digest(made_past.compared_week())) == [
        "*Failed*\n19 (last week 30)",
        "*Timed out*\n2 (new)",
        "*Aborted*\n1 (new)",
        "*Failed attempts*\n32 (last week 40)",
    ]


def test_a_number_that_is_not_known_of_last_week_is_left_out() -> None:
    report = made_past.compared_week()
    assert report.before is not None
    counted = replace(
        report, before=replace(report.before, source="cloudwatch", failed_attempts=None)
    )
    assert fields(digest(counted))[3] == "*Failed attempts*\n32"
    assert fields(digest(made.week()))[0] == "*Failed*\n19"


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(days=7), "12 (last week 30)"),
        (timedelta(days=7, hours=1), "12 (last week 30)"),
        (timedelta(days=1), "12 (1 day before: 30)"),
        (timedelta(hours=36), "12 (36 hours before: 30)"),
        (timedelta(minutes=90), "12 (90 minutes before: 30)"),
    ],
)
def test_a_period_that_is_no_week_is_named_by_its_length(length: timedelta, says: str) -> None:
    assert past.number_and_before(12, 30, length) == says


def test_none_in_both_periods_is_nothing_new() -> None:
    assert past.number_and_before(0, 0, timedelta(days=7)) == "0 (last week 0)"


def test_machines_tell_by_how_much_they_changed() -> None:
    text = digest(made_past.compared_week()).text
    assert "daily-batch: 5 of 67 failed (new, last week none)" in text
    assert "checkout: 4 of 12,484 failed (unchanged, last week 4)" in text
    assert "nightly-import: 2 of 7 failed (+1, last week 1)" in text
    rows = blocks_text(digest(made_past.compared_week()))
    assert ": 11 of 401 failed (\N{MINUS SIGN}3, last week 14), 10 by Spot interruptions" in rows


def test_the_sentence_says_whether_its_cause_is_new() -> None:
    report = made_past.compared_week()
    assert "10 by Spot interruptions in Score (last week 8); 4 of 5" in digest(report).text
    assert report.before is not None
    new = tuple(replace(each, before=0) for each in report.before.causes)
    fresh = replace(report, before=replace(report.before, causes=new))
    assert "10 by Spot interruptions in Score (new since last week); " in digest(fresh).text


def test_of_a_period_counted_from_cloudwatch_no_cause_is_called_new() -> None:
    report = made_past.compared_week()
    assert report.before is not None
    counted = replace(report, before=replace(report.before, source="cloudwatch", causes=()))
    assert "10 by Spot interruptions in Score; 4 of 5" in digest(counted).text


def test_the_hints_that_save_most_stand_with_their_figures_and_the_rest_is_counted() -> None:
    text = blocks_text(digest(made_past.compared_week()))
    assert "calculate-scores: Retry longer: States.TaskFailed in Score" in text
    assert "about 8 of 10 failures (9 incidents) would have recovered" in text
    assert "and 1 more hint" in text


def test_a_quiet_week_after_a_bad_one_tells_the_number_in_its_line() -> None:
    posted = digest(made_past.quiet_after_a_bad_week())
    assert posted.text.startswith(
        "No failures: all 1,204 executions of 2 state machines succeeded."
    )
    assert posted.text.endswith("UTC. Last week, 30 failed.")
    assert len(posted.blocks) == 1


def test_the_context_tells_account_region_window_and_coverage() -> None:
    context = [element["text"] for element in digest(made.week()).blocks[-1]["elements"]]
    assert context == [
        "Account 123456789012, eu-west-1",
        "2026-11-09 00:00 to 2026-11-16 00:00 UTC",
        "Read 18 of 18 failures and 5 of 5 tagged state machines; 20 API calls, none throttled.",
    ]


def test_the_text_alone_is_a_complete_summary() -> None:
    text = digest(made.week()).text
    for part in ("22 of 13,659", "calculate-scores", "daily-batch", "Spot", "eu-west-1", "UTC"):
        assert part in text


@pytest.mark.parametrize("machines", [1, 40, 400])
@pytest.mark.parametrize("failures", [0, 5, 50_000])
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


def test_only_what_is_missing_leads_the_digest_and_the_rest_stands_at_its_end() -> None:
    report = made.week(
        complete=False,
        notes=(i18n.Message("A gap."), i18n.Message("A remark.")),
        left_out=(i18n.Message("A gap."),),
    )
    first, *_, last = (json.dumps(block) for block in digest(report).blocks[1:])
    assert "A gap." in first
    assert "A remark." not in first
    assert "A remark." in last
    assert "A gap." not in last
