"""`make messages`: brings each catalog up to what is said in the source, and compiles it.

A message whose English was edited keeps its translation, and is named so that somebody looks
at it; what is new is left to be translated.
"""

import sys

from translations.catalogs import CATALOGS, compiled, read, unfinished, updated, written
from translations.extract import extracted


def main() -> int:
    """Update and compile every catalog; gives 1 where messages are left to be translated."""
    left: list[str] = []
    for path in CATALOGS:
        catalog, edited = updated(read(path), extracted())
        path.write_bytes(written(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        left += unfinished(catalog)
        for was, now in edited:
            sys.stderr.write(f"{path.name} keeps the translation of:\n  {was}\n  {now}\n")
    for message in left:
        sys.stderr.write(f"To be translated: {message}\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
