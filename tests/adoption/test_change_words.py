"""What is said of an adopted change of each kind, in English."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sfn_digest.model.comparison import AdoptedChange, ChangeTally, ChangeVerdict
from sfn_digest.report.adopted_lines import came_of, named
from tests.report.made_past import ON_DEMAND

DAY = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
BEFORE = ChangeTally(183, ended=6, failed=9, attempts=379, retries=27, waited_seconds=900)
SINCE = ChangeTally(90, failed=3, attempts=3, recovered=2)


def change(kind: str, verdict: ChangeVerdict = "counted", **changes: Any) -> AdoptedChange:
    made: dict[str, Any] = {"patched": {}, "before": BEFORE, "since": SINCE, **changes}
    return replace(ON_DEMAND, kind=kind, adopted_at=DAY, verdict=verdict, **made)


RAISED: dict[str, Any] = {"patched": {"TimeoutSeconds": 120}, "was": {"TimeoutSeconds": 60}}
LOWERED: dict[str, Any] = {"patched": {"TimeoutSeconds": 60}, "was": {"TimeoutSeconds": 120}}
SLOWER: dict[str, Any] = {
    "before": replace(BEFORE, seconds=6.3),
    "since": replace(SINCE, attempts=0, seconds=9.0),
}


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        (
            change("ecs_branch", "fewer", since=replace(SINCE, caught=10)),
            "on demand after Spot",
            (
                "Spot and start failures ended 6 of 183 executions (3.3%) before and 0 of 90 "
                "executions (0%) since: fewer; 10 executions that Spot had lost finished on "
                "demand"
            ),
        ),
        (
            change("ecs_branch", "more", since=replace(SINCE, caught=1, at_least=True)),
            "on demand after Spot",
            (
                "Spot and start failures ended 6 of 183 executions (3.3%) before and 0 of 90 "
                "executions (0%) since: more than before; at least 1 execution that Spot had "
                "lost finished on demand"
            ),
        ),
        (
            change("ecs_branch", "too_few", before=ChangeTally()),
            "on demand after Spot",
            (
                "Spot and start failures ended an unknown number of executions before and 0 of "
                "90 executions (0%) since: too few to tell yet"
            ),
        ),
        (
            change("max_concurrency", "fewer", **SLOWER, patched={"MaxConcurrency": 9}),
            "MaxConcurrency 9",
            (
                "379 refused attempts in 183 executions before and 0 refused attempts in 90 "
                "executions since: fewer; 6 and 0 of these executions failed due to it; a "
                "success took 6.3 s before and 9 s since (median)"
            ),
        ),
        (
            change("herd", "same", before=replace(BEFORE, at_least=True)),
            "JitterStrategy FULL",
            (
                "at least 379 refused attempts in 183 executions before and 3 refused "
                "attempts in 90 executions since: no clear difference; 6 and 0 of these "
                "executions failed due to it"
            ),
        ),
        (
            change("stop_retrying"),
            "E no longer retried",
            (
                "3 failures since, about 9 retries and 5 min saved; none of 27 retries "
                "before had recovered one"
            ),
        ),
        (
            change("stop_retrying", since=replace(SINCE, passing=2)),
            "E no longer retried",
            (
                "3 failures since, about 9 retries and 5 min saved; 2 failures with the same "
                "errors had a cause that may go away: retry those"
            ),
        ),
        (
            change("timeout_retried", "too_few", since=ChangeTally(90)),
            "E no longer retried",
            "no failures due to this cause since",
        ),
        (
            change("dead_retrier", patched={"Retry": []}),
            "E spelled correctly",
            "it has handled 3 failures since, of which 2 recovered",
        ),
        (
            change("dead_retrier", patched={"Catch": []}),
            "E spelled correctly",
            "it has handled 3 failures since",
        ),
        (
            change("dead_retrier", "too_few", patched={"Retry": []}, since=ChangeTally(90)),
            "E spelled correctly",
            "it has matched no error since",
        ),
        (
            change(
                "dead_retrier",
                "too_few",
                patched={"Catch": []},
                since=ChangeTally(90, at_least=True),
            ),
            "E spelled correctly",
            "it has matched no error since in the executions that were read",
        ),
        (
            change("dead_retrier", patched={"Catch": []}, since=replace(SINCE, at_least=True)),
            "E spelled correctly",
            "it has handled at least 3 failures since",
        ),
        (
            change("dead_retrier", patched={"Retry": []}, since=replace(SINCE, at_least=True)),
            "E spelled correctly",
            "it has handled at least 3 failures since, of which at least 2 recovered",
        ),
        (
            change(
                "dead_retrier",
                patched={"Retry": []},
                since=replace(SINCE, recovered=3, at_least=True),
            ),
            "E spelled correctly",
            "it has handled at least 3 failures since, all of which recovered",
        ),
        (
            change("timeout_value", "fewer", **RAISED),
            "TimeoutSeconds 120",
            (
                "timeouts ended 6 of 183 executions (3.3%) before and 0 of 90 executions (0%) "
                "since: fewer"
            ),
        ),
        (
            change("timeout_value", "too_few", **RAISED),
            "TimeoutSeconds 120",
            (
                "timeouts ended 6 of 183 executions (3.3%) before and 0 of 90 executions (0%) "
                "since: too few to tell yet"
            ),
        ),
        (
            change("timeout_value", **LOWERED),
            "TimeoutSeconds 60",
            "it has ended 3 attempts since, 3 min sooner in all",
        ),
        (
            change("missing_timeout", patched={"TimeoutSeconds": 600}),
            "TimeoutSeconds 600",
            "it has ended 3 attempts since that had no limit before",
        ),
        (
            change("missing_timeout", "too_few", since=ChangeTally(90), patched=RAISED["patched"]),
            "TimeoutSeconds 120",
            "it has ended no attempt since",
        ),
    ],
)
def test_each_kind_tells_its_own_figures(given: AdoptedChange, name: str, says: str) -> None:
    assert named(given, "E") == name
    assert came_of(given) == f"adopted on 2026-11-16; {says}"


def test_figures_of_two_hints_are_told_to_be_of_both() -> None:
    told = came_of(replace(change("stop_retrying"), together=True))
    assert told.endswith("was adopted too, so this is the result of both")


def test_nothing_is_concluded_after_another_change() -> None:
    assert came_of(change("stop_retrying", "otherwise")) == (
        "adopted on 2026-11-16; the definition was changed in other ways too, so no "
        "conclusion is drawn"
    )
