"""What AWS answers is taken by name and type, and what is no answer is never taken for one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.answers import Answer, UnreadableAnswerError, answered, pairs
from sfn_digest.aws.histories import read_event
from tests.aws.fakes import client_error

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def test_members_are_taken_by_name_and_type() -> None:
    answer = Answer(
        {
            "name": "orders",
            "redriveCount": 2,
            "startDate": NOON.astimezone(timezone(timedelta(hours=9))),
            "Values": [1, 2.5],
            "inner": {"a": "b"},
            "list": [{"a": "c"}],
        }
    )
    assert answer.text("name") == "orders"
    assert (answer.whole("redriveCount"), answer.whole("none", 0)) == (2, 0)
    assert (answer.moment("startDate"), answer.moment("startDate").tzinfo) == (NOON, UTC)
    assert answer.moment_or_none("stopDate") is None
    assert answer.numbers("Values") == [1.0, 2.5]
    assert answer.structure("inner").text("a") == "b"
    assert [each.text("a") for each in answer.structures("list")] == ["c"]
    assert (answer.token(), answer.text_or_none("none")) == ("", None)
    assert answer.exactly(("name", "redriveCount"), (str, int)) == ("orders", 2)


@pytest.mark.parametrize("members", [{}, {"id": None}, {"id": True}, {"id": 5.0}, {"id": "5"}])
def test_a_member_of_another_kind_is_not_exactly_what_was_asked_for(
    members: dict[str, object],
) -> None:
    assert Answer(members).exactly(("id",), (int,)) is None


@pytest.mark.parametrize(
    "take",
    [
        lambda answer: answer.text("x"),
        lambda answer: answer.whole("x"),
        lambda answer: answer.moment("x"),
        lambda answer: answer.numbers("x"),
        lambda answer: answer.texts("x"),
        lambda answer: answer.content("x"),
        lambda answer: answer.structure("x"),
        lambda answer: answer.structures("x"),
    ],
)
@given(members=st.dictionaries(st.just("x") | st.text(max_size=2), JSON))
def test_whatever_stands_in_a_member_s_place_is_taken_or_is_no_answer(
    take: Callable[[Answer], object], members: dict[str, Any]
) -> None:
    try:
        take(Answer(members))
    except UnreadableAnswerError:
        assert True


@given(event=JSON)
def test_whatever_stands_in_an_event_s_place_is_an_event_or_no_answer(event: object) -> None:
    try:
        assert read_event(Answer(event)).id is not None
    except UnreadableAnswerError:
        assert True


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime(2026, 1, 1)])  # noqa: DTZ001
def test_a_time_without_a_zone_is_none(moment: datetime) -> None:
    answer = Answer({"at": moment.astimezone(UTC) if moment.tzinfo else moment})
    if moment.tzinfo:
        assert answer.moment("at") == moment
    else:
        with pytest.raises(UnreadableAnswerError):
            answer.moment("at")


def test_true_is_no_number() -> None:
    with pytest.raises(UnreadableAnswerError):
        Answer({"id": True}).whole("id")


def test_points_come_in_pairs_or_not_at_all() -> None:
    assert list(pairs(Answer({"at": [NOON], "is": [2.0]}), "at", "is")) == [(NOON, 2.0)]
    with pytest.raises(UnreadableAnswerError):
        pairs(Answer({"at": [NOON], "is": []}), "at", "is")


@pytest.mark.parametrize(
    "error", [client_error("AccessDenied"), ReadTimeoutError(endpoint_url="https://states")]
)
def test_botocore_s_own_errors_pass(error: Exception) -> None:
    def request() -> object:
        raise error

    with pytest.raises(type(error)):
        answered(request, lambda answer: answer)
