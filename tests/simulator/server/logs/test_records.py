"""Log records have the shape of those recorded against AWS, at every level."""

import json
import os
from pathlib import Path

import pytest

from simulator.records import LogLevel, SimExecution, SimLogging
from simulator.server.logs.records import arrived, is_logged
from tests.simulator.engine.made import BEGIN, BOOM, run, task

_RECORDINGS = os.environ.get("SFN_RECORDINGS", "")
RECORDED = Path(_RECORDINGS).parent / "express_logs.jsonl"
FOREVER = BEGIN + 864_000


def failed() -> SimExecution:
    return run({"Work": task(Next="GiveUp"), "GiveUp": {"Type": "Fail", "Error": "Lost"}})


def types(execution: SimExecution, level: LogLevel) -> list[str]:
    logging = SimLogging(level, "group")
    return [record["type"] for _, record in arrived(execution, logging, FOREVER)]


@pytest.mark.skipif(not _RECORDINGS, reason="SFN_RECORDINGS names no file")
def test_records_have_the_keys_and_the_kinds_of_values_that_were_recorded() -> None:
    rows = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    recorded = [record for row in rows for record in row["records"]]
    mine = [record for _, record in arrived(failed(), SimLogging("ALL", "group"), FOREVER)]
    keys = {frozenset(record) for record in recorded}
    assert {frozenset(record) for record in mine} == keys
    for name in recorded[0]:
        kinds = {type(record[name]) for record in recorded}
        assert {type(record[name]) for record in mine} <= kinds
    assert mine[1]["previous_event_id"] == "0"


@pytest.mark.skipif(not _RECORDINGS, reason="SFN_RECORDINGS names no file")
@pytest.mark.parametrize("level", ["ERROR", "FATAL"])
def test_a_level_lets_those_types_pass_that_were_recorded_under_it(level: LogLevel) -> None:
    rows = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    by_name = {row["id"]: {record["type"] for record in row["records"]} for row in rows}
    checked = 0
    for name, seen in by_name.items():
        if f"_{level}_" in name:
            whole = by_name[
                name.replace(f"_{level}_", "_ALL_").replace("partial_log_levels", "base")
            ]
            assert {each for each in whole if is_logged(each, level)} == seen
            checked += 1
    assert checked == 4


def test_fatal_logs_the_end_alone_and_error_what_went_wrong() -> None:
    execution = run({"Work": task()}, {"Work": lambda _: BOOM})
    assert types(execution, "FATAL") == ["ExecutionFailed"]
    assert types(execution, "ERROR") == ["LambdaFunctionFailed", "ExecutionFailed"]
    assert types(failed(), "ERROR") == ["FailStateEntered", "ExecutionFailed"]
    assert len(types(execution, "ALL")) == len(execution.events)
    assert types(execution, "OFF") == []


def test_inputs_and_outputs_are_logged_only_where_data_is() -> None:
    def details(*, data: bool) -> set[str]:
        logging = SimLogging("ALL", "group", data=data)
        return {key for _, r in arrived(failed(), logging, FOREVER) for key in r["details"]}

    assert not {"input", "inputDetails", "output"} & details(data=False)
    assert {"input", "inputDetails", "output"} <= details(data=True)


def test_a_long_input_is_cut() -> None:
    execution = run({"Work": task()}, data={"long": "x" * 300_000})
    logging = SimLogging("ALL", "group", data=True)
    first = next(arrived(execution, logging, FOREVER))[1]["details"]
    assert first["inputDetails"] == {"truncated": True}
    assert len(first["input"]) == 248 * 1024


def test_some_records_are_lost_and_some_come_late() -> None:
    whole = len(failed().events)
    lossy = list(arrived(failed(), SimLogging("ALL", "group", lost=0.4), FOREVER))
    assert 0 < len(lossy) < whole
    late = SimLogging("ALL", "group", late=1e9)
    assert len(list(arrived(failed(), late, BEGIN + 100))) < whole
