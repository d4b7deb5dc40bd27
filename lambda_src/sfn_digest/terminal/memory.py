"""Kept hints in a file of the person who runs the command, one for each place; and the names of
the last report, which the shell completes words with.

The only files that `sfn-digest report` writes unasked. They name state machines, states and
errors, and so are readable by their owner alone.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sfn_digest.adoption import NO_HINT_MEMORY, GivenHint, HintMemory, HintScope, Kept
from sfn_digest.adoption.given_hints import given_from_text, given_now, given_to_text
from sfn_digest.adoption.hint_json import UnreadableError, from_text, merged, to_text
from sfn_digest.model.report import Hint, Report
from sfn_digest.terminal import NO_MEMORY

STATE_HOME = "XDG_STATE_HOME"
_MOST_BYTES = 5_000_000
"""A file that is larger is none of ours: 200 hints take some 200 KB."""

MACHINES, EXECUTIONS = "machines", "executions"
_MOST = 2_000
_LONGEST = 1_024


class LocalMemory:
    """Hints in files under a folder. A file that cannot be read or written costs no report:
    `say` is given one sentence on it, and the file stays as it is.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._loaded: dict[Path, str | None] = {}
        """The text of what was loaded, None where there was no file."""

    def load(self, place: HintScope) -> tuple[Kept, ...]:
        """See HintMemory."""
        path = self.path(place)
        try:
            text = _read(path)
            kept = from_text(text) if text is not None else ()
        except (OSError, UnicodeDecodeError, UnreadableError) as error:
            self._say(
                f"Hints of earlier reports could not be read from {path} ({reason(error)}): "
                f"remove the file to start over, or give {NO_MEMORY}."
            )
            return ()
        self._loaded[path] = text
        return kept

    def save(self, place: HintScope, kept: Sequence[Kept]) -> None:
        """See HintMemory. A file that could not be read is not written over."""
        path = self.path(place)
        if path not in self._loaded:
            return
        try:
            text = _read(path)
            if text is not None and text != self._loaded[path]:
                kept = merged(kept, from_text(text))
            if kept or text is not None:
                write(path, to_text(kept).encode())
        except (OSError, UnicodeDecodeError, UnreadableError) as error:
            self._say(_not_kept(path, error))

    def given(self, place: HintScope) -> tuple[GivenHint, ...]:
        """See HintMemory."""
        return self._given_in(self._given_path(place))

    def give(self, place: HintScope, hints: Sequence[Hint], now: datetime) -> None:
        """See HintMemory."""
        path = self._given_path(place)
        try:
            kept = given_now(self._given_in(path), hints, now)
            if kept:
                write(path, given_to_text(kept).encode())
        except OSError as error:
            self._say(_not_kept(path, error))

    def all_given(self) -> tuple[GivenHint, ...]:
        """The hints that reports gave lately, of every place."""
        files = sorted(self._folder.glob("given-*.json"))
        return tuple(each for file in files for each in self._given_in(file))

    def _given_in(self, path: Path) -> tuple[GivenHint, ...]:
        try:
            text = _read(path)
            return given_from_text(text) if text is not None else ()
        except (OSError, UnicodeDecodeError, UnreadableError) as error:
            self._say(
                f"The hints of earlier reports could not be read from {path} "
                f"({reason(error)}): the next report stores them again."
            )
            return ()

    def _given_path(self, place: HintScope) -> Path:
        return self._folder / self.path(place).name.replace("hints-", "given-", 1)

    def path(self, place: HintScope) -> Path:
        """The file of a place; a tag may hold what a file's name may not."""
        tag = hashlib.sha256(str(place.tag).encode()).hexdigest()[:16]
        return self._folder / f"hints-{place.account_id}-{place.region}-{tag}.json"


def _not_kept(path: Path, error: Exception) -> str:
    return (
        f"The report's hints could not be stored in {path} ({reason(error)}): make it "
        f"writable, or give {NO_MEMORY}."
    )


def open_memory(environment: Mapping[str, str], say: Callable[[str], None]) -> HintMemory:
    """The memory of the person who runs the command; none, and a word on it, without a home."""
    try:
        return LocalMemory(state_folder(environment), say)
    except RuntimeError:
        say(f"There is no home directory to store hints in: set {STATE_HOME}, or give {NO_MEMORY}.")
        return NO_HINT_MEMORY


def state_folder(environment: Mapping[str, str]) -> Path:
    """Where the command keeps its files: sfn-digest under $XDG_STATE_HOME or ~/.local/state.

    A relative XDG_STATE_HOME is ignored, as the XDG Base Directory Specification asks. Raises
    RuntimeError where nobody knows a home directory.
    """
    given = Path(environment.get(STATE_HOME, ""))
    home = given if given.is_absolute() else Path("~", ".local", "state").expanduser()
    return home / "sfn-digest"


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(text) > _MOST_BYTES:
        raise UnreadableError("too large")
    return text


def write(path: Path, content: bytes) -> None:
    """Write whole or not at all; mkstemp makes the file for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def reason(error: Exception) -> str:
    """Why a file cannot be used, in a few words."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) if isinstance(error, UnreadableError) else "not text"


def keep_names(report: Report, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Keep the names of a report's machines and the ARNs of its failures, a line each, in files
    that their owner alone can read. One that cannot be written costs no report.
    """
    machines = sorted({each.name for each in report.machines})
    executions = [each.execution_arn for each in report.failures]
    try:
        folder = state_folder(environment)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, words in ((MACHINES, machines), (EXECUTIONS, executions)):
            kept = [each for each in words if _is_a_word(each)][:_MOST]
            write(folder / name, "".join(f"{word}\n" for word in kept).encode())
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "there is no home directory"
        say(f"The names for shell completion could not be stored ({reason}).")


def _is_a_word(text: str) -> bool:
    """Whether a shell may be given the text: no space, no quote, nothing that it would run."""
    plain = text.isascii() and all(each.isalnum() or each in "-_.:/" for each in text)
    return plain and 0 < len(text) <= _LONGEST
