"""One report, shown the way a person or a program asked for."""

import json
from typing import TextIO

from sfn_digest.report.json_face import to_json
from sfn_digest.report.model import Report
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack_blocks import message

FORMATS = ("terminal", "json", "slack", "html")


def show(report: Report, face: str, texts: Shown, out: TextIO) -> None:
    """Write a report to `out` in one of FORMATS.

    Only the face that is asked for is imported: the Lambda needs none of the others.
    """
    if face == "json":
        out.write(to_json(report) + "\n")
    elif face == "slack":
        digest = message(report, texts)
        out.write(json.dumps({"text": digest.text, "blocks": digest.blocks}, indent=2) + "\n")
    elif face == "html":
        from sfn_digest.report.page import page  # noqa: PLC0415

        out.write(page(report, texts))
    else:
        from sfn_digest.report.terminal import write  # noqa: PLC0415

        write(report, texts, out)
