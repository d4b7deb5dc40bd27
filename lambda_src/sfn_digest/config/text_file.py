"""Files that a person names: their text, or why it cannot be had."""

import errno
from pathlib import Path

MOST_BYTES = 100_000_000
"""A larger file, such as a device that never ends, is none of those that are asked for."""


def text_of(path: Path) -> str:
    """The text of a file, without the mark that Windows editors begin with.

    Raises OSError, whose `strerror` fits into a sentence, and UnicodeDecodeError.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1_000_000} MB", str(path))
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
