"""The files that a Distributed Map's ResultWriter leaves in S3: every failed child with its cause.

`manifest.json` names them. Of each FAILED file no more than a part is read, since it may be very
large, and no more of a row is kept than its end: its input is passed over.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.model.map_runs import ResultRow, ResultRows

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 8_000_000
"""Of one file."""

MOST_FILES = 4
MOST_ROWS = 5_000


def read_failed_rows(calls: Calls, s3: "S3Client", bucket: str, folder: str) -> ResultRows:
    """The failed children in a Map run's folder. Raises an AccountError where AWS refuses it."""
    manifest = _text(calls, s3, bucket, f"{folder}/manifest.json")
    keys = list(_failed_keys(manifest))
    rows: list[ResultRow] = []
    complete = len(keys) <= MOST_FILES
    for key in keys[:MOST_FILES]:
        text = _text(calls, s3, bucket, key)
        found, whole = _objects(text)
        rows += [_row(each) for each in found]
        complete = complete and whole
    return ResultRows(tuple(rows[:MOST_ROWS]), complete and len(rows) <= MOST_ROWS)


def _text(calls: Calls, s3: "S3Client", bucket: str, key: str) -> str:
    ask = partial(s3.get_object, Bucket=bucket, Key=key, Range=f"bytes=0-{MOST_BYTES - 1}")

    def read(answer: Answer) -> str:
        # What is cut within a character is mended, and the row it is in left out below.
        return answer.body("Body").decode(errors="replace")

    return calls.make(Api.GET_OBJECT, ask, read)


def _failed_keys(manifest: str) -> Iterator[str]:
    found, _ = _objects(f"[{manifest}]")
    files = found[0].get("ResultFiles") if found else None
    failed = files.get("FAILED") if isinstance(files, dict) else None
    for each in failed if isinstance(failed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("Key"), str):
            yield each["Key"]


def _objects(text: str) -> tuple[list[dict[str, Any]], bool]:
    """The objects of a JSON array, or of its beginning, and whether it was whole."""
    decoder, at = json.JSONDecoder(), text.find("[") + 1
    found: list[dict[str, Any]] = []
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if text[at : at + 1] == "]":
            return found, True
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return found, False
        if isinstance(value, dict):
            found.append(value)


def _row(told: dict[str, Any]) -> ResultRow:
    def text(name: str) -> str | None:
        value = told.get(name)
        return value if isinstance(value, str) else None

    return ResultRow(
        execution_arn=text("ExecutionArn") or "",
        status=text("Status") or "",
        error=text("Error"),
        cause=text("Cause"),
    )
