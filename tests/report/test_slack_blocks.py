"""The Slack message says the finding first, keeps Slack's limits and lets nobody speak for us."""

import html
import json

import pytest

from sfn_digest.report.model import Report
from sfn_digest.report.slack_blocks import Message, message
from sfn_digest.report.slack_text import escape
from tests.report import made
from tests.report.golden import expected
from tests.report.hostile import HOSTILE, Author, Found, by_any_author
from tests.report.made import REPORTS
from tests.report.slack_lint import lint, strings


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


def test_an_execution_says_what_its_failed_tries_were() -> None:
    assert "6 failed tries: 5 Spot interruptions, 1 start failure" in blocks_text(
        digest(made.week())
    )


def test_tries_read_in_part_are_a_lower_bound() -> None:
    assert "at least 3 failed tries: 2 start failures" in blocks_text(digest(made.week()))


def test_the_hardest_execution_of_each_machine_comes_before_a_second_of_one() -> None:
    machines = [made.SCORES, made.BATCH, made.IMPORTS]
    failures = [made.failure(made.SCORES, n, made.SPOT, (made.SPOT,) * 9) for n in range(5)]
    failures += [made.failure(each, 9, made.SPOT, (made.SPOT,) * 2) for each in machines[1:]]
    report = Found(machines, {}, failures, made.coverage(3, 7)).report()
    text = blocks_text(digest(report))
    assert text.count("9 failed tries, all Spot interruptions") == 1
    assert "daily-batch / " in text
    assert "nightly-import / " in text
    assert "and 4 more executions with two failed tries or more" in text


def test_a_single_failed_try_is_not_listed_as_many() -> None:
    found = Found([made.BATCH], {}, [made.failure(made.BATCH, 1, made.BROKEN, (made.BROKEN,))],
                  made.coverage(1, 1))  # fmt: skip
    assert "Most failed tries" not in blocks_text(digest(found.report()))


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
    assert urls["run-002"].endswith("execution:calculate-scores:run-002")


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
    report = made.week(complete=False, notes=tuple(f"Note {n}." for n in range(5)))
    assert "(and 2 more notes in the full report)" in blocks_text(digest(report))


def test_machines_that_are_not_shown_are_counted_with_their_failures() -> None:
    assert "more with" in blocks_text(digest(made.large(40, 500)))


def test_an_express_machine_says_that_its_causes_were_not_read() -> None:
    assert ": 4 of 12,484 failed; causes were not read" in blocks_text(digest(made.week()))


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


@by_any_author
def test_a_message_of_hostile_text_keeps_the_limits_and_is_inert(author: Author) -> None:
    report = author.found(max_machines=9).report()
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
