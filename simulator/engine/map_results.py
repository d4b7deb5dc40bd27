"""What a Distributed Map gives back: its children's outputs, or the files of its ResultWriter."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.engine.payloads import text_of

if TYPE_CHECKING:
    from simulator.engine.map_runs import MapRun
    from simulator.engine.run import Run

Keep = Callable[[str, str, bytes], None]
"""Puts bytes into a bucket, under a key."""


def written_results(map_run: "MapRun", writer: Mapping[str, Any] | None, keep: Keep) -> Any:
    """The result of the Map state; with a ResultWriter the files are kept and named."""
    if writer is None:
        return [child.output for child in map_run.children if child.status == "SUCCEEDED"]
    place = writer.get("Parameters") or writer.get("Arguments") or {}
    bucket, prefix = place["Bucket"], place.get("Prefix", "").strip("/")
    folder = "/".join(filter(None, (prefix, map_run.arn.rpartition(":")[2])))
    groups = {
        "FAILED": [run for run in map_run.children if run.status not in ("SUCCEEDED", "RUNNING")],
        "SUCCEEDED": [run for run in map_run.children if run.status == "SUCCEEDED"],
    }
    files: dict[str, list[dict[str, Any]]] = {"PENDING": []}
    for group, runs in groups.items():
        files[group] = []
        if runs:
            key, body = f"{folder}/{group}_0.json", _body([_row(run) for run in runs])
            keep(bucket, key, body)
            files[group].append({"Key": key, "Size": len(body)})
    manifest = {
        "DestinationBucket": bucket,
        "MapRunArn": map_run.arn,
        "ResultFiles": dict(sorted(files.items())),
    }
    keep(bucket, f"{folder}/manifest.json", _body(manifest))
    details = {"Bucket": bucket, "Key": f"{folder}/manifest.json"}
    return {"MapRunArn": map_run.arn, "ResultWriterDetails": details}


def _row(run: "Run") -> dict[str, Any]:
    said = {"Cause": run.cause, "Error": run.error}
    succeeded = run.status == "SUCCEEDED"
    return {
        **{key: text for key, text in said.items() if text is not None},
        "ExecutionArn": run.arn,
        "Input": text_of(run.input),
        "InputDetails": {"Included": True},
        "Name": run.name,
        **({"Output": text_of(run.output)} if succeeded else {}),
        "OutputDetails": {"Included": True},
        "RedriveCount": run.redrives,
        "RedriveStatus": "NOT_REDRIVABLE" if succeeded else "REDRIVABLE",
        "StartDate": _iso(run.started_at),
        "StateMachineArn": run.machine.arn,
        "Status": run.status,
        "StopDate": _iso(run.stopped_at or run.started_at),
    }


def _iso(moment: float) -> str:
    at = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return at.replace("+00:00", "Z")


def _body(data: Any) -> bytes:
    return json.dumps(data).encode()
