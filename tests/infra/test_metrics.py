"""The alarms look at the metrics that the function writes, under its namespace and dimension."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from sfn_digest import handler as door
from sfn_digest.config import names
from sfn_digest.delivery.delivery_notes import Note, NoteCode
from sfn_digest.errors import BadEventError
from sfn_digest.guard import HINTS, Guard
from simulator.demo import DemoContext
from tests.conftest import Week
from tests.infra.test_alarms import alarms

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

pytestmark = pytest.mark.slow

CONTEXT = cast("LambdaContext", DemoContext())
Metric = tuple[str, str, str]


def watched(template: dict[str, Any]) -> set[Metric]:
    """The namespace, service and name of the function's own metrics that any alarm looks at."""
    metrics = [
        metric
        for alarm in alarms(template).values()
        for metric in [alarm, *(q.get("MetricStat", {}).get("Metric", {}) for q in _queries(alarm))]
        if metric.get("Namespace") == names.NAMESPACE
    ]
    assert all([d["Name"] for d in metric["Dimensions"]] == ["service"] for metric in metrics)
    return {(m["Namespace"], m["Dimensions"][0]["Value"], m["MetricName"]) for m in metrics}


def _queries(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    queries: list[dict[str, Any]] = alarm.get("Metrics", [])
    return queries


def written(printed: str) -> set[Metric]:
    """The same of what was printed in the embedded metric format."""
    lines = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    found: set[Metric] = set()
    for line in lines:
        for group in line["_aws"]["CloudWatchMetrics"]:
            assert group["Dimensions"] == [["service"]]
            found |= {(group["Namespace"], line["service"], m["Name"]) for m in group["Metrics"]}
    return found


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch, week: Week) -> Iterator[Week]:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED")
    yield week
    door.metrics.clear_metrics()


def test_every_metric_that_an_alarm_looks_at_is_written(
    template: Callable[[str], dict[str, Any]],
    counting: Week,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for code in get_args(NoteCode):
        door._log_note(Note(code, "…"))
    Guard(door._degraded).result_of(HINTS, lambda: 1 / 0, None)
    door.handler({"scheduled_time": counting.end.isoformat()}, CONTEXT)
    with pytest.raises(BadEventError):
        door.handler("weekly", CONTEXT)
    assert watched(template("Default")) <= written(capsys.readouterr().out)
