"""Words and numbers come out as people write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import Window
from sfn_digest.report.wording import findings, leading_sentences, quantities
from tests.report import made


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (quantities.failures(1), "1 failure"),
        (quantities.failures(0), "0 failures"),
        (quantities.failures(12_480), "12,480 failures"),
        (leading_sentences.by_cause(Message("1 failed"), 1, 1, "a"), "1 failed due to a"),
        (leading_sentences.by_cause(Message("3 failed"), 3, 3, "a"), "3 failed due to a"),
        (leading_sentences.by_cause(Message("3 failed"), 3, 2, "a"), "3 failed, 2 due to a"),
        (findings.counted_cause(2, "Spot interruptions", known=True), "2 Spot interruptions"),
        (
            findings.counted_cause(2, "Lunch break", known=False),
            "2 \N{MULTIPLICATION SIGN} Lunch break",
        ),
        (findings.attempts_of_one_cause(1, "a", complete=True), "1 failed attempt: a"),
        (
            findings.attempts_of_one_cause(3, "a", complete=False),
            "at least 3 failed attempts, all a",
        ),
        (findings.attempts(3, ["2 a", "1 b"], complete=True), "3 failed attempts: 2 a, 1 b"),
        (findings.quiet(0, 1), "No failures: no executions of 1 state machine ended."),
        (findings.quiet(1, 1), "No failures: the one execution of 1 state machine succeeded."),
    ],
)
def test_plurals_and_numbers_are_right(said: str, expected: str) -> None:
    assert said == expected


def test_times_are_told_in_utc_whatever_their_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    start = datetime(2026, 11, 16, 9, tzinfo=tokyo)
    told = findings.window(Window(start, start + timedelta(hours=1, seconds=5)))
    assert told == "2026-11-16 00:00 to 2026-11-16 01:00:05 UTC"


def test_what_could_not_be_read_is_counted_among_what_was_asked_for() -> None:
    read = made.coverage(9, 4, machines_scanned=2, failures_read=3)
    said = findings.partial(read, 3)
    assert (
        said == "only 2 of 3 state machines and 3 of 4 failed or aborted executions could be read."
    )


def test_partial_data_without_a_reason_still_says_something() -> None:
    assert made.TEXTS.partial(made.week(complete=False), 1) == "some data was left out."


@pytest.mark.parametrize(
    ("period", "label"), [(timedelta(hours=6), "11-16 06:00"), (timedelta(days=1), "11-16")]
)
def test_a_bar_is_labelled_as_finely_as_it_is_long(period: timedelta, label: str) -> None:
    assert ENGLISH.tick(datetime(2026, 11, 16, 6, tzinfo=UTC), period) == label


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (42, "42 s"),
        (63, "1 min"),
        (90, "90 s"),
        (250, "4 min"),
        (5_400, "90 min"),
        (118, "2 min"),
        (9_120, "3 h"),
        (180_000, "2 d"),
    ],
)
def test_a_rough_length_is_told_in_the_largest_unit_that_tells_it(
    seconds: float, said: str
) -> None:
    assert ENGLISH.write(timedelta(seconds=seconds), "rough") == said
