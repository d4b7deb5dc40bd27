"""Which hours are scanned: those with failures, within the bytes allowed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.log_spans import EDGE, MOST_SPANS, Hour, plan

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
GB = 1e9


def hours(*told: tuple[float, float], group: str = "g") -> list[Hour]:
    """Hours of (failures, bytes), one after the other."""
    return [Hour(group, START + HOUR * number, *each) for number, each in enumerate(told)]


def test_only_hours_with_failures_are_scanned_and_neighbours_in_one_query() -> None:
    found = plan(hours((0, GB), (2, GB), (1, GB), (0, GB)), HOUR, 3 * GB)
    (span,) = found.spans
    assert (span.start, span.end) == (START + HOUR - EDGE, START + 3 * HOUR + EDGE)
    assert span.bytes == 2 * GB
    assert found.left_out == ()


def test_a_small_group_is_scanned_whole_in_one_query() -> None:
    (span,) = plan(hours((1, 10), (0, 10), (1, 10), (0, 10)), HOUR, GB).spans
    assert span.hours == tuple(START + HOUR * number for number in range(4))


def test_where_it_is_too_much_the_hours_with_most_failures_a_byte_come_first() -> None:
    told = hours((1, GB), (50, GB), (5, 2 * GB), (9, GB))
    found = plan(told, HOUR, 2 * GB)
    assert sorted(at for span in found.spans for at in span.hours) == [
        START + HOUR,
        START + 3 * HOUR,
    ]
    assert {hour.failures for hour in found.left_out} == {1, 5}


def test_nothing_may_be_scanned_where_nothing_is_allowed() -> None:
    found = plan(hours((1, GB)), HOUR, 0)
    assert (found.spans, len(found.left_out)) == ((), 1)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**9)), max_size=60),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 10**9)), max_size=60),
    st.integers(0, 20),
)
def test_no_plan_scans_more_than_allowed_and_every_failing_hour_is_told(
    first: list[tuple[int, int]], second: list[tuple[int, int]], gigabytes: int
) -> None:
    told = [*hours(*first), *hours(*second, group="h")]
    found = plan(told, HOUR, gigabytes * GB)
    assert sum(span.bytes for span in found.spans) <= gigabytes * GB
    for group in ("g", "h"):
        assert sum(span.group == group for span in found.spans) <= MOST_SPANS
    planned = {(span.group, at) for span in found.spans for at in span.hours}
    left = {(each.group, each.start) for each in found.left_out}
    assert not planned & left
    assert planned | left >= {(each.group, each.start) for each in told if each.failures}
