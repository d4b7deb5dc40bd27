"""The report on many accounts: who failed most, what several share, who is missing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.accounts import AccountsReport, AccountSummary, MissingAccount, Place, combine
from sfn_digest.accounts import summarize as summary_of
from sfn_digest.accounts.accounts_json import to_json
from sfn_digest.accounts.accounts_terminal import render
from sfn_digest.accounts.combine import TOGETHER, shared_incidents
from sfn_digest.accounts.records import PlaceIncident
from sfn_digest.accounts.slack import messages
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import translator
from sfn_digest.model.slack_message import MESSAGE_LIMIT, weight
from sfn_digest.report.shown import Shown
from tests.report import made
from tests.report.slack_lint import lint, lint_reply

SCHEMA = json.loads(Path("docs/accounts.schema.json").read_text(encoding="utf-8"))


def place(number: int, name: str = "") -> Place:
    return Place(f"{number:012}", "eu-west-1", name)


def missing(number: int, why: str = "It was denied.") -> MissingAccount:
    where = place(number, f"team-{number}")
    return MissingAccount(where.account_id, where.region, where.name, Message(why))


def two_and_a_missing_one() -> AccountsReport:
    week = summary_of(place(1, "payments"), made.week())
    partial = summary_of(place(2, "orders"), made.REPORTS["partial_week"])
    quiet = summary_of(place(3), made.quiet_week())
    return combine([quiet, week, partial], [missing(4)], made.WINDOW)


def test_accounts_stand_by_their_failures_with_their_rates() -> None:
    rows = combine(
        [
            summary_of(place(1, "quiet"), made.quiet_week()),
            summary_of(place(2, "busy"), made.week()),
        ],
        [],
        made.WINDOW,
    ).accounts
    assert [(row.name, row.failures) for row in rows] == [("busy", 21), ("quiet", 0)]
    assert rows[0].failure_rate == 21 / rows[0].executions
    assert rows[1].failure_rate == 0


def test_no_order_of_answers_changes_the_report() -> None:
    week, quiet = made.week(), made.quiet_week()
    each = [summary_of(place(n), week if n % 2 else quiet) for n in range(4)]
    told = {to_json(combine(order, [missing(9)], made.WINDOW)) for order in permutations(each)}
    assert len(told) == 1


def test_a_cause_that_two_accounts_have_is_shared_and_one_that_one_has_is_not() -> None:
    report = two_and_a_missing_one()
    spot = next(each for each in report.causes if each.cause == made.SPOT)
    assert spot.executions == 20
    assert [each.executions for each in spot.accounts] == [10, 10]
    alone = combine([summary_of(place(1), made.week())], [], made.WINDOW)
    assert alone.causes == ()


def test_a_missing_account_makes_the_report_partial_and_is_named_in_every_face() -> None:
    report = two_and_a_missing_one()
    assert not report.coverage.complete
    assert (report.coverage.reported, report.coverage.expected) == (3, 4)
    root = messages(report, made.TEXTS)[0]
    for face in (root.text, json.dumps(root.blocks), render(report, made.TEXTS, 200)):
        assert "1 of 4 did not report: team-4 (000000000004, eu-west-1)." in face
    assert "team-4 (000000000004, eu-west-1): It was denied." in render(report, made.TEXTS, 200)


def test_what_one_account_could_not_read_is_told_of_that_account() -> None:
    told = render(two_and_a_missing_one(), made.TEXTS, 300)
    assert (
        "orders (000000000002, eu-west-1): 4 of 5 state machines and 15 of 18 failed or aborted "
        "executions read. "
        "Access to checkout was denied" in told
    )


def test_the_json_is_as_its_schema_says() -> None:
    plain = json.loads(to_json(two_and_a_missing_one()))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(plain, SCHEMA)
    assert plain["schema_version"] == "1.0"
    plain["accounts"][0]["failures"] = "many"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain, SCHEMA)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_hundred_accounts_with_hostile_names_fit_into_slack(language: str) -> None:
    hostile = "<!channel> *x* `y` &amp; " + "\u202e" + "n" * 100
    week = made.week()
    each = [summary_of(place(n, f"{n} {hostile}"), week) for n in range(97)]
    absent = [replace(missing(n), name=hostile, why=Message(hostile * 9)) for n in range(97, 130)]
    texts = Shown(made.TABLE, translator(language))
    told = messages(combine(each, absent, made.WINDOW), texts)
    assert [lint(told[0]), *map(lint_reply, told[1:])] == [[]] * len(told)
    assert all(weight(message) <= MESSAGE_LIMIT for message in told)
    assert "<!channel>" not in told[0].text


def at(*minutes: float) -> list[datetime]:
    return [made.WINDOW.start + timedelta(minutes=each) for each in minutes]


def broken(number: int, *incidents: Sequence[datetime], cause: str = made.SPOT) -> AccountSummary:
    """What an account tells of incidents that are no more than the times of their failures."""
    found = [PlaceIncident(cause, min(each), max(each), len(each)) for each in incidents]
    return replace(summary_of(place(number), made.quiet_week()), incidents=tuple(found))


def test_failures_of_one_incident_of_the_report_are_one_of_the_account() -> None:
    report = made.week()
    spot = [each for each in report.failures if each.cause == made.SPOT]
    first = spot[-1].execution_arn
    of_one = [replace(each, incident=first) if each in spot[-3:] else each for each in spot]
    told = summary_of(place(1), replace(report, failures=tuple(of_one)))
    assert sorted(each.failures for each in told.incidents) == [1] * (len(spot) - 3) + [3]
    longest = max(told.incidents, key=lambda each: each.failures)
    assert (longest.began_at, longest.ended_at) == (spot[-1].stopped_at, spot[-3].stopped_at)
    expected = [replace(each, expected=True) for each in of_one]
    assert summary_of(place(1), replace(report, failures=tuple(expected))).incidents == ()


def test_accounts_that_begin_to_fail_together_share_an_incident() -> None:
    (incident,) = shared_incidents(
        [broken(1, at(600, 610, 620)), broken(2, at(605)), broken(3, at(4000))], made.WINDOW
    )
    assert [each.account_id[-1] for each in incident.accounts] == ["1", "2"]
    assert incident.executions == 4
    assert incident.ended_at == at(620)[0]


def test_other_causes_and_other_times_are_no_shared_incident() -> None:
    early, late = at(600), at(600 + TOGETHER.total_seconds() / 60 + 1)
    other = broken(2, early, cause=made.BROKEN)
    assert shared_incidents([broken(1, early), other], made.WINDOW) == ()
    assert shared_incidents([broken(1, early), broken(2, late)], made.WINDOW) == ()


@given(st.integers(0, 10_000))
def test_accounts_that_fail_all_the_time_share_nothing_by_chance(seed: int) -> None:
    """Two accounts with an incident about every two hours meet often, and that means nothing."""
    each = [
        broken(n, *(at(90 * k + (seed * (n + 1) + 37 * k * k) % 50) for k in range(100)))
        for n in range(2)
    ]
    assert shared_incidents(each, made.WINDOW) == ()
