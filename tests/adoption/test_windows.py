"""What was counted is remembered as windows, so that nothing counts twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.adoption.hint_records import MOST_WINDOWS, merged_windows
from sfn_digest.model.executions import Window

START = datetime(2026, 3, 2, tzinfo=UTC)


def hours(start: int, end: int) -> Window:
    return Window(START + timedelta(hours=start), START + timedelta(hours=end))


WINDOWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 9)).map(lambda at: hours(at[0], at[0] + at[1])),
    max_size=20,
)


@given(WINDOWS)
def test_joined_windows_hold_the_same_times_and_do_not_touch(windows: list[Window]) -> None:
    whole = merged_windows(windows)
    for hour in range(75):
        moment = START + timedelta(hours=hour)
        assert any(moment in each for each in windows) == any(moment in each for each in whole)
    assert all(one.end < two.start for one, two in pairwise(whole))


def test_of_very_many_windows_the_oldest_run_together() -> None:
    whole = merged_windows(hours(2 * n, 2 * n + 1) for n in range(MOST_WINDOWS + 3))
    assert len(whole) == MOST_WINDOWS
    assert whole[0] == hours(0, 7)
    assert whole[1] == hours(8, 9)
