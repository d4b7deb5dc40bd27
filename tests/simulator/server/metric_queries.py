"""How the tests ask for metrics and read the answer."""

from datetime import UTC, datetime
from typing import Any

from tests.simulator.server.small_worlds import END, START, machine_arn

HOUR = 3600


def query(
    metric: str, *, stat: str = "Sum", period: int = HOUR, name: str = "q", **dimension: Any
) -> dict[str, Any]:
    dimensions = dimension or {"StateMachineArn": machine_arn("jobs")}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/States",
                "MetricName": metric,
                "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
            },
            "Period": period,
            "Stat": stat,
        },
    }


def ask(
    cloudwatch: Any,
    *queries: dict[str, Any],
    start: float = START,
    end: float = END,
    **more: Any,
) -> Any:
    return cloudwatch.get_metric_data(
        MetricDataQueries=list(queries),
        StartTime=datetime.fromtimestamp(start, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
        **{"ScanBy": "TimestampAscending", **more},
    )


def points(answer: Any, index: int = 0) -> list[tuple[float, float]]:
    result = answer["MetricDataResults"][index]
    stamps = [stamp.timestamp() for stamp in result["Timestamps"]]
    return list(zip(stamps, result["Values"], strict=True))
