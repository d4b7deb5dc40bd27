"""Tables of measurements, in Markdown on standard output."""

import sys
from collections.abc import Iterable, Sequence


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table whose columns are named by the header."""
    for cells in (header, ("---",) * len(header), *rows):
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.write("\n")
