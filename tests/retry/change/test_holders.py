"""A Retry around other states, replayed; what the simulator's engine makes of it is the truth."""

from typing import Any

import pytest

from bench.hint_worlds import failures_of
from sfn_digest.asl.definition import read_definition
from sfn_digest.asl.matching import EXCEEDED
from sfn_digest.retry.change.definition_backtest import replay_change
from tests.retry.change.worlds import (
    ERROR,
    block,
    both,
    each_item,
    lived,
    parallel,
    retry,
    task,
)

pytestmark = pytest.mark.slow

DOWN = (5.0, 6.0)
"""An hour in which four executions begin."""
Json = dict[str, Any]
LONG, SHORT = retry(ERROR, attempts=8), retry(ERROR, attempts=1, interval=5)
BESIDE = block(Beside=task())


def one(around: Json) -> Json:
    return block(Around=around)


def with_work(kind: str, work: Json, **around: Any) -> Json:
    inner = block(Work=work)
    return one(each_item(inner, **around) if kind == "Map" else parallel(inner, BESIDE, **around))


def nested(outer: list[Json], inner: list[Json], own: list[Json]) -> Json:
    items = each_item(block(Work=task(Retry=own)), Retry=inner)
    return one(
        parallel(block(First=task(Next="Items", ResultPath=None), Items=items), BESIDE, Retry=outer)
    )


CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Stop"}]
CHANGES = {
    "a Map that retries outlasts the outage": (
        with_work("Map", task()), with_work("Map", task(), Retry=LONG), 4,
    ),
    "a Parallel that retries outlasts the outage": (
        with_work("Parallel", task()), with_work("Parallel", task(), Retry=LONG), 4,
    ),
    "what a holder's Retry had saved is lost where it goes": (
        with_work("Parallel", task(), Retry=LONG), with_work("Parallel", task()), -4,
    ),
    "what a Map's Retry had saved is lost where it goes": (
        with_work("Map", task(), Retry=LONG), with_work("Map", task()), -4,
    ),
    "a holder's Retry is what is left where the state's own are exhausted": (
        with_work("Map", task(Retry=SHORT)), with_work("Map", task(Retry=SHORT), Retry=LONG), 4,
    ),
    "a Retry of the state in place of the holder's saves the same": (
        with_work("Map", task(), Retry=LONG), with_work("Map", task(Retry=LONG)), 0,
    ),
    "inner counters begin anew with each attempt of an outer holder": (
        nested(retry(ERROR, attempts=1, interval=60), SHORT, SHORT),
        nested(retry(ERROR, attempts=3, interval=60), retry(ERROR, attempts=3, interval=300),
               retry(ERROR, attempts=2, interval=60)),
        4,
    ),
    "States.TaskFailed on a holder takes no timeout": (
        with_work("Map", task()),
        with_work("Map", task(), Retry=retry("States.TaskFailed", attempts=8)), 4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_the_engine_and_the_backtest_agree(name: str) -> None:
    before, after, meant = CHANGES[name]
    found, truth = both(lived(before, DOWN), after)
    net = found.outcome.net
    assert truth == meant
    assert net.low <= truth <= net.high
    assert abs(net.likely - truth) <= 1.5
    assert found.notes == ()


def test_an_error_that_the_state_catches_never_reaches_the_holders_retry() -> None:
    caught = {"Stop": {"Type": "Fail"}}
    inner = {"StartAt": "Work", "States": {"Work": task(Catch=CATCH), **caught}}
    found, truth = both(
        lived(one(each_item(inner)), DOWN), one(each_item(inner, Retry=retry("Other", attempts=8)))
    )
    assert (truth, found.outcome.net.likely) == (0, 0)


def test_a_holder_may_name_the_timeout_of_what_it_holds() -> None:
    before = with_work("Map", task(TimeoutSeconds=60))
    late = lived(before, DOWN, "States.Timeout")
    named = with_work("Map", task(TimeoutSeconds=60), Retry=retry("States.Timeout", attempts=8))
    found, truth = both(late, named)
    assert truth == 4
    assert found.outcome.net.low <= 4 <= found.outcome.net.high
    assert found.outcome.net.likely >= 2
    failed = with_work("Map", task(TimeoutSeconds=60), Retry=retry("States.TaskFailed", attempts=8))
    found, truth = both(late, failed)
    assert (truth, found.outcome.net.likely) == (0, 0)


def test_whether_all_else_would_succeed_again_goes_into_the_bounds() -> None:
    before, long = lived(with_work("Parallel", task()), (5.0, 11.0)), retry(ERROR, attempts=40)
    around, truth = both(before, with_work("Parallel", task(), Retry=long))
    alone, _ = both(before, with_work("Parallel", task(Retry=long)))
    assert around.outcome.recovered.low <= truth <= around.outcome.recovered.high
    assert around.outcome.recovered.low < alone.outcome.recovered.low
    assert around.outcome.attempts > alone.outcome.attempts


def test_items_that_fail_together_may_be_an_execution_that_never_succeeds() -> None:
    before = lived(with_work("Map", task()), (5.0, 5.5), lost=8)
    found, truth = both(before, with_work("Map", task(), Retry=retry(ERROR, attempts=6)))
    assert truth <= 2
    assert found.outcome.net.low <= truth <= found.outcome.net.high


def test_a_holders_catch_takes_what_its_retry_does_not_save() -> None:
    before = lived(with_work("Parallel", task()), (5.0, 30.0))
    after = with_work("Parallel", task(), Retry=SHORT, Catch=[
        {"ErrorEquals": ["States.ALL"], "Next": "Done"}
    ])  # fmt: skip
    after["States"]["Done"] = {"Type": "Succeed"}
    found, truth = both(before, after)
    assert truth == len(before.world.executions) - 20 - 24
    assert found.outcome.caught.low <= truth <= found.outcome.caught.high


def test_a_jsonata_machine_is_replayed_alike() -> None:
    before = {**with_work("Parallel", task(Arguments={})), "QueryLanguage": "JSONata"}
    after = {
        **with_work("Parallel", task(Arguments={}), Retry=LONG), "QueryLanguage": "JSONata",
    }  # fmt: skip
    found, truth = both(lived(before, DOWN), after)
    assert truth == 4
    assert found.outcome.net.low <= truth <= found.outcome.net.high


def distributed(work: Json, **around: Any) -> Json:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **block(Work=work)}
    return one(each_item(processor, Label="each", **around))


MAPS = {
    "a Retry on a Distributed Map names the error of the Map run": (
        distributed(task(), Retry=retry(EXCEEDED, attempts=8)), 4,
    ),
    "the name of a child's error on it retries nothing": (distributed(task(), Retry=LONG), 0),
    "a Retry inside saves the children, and so the Map run": (distributed(task(Retry=LONG)), 4),
    "a Retry inside that is too short saves neither": (distributed(task(Retry=SHORT)), 0),
    "failures that are tolerated end no execution": (
        distributed(task(), ToleratedFailureCount=3), 4,
    ),
    "fewer tolerated than fail do": (distributed(task(), ToleratedFailurePercentage=50), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_the_engine_and_the_backtest_agree_on_a_distributed_map(name: str) -> None:
    after, meant = MAPS[name]
    found, truth = both(lived(distributed(task()), DOWN), after)
    net = found.outcome.net
    assert truth == meant
    assert net.low <= truth <= net.high
    assert abs(net.likely - truth) <= 1.5
    assert all("Children of" in note for note in found.notes)


def test_a_distributed_map_whose_children_were_not_read_is_said() -> None:
    before = lived(distributed(task()), DOWN)
    (machine,) = before.world.machines
    parents = [e for e in failures_of(before) if e.execution.machine_arn == machine.arn]
    running, after = read_definition(machine.definition), distributed(task(Retry=LONG))
    found = replay_change(machine.arn, running, read_definition(after), parents, None)
    assert any("No failed child of" in note for note in found.notes)
