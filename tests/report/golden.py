"""What people see, kept as files: UPDATE_GOLDEN=1 writes them again, to be read before a commit."""

import os
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def expected(name: str, actual: str) -> str:
    """Give the golden text of this name, after writing `actual` to it where that is asked for."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(actual, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def without_assets(page: str) -> str:
    """A page without its style sheet, its script and their hashes, which stand in files of their
    own and say nothing of a report.
    """
    assets = r"<style>.*?</style>|<script>.*?</script>|'sha256-[^']*'|&#39;sha256-.*?&#39;"
    return re.sub(assets, "", page, flags=re.DOTALL)
