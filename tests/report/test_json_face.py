"""The JSON contract and its schema say the same, and every report keeps it."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sfn_digest.model import comparison as past
from sfn_digest.model import executions as records
from sfn_digest.model import map_runs, recoveries, releases, sample, stuck
from sfn_digest.model import report as model
from sfn_digest.model.machine_tags import ExpectedFailures
from sfn_digest.report.json_face import to_dict, to_json
from tests.report import made
from tests.report.hostile import Author, by_any_author

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)

HINT = model.Hint(
    kind="retry_longer",
    machine_arn=made.SCORES.arn,
    state="Score",
    cause=made.SPOT,
    errors=("States.TaskFailed",),
    retrier={"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 5},
    failures=11,
    incidents=3,
    recovered=model.Recovered(surely=4, likely=7.5, possibly=9, low=4, high=9),
    added_wait_seconds=240.0,
)

CONTRACT = {
    "window": records.Window,
    "totals": model.Totals,
    "machine": model.MachineReport,
    "cause": model.CauseRow,
    "failure": model.FailureReport,
    "expected_failures": ExpectedFailures,
    "handled": recoveries.HandledReport,
    "map_run": map_runs.MapRunReport,
    "map_run_counts": map_runs.MapRunCounts,
    "map_run_cause": map_runs.MapRunCause,
    "recoveries": recoveries.Recoveries,
    "machine_recoveries": recoveries.MachineRecoveries,
    "caught_cause": recoveries.CaughtCause,
    "rising_retries": recoveries.RisingRetries,
    "estimate": sample.Estimate,
    "stuck_machine": stuck.StuckMachine,
    "stuck_execution": stuck.StuckExecution,
    "machine_versions": releases.MachineVersions,
    "version_count": releases.VersionCount,
    "alias": releases.Alias,
    "route": releases.Route,
    "hint": model.Hint,
    "recovered": model.Recovered,
    "coverage": records.Coverage,
    "period": past.Period,
    "before": past.Before,
    "cause_change": past.CauseChange,
    "gone_cause": past.GoneCause,
    "definition_change": past.DefinitionChange,
    "adopted": past.Adopted,
}


@pytest.mark.slow
def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("part", ["report", *CONTRACT])
def test_schema_and_model_have_the_same_fields(part: str) -> None:
    schema = SCHEMA if part == "report" else SCHEMA["$defs"][part]
    record = model.Report if part == "report" else CONTRACT[part]
    names = {field.name for field in fields(record)}
    assert set(schema["properties"]) == names
    assert set(schema["required"]) == names
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("part", ["report", *CONTRACT])
def test_every_field_of_the_contract_is_described(part: str) -> None:
    schema = SCHEMA if part == "report" else SCHEMA["$defs"][part]
    for name, field in schema["properties"].items():
        target = SCHEMA["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
        assert "description" in field or "description" in target, name


def test_the_schema_names_the_version_of_the_model() -> None:
    assert SCHEMA["properties"]["schema_version"]["const"] == model.SCHEMA_VERSION
    assert SCHEMA["$id"].endswith(f":{model.SCHEMA_VERSION}")


def test_a_report_with_a_hint_keeps_the_contract() -> None:
    VALIDATOR.validate(to_dict(replace(made.week(), hints=(HINT,))))


def test_times_end_in_z() -> None:
    assert to_dict(made.week())["window"] == {
        "start": "2026-11-09T00:00:00.000Z",
        "end": "2026-11-16T00:00:00.000Z",
    }


def test_the_version_comes_first() -> None:
    assert next(iter(to_dict(made.week()))) == "schema_version"


@pytest.mark.slow
@by_any_author
def test_any_report_keeps_the_contract_and_its_text_is_inert_ascii(author: Author) -> None:
    text = to_json(author.found().report())
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    VALIDATOR.validate(json.loads(text))
