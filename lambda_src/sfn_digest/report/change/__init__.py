"""The backtest of a changed definition, shown: for a terminal, as JSON, or as Markdown."""

import json
from typing import TextIO

from sfn_digest.model.change import ChangeBacktest
from sfn_digest.model.plain import to_plain
from sfn_digest.report.change.markdown import markdown
from sfn_digest.report.change.sentences import would_lose
from sfn_digest.report.shown import Shown

__all__ = ["SCHEMA_VERSION", "show_change", "would_lose"]

SCHEMA_VERSION = "1.0"


def show_change(found: ChangeBacktest, face: str, texts: Shown, out: TextIO) -> None:
    """Write a backtest to `out`."""
    if face == "json":
        plain = {"schema_version": SCHEMA_VERSION, **to_plain(found)}
        out.write(json.dumps(plain, indent=2, allow_nan=False) + "\n")
    elif face == "markdown":
        out.write(markdown(found, texts))
    else:
        from sfn_digest.report.terminal.what_if import write  # noqa: PLC0415 - needs rich

        write(found, texts, out)
