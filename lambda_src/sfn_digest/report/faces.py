"""One report, shown the way a person or a program asked for."""

import json
from collections.abc import Sequence
from typing import Any, Literal, TextIO

from sfn_digest.model.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report.csv_face import to_csv
from sfn_digest.report.json_face import to_dict, to_json
from sfn_digest.report.markdown_face import to_markdown
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages


def show(
    report: Report,
    face: str,
    texts: Shown,
    out: TextIO,
    *,
    depth: Literal["brief", "usual", "full"] = "usual",
) -> None:
    """Write a report to `out`: as json, csv, slack, html, markdown, or for a terminal.

    Only the face that is asked for is imported: the Lambda needs none of the others.
    """
    if face == "json":
        out.write(to_json(report) + "\n")
    elif face == "csv":
        out.write(to_csv(to_dict(report)))
    elif face == "slack":
        out.write(json.dumps(as_posted(messages(report, texts)), indent=2) + "\n")
    elif face == "markdown":
        out.write(to_markdown(report, texts))
    elif face == "html":
        from sfn_digest.report.html.page import page  # noqa: PLC0415

        out.write(page(report, texts))
    else:
        from sfn_digest.report.terminal.report import write  # noqa: PLC0415

        write(report, texts, out, depth=depth)


def as_posted(digest: Sequence[Message]) -> dict[str, Any]:
    """Give the root message as chat.postMessage takes it, with the replies to it as `thread`."""
    root, *replies = ({"text": each.text, "blocks": each.blocks} for each in digest)
    return {**root, "thread": replies}
