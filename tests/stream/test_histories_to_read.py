"""Which failures of a batch are read first, and for how long a batch may be read."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.stream.histories_to_read import AT_EASE, AT_LEAST, BEHIND, Turns, reading_seconds
from tests.stream.made import END, end


def test_a_batch_is_read_at_ease_unless_the_queue_falls_behind() -> None:
    assert reading_seconds(0) == reading_seconds(-5) == AT_EASE
    assert reading_seconds(BEHIND) == reading_seconds(10 * BEHIND) == AT_LEAST


@given(st.floats(0, 10_000), st.floats(0, 10_000))
def test_the_further_behind_the_shorter(one: float, other: float) -> None:
    assert AT_LEAST <= reading_seconds(max(one, other)) <= reading_seconds(min(one, other))


def test_the_first_of_a_new_group_comes_before_the_next_of_an_old_one() -> None:
    turns = Turns()
    for number in range(99):
        turns.read(end(number))
    batch = [*(end(number) for number in range(100, 110)), end(200, group="new")]
    assert turns.order(batch, END)[0].group == "a"
    for number in range(99):
        turns.read(end(number))
    assert turns.order(batch, END)[0].group == "new"
    assert turns.order(batch, END + timedelta(hours=1))[1].group in ("a", "new")


@given(st.lists(st.sampled_from("abc"), max_size=40), st.randoms())
def test_groups_take_turns_whatever_the_order_they_came_in(
    groups: list[str], random: object
) -> None:
    batch = [end(number, group=group) for number, group in enumerate(groups)]
    order = Turns().order(batch, END)
    random.shuffle(batch)  # type: ignore[attr-defined]
    assert Turns().order(batch, END) == order
    assert Counter(order) == Counter(batch)
    whole = Counter(groups)
    for length in range(len(order)):
        read = Counter(each.group for each in order[:length])
        most = max(read.values(), default=0)
        assert all(read[group] >= min(number, most - 1) for group, number in whole.items())
