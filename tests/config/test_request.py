"""What is asked for, in every way it can be asked wrongly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.config.request import (
    Defaults,
    Request,
    from_event,
    parse_share,
    parse_successes,
    parse_tag,
)
from sfn_digest.config.settings import read_settings
from sfn_digest.config.window import parse_window
from sfn_digest.errors import (
    BadEventError,
    BadRequestError,
    BadTagError,
    BadWindowError,
)
from sfn_digest.model.executions import Tag, Window

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def event_request(event: object) -> Request:
    return from_event(event, now=NOW, defaults=Defaults(since="7d", channel="C1"))


def test_an_empty_event_asks_for_the_last_seven_days_of_all_machines() -> None:
    request = event_request({})
    assert request.window == Window(NOW - timedelta(days=7), NOW)
    assert (request.machines, request.channel, request.dry_run) == ((), "C1", False)


def test_an_event_names_window_machines_channel_and_dry_run() -> None:
    request = event_request(
        {
            "since": "2026-11-14",
            "until": "2026-11-15T09:00:00+09:00",
            "machines": ["daily-*"],
            "channel": "C0123456789",
            "dry_run": True,
        }
    )
    assert request.window == Window(
        datetime(2026, 11, 14, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    )
    assert (request.machines, request.channel, request.dry_run) == (
        ("daily-*",),
        "C0123456789",
        True,
    )


def test_a_scheduled_time_ends_the_window_and_marks_the_request_as_the_scheduler_s() -> None:
    request = event_request({"scheduled_time": "2026-11-16T08:00:00Z"})
    assert request.window.end == NOW - timedelta(hours=1)
    assert request.scheduled
    assert not event_request({}).scheduled


def test_an_event_names_its_language_and_a_deployment_the_usual_one() -> None:
    japanese = Defaults(channel="C1", language="ja")
    assert event_request({}).language == "en"
    assert event_request({"language": "ja"}).language == "ja"
    assert from_event({}, now=NOW, defaults=japanese).language == "ja"
    assert from_event({"language": "en"}, now=NOW, defaults=japanese).language == "en"
    assert read_settings({"SFN_DIGEST_LANGUAGE": "ja"}).defaults.language == "ja"


@pytest.mark.parametrize("language", ["JA", "jp", "日本語"])
def test_a_language_that_there_is_not_is_refused(language: str) -> None:
    with pytest.raises(BadRequestError, match=r"which is unknown: use en or ja\.$"):
        event_request({"language": language})


def test_one_machine_may_be_given_as_plain_text() -> None:
    assert event_request({"machines": "daily-batch"}).machines == ("daily-batch",)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("90m", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("2w", timedelta(days=14)),
        ("1d12h", timedelta(hours=36)),
        ("1w2d3h4m", timedelta(days=9, hours=3, minutes=4)),
    ],
)
def test_a_length_counts_back_from_the_end(length: str, expected: timedelta) -> None:
    end = NOW - timedelta(days=1)
    window = parse_window(length, end.isoformat(), now=NOW)
    assert window == Window(end - expected, end)


@pytest.mark.parametrize(
    ("since", "until", "start", "end"),
    [
        ("yesterday", None, "2026-11-15", None),
        ("yesterday", "today", "2026-11-15", "2026-11-16"),
        ("1d", "today", "2026-11-15", "2026-11-16"),
        ("2026-11-14", "1d", "2026-11-14", "2026-11-15T00:00"),
        ("Today", None, "2026-11-16", None),
    ],
)
def test_days_have_names_and_an_end_may_be_so_long_ago(
    since: str, until: str | None, start: str, end: str | None
) -> None:
    window = parse_window(since, until, now=NOW)
    assert window.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    if until == "1d":
        assert window.end == NOW - timedelta(days=1)
    else:
        assert window.end == (NOW if end is None else datetime.fromisoformat(f"{end}T00:00Z"))


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("text", "The event is a text, not a JSON object"),
        ([], "The event is a list, not a JSON object"),
        (None, "The event is nothing, not a JSON object"),
        (3, "The event is a number, not a JSON object"),
        ({"windw": "7d"}, "“windw”, which is unknown: use since, until, machines"),
        ({"since": 7}, "since is a number: give text"),
        ({"channel": " "}, "channel is an empty text: give text"),
        ({"machines": {"a": 1}}, "machines is an object: give a name, or a list"),
        ({"machines": [""]}, "machines is a list: give a name, or a list of names"),
        ({"dry_run": "yes"}, "dry_run is a text: give true or false"),
    ],
)
def test_an_event_of_the_wrong_shape_is_refused_with_what_was_expected(
    event: object, says: str
) -> None:
    with pytest.raises(BadEventError) as refused:
        event_request(event)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("2026-11-15", "2026-11-14", "ends (2026-11-14 00:00 UTC) before it starts"),
        ("0d", None, "before it starts"),
        ("7d", "2026-11-17", "ends in the future (2026-11-17 00:00 UTC)"),
        ("91d", None, "keeps executions for 90 days: give a since no earlier than 2026-08-18"),
        ("999999w", None, "keeps executions for 90 days"),
        (
            "last week",
            None,
            ("since is “last week”, which is not a time: give a length such as 7d"),
        ),
        ("7d", "soon", "until is “soon”, which is not a time"),
        ("7d", "0001-01-02", "keeps executions for 90 days"),
        ("0001-01-01T00:00:00+14:00", None, "is outside the calendar"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_the_fix(
    since: str, until: str | None, says: str
) -> None:
    with pytest.raises(BadWindowError) as refused:
        parse_window(since, until, now=NOW)
    assert says in str(refused.value)


def refusal(since: str, until: str | None) -> str | None:
    try:
        parse_window(since, until, now=NOW)
    except BadWindowError as refused:
        return str(refused)
    return None


@given(st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_text_for_a_window_gives_a_window_or_one_printable_sentence(
    since: str, until: str | None
) -> None:
    says = refusal(since, until)
    assert says is None or (says.endswith(".") and says.isprintable())


def test_a_tag_may_hold_equals_signs_and_an_empty_value() -> None:
    assert parse_tag("team=a=b") == Tag("team", "a=b")
    assert parse_tag("watched=") == Tag("watched", "")


@pytest.mark.parametrize(
    "text", ["sfn-digest", "=on", "k" * 129 + "=v", "k=" + "v" * 257, "k=\x1b"]
)
def test_a_malformed_tag_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadTagError) as refused:
        parse_tag(text)
    assert "such as sfn-digest=on" in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("share", ["0", "1.01", "-1", "nan", "a quarter", "inf"])
def test_a_share_outside_zero_to_one_is_refused(share: str) -> None:
    with pytest.raises(BadRequestError, match=r"above 0 and at most 1: give a share such as 0\.25"):
        parse_share(share)


@pytest.mark.parametrize("text", ["0", "60", "1000", 5])
def test_successes_to_read_are_a_whole_number(text: int | str) -> None:
    assert parse_successes(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "1001", "1.5", "many", "٣", "9" * 5000])
def test_any_other_number_of_successes_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadRequestError, match="a whole number from 0 to 1000"):
        parse_successes(text)


def test_a_deployment_says_how_many_successes_are_read() -> None:
    settings = read_settings({"SFN_DIGEST_SUCCESSES": "0"})
    assert from_event({}, now=NOW, defaults=settings.defaults).successes == 0
