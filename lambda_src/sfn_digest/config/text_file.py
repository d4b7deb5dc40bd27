"""Files that a person names: their text, or why it cannot be had."""

from pathlib import Path

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted_path

MOST_BYTES = 100_000_000
"""A larger file, such as a device that never ends, is none of those that are asked for."""


def text_of(path: Path, refusal: type[BadRequestError], give: str, *, called: str = "") -> str:
    """The text of a file, without the mark that Windows editors begin with.

    Raises a `refusal` where it cannot be read, which says what to `give` instead; `called` is what
    the file is for.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        reason = f"it is larger than {MOST_BYTES // 1_000_000} MB"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    name = f"{called} {quoted_path(str(path))}".lstrip()
    raise refusal(f"{name} cannot be read ({reason}): give {give}.")
