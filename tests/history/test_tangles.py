"""A thousand random executions that were run, not written: all read right.

Nested Map in Parallel in Map, retried Maps, siblings that go on after the failing one, Catch
and Fail states, redrives, timeouts and stops; the simulator knows the truth of each.
"""

from collections import Counter
from collections.abc import Iterable

import pytest

from sfn_digest.history import read_history
from simulator.records import RawEvent
from simulator.worlds.tangles import tangle
from tests.examples import many
from tests.history.events import newest_first

pytestmark = pytest.mark.slow

SEEDS, CUT = many(1000), many(400)
PARTS = 4
WHOLE = 25_000
"""Events a page may hold so that every history is one page."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_random_history_has_its_state_its_fail_state_and_its_attempts(part: int) -> None:
    wrong = []
    kinds: Counter[str] = Counter()
    for seed in range(part, SEEDS, PARTS):
        execution = tangle(seed)
        truth = execution.truth
        reading = read_history(newest_first(execution.events, WHOLE))
        found = (reading.state, reading.fail_state)
        attempts = [(tried.event_id, tried.state, tried.error or "") for tried in reading.attempts]
        expected = [(tried.event_id, tried.state, tried.error) for tried in truth.attempts]
        if found != (truth.state, truth.fail_state) or attempts != sorted(expected):
            wrong.append(seed)
        kinds.update([execution.status, *_features(execution.events)])
    assert wrong == []
    assert min(kinds[kind] for kind in ("FAILED", "TIMED_OUT", "ABORTED", "redriven", "nested"))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_failed_state_does_not_depend_on_how_the_history_is_cut_into_pages(part: int) -> None:
    for seed in range(part, CUT, PARTS):
        execution = tangle(seed)
        if execution.status == "FAILED":
            reading = read_history(newest_first(execution.events, 20))
            assert (seed, reading.state) == (seed, execution.truth.state)


def _features(events: Iterable[RawEvent]) -> set[str]:
    types = Counter(event["type"] for event in events)
    names = {
        "redriven": types["ExecutionRedriven"],
        "nested": types["MapStateStarted"] and types["ParallelStateStarted"],
    }
    return {name for name, seen in names.items() if seen}
