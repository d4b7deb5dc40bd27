"""Reports in files of the person who asks: one made before, and what an interrupted one has read.

What an interrupted report has read is kept until it is complete: a folder for each way to ask,
whose files are readable by their owner alone, and each is written whole or not at all.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from sfn_digest.config.text_file import text_of
from sfn_digest.errors import AccountError, BadReportError
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted_path
from sfn_digest.model.executions import Window
from sfn_digest.model.plain import from_plain, to_plain
from sfn_digest.model.report import Report
from sfn_digest.report.json_face import from_json
from sfn_digest.terminal.memory import reason, write

_REQUEST = "request.json"


def read_report(path: Path) -> Report:
    """The report in a file that --format json wrote. Raises BadReportError."""
    give = "a file that sfn-digest report --format json wrote"
    text = text_of(path, BadReportError, give)
    return from_json(text, quoted_path(str(path)))


class UnfinishedReport:
    """The batches of one report's reading; see `Batches`. `words` are all that was asked for.

    With `resume` it goes on with what is there, else the first batch takes its place.
    """

    def __init__(self, state: Path, words: Sequence[object], window: Window) -> None:
        key = hashlib.sha256(json.dumps(words).encode()).hexdigest()[:24]
        self._folder = state / f"unfinished-{key}"
        self._window = window
        self._next = 0
        self._resumed = 0
        self._begun = False

    @property
    def window(self) -> Window:
        """The window that the report is on."""
        return self._window

    @property
    def found(self) -> bool:
        """Whether a report that was asked for in the same words was interrupted."""
        return self._request() is not None

    def resume(self) -> Window:
        """Go on with the report that was interrupted; gives the window that it is on."""
        request = self._request()
        if request is not None:
            window, self._resumed = request
            self._window, self._resumed, self._begun = window, self._resumed + 1, True
            self._write_request()
        return self._window

    def _request(self) -> tuple[Window, int] | None:
        try:
            kept = json.loads((self._folder / _REQUEST).read_text(encoding="utf-8"))
            return from_plain(Window, kept["window"]), from_plain(int, kept["resumed"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_request(self) -> None:
        kept = {"window": to_plain(self._window), "resumed": self._resumed}
        write(self._folder / _REQUEST, json.dumps(kept).encode())

    @property
    def continuations(self) -> int:
        """See Batches."""
        return self._resumed

    def load(self) -> Iterator[bytes]:
        """See Batches."""
        while self._begun and (path := self._batch()).exists():
            self._next += 1
            try:
                yield path.read_bytes()
            except OSError as error:
                raise self._refused(error) from error

    def add(self, batch: bytes) -> None:
        """See Batches."""
        try:
            if not self._begun:
                self.remove()
                self._write_request()
                self._begun = True
            write(self._batch(), batch)
        except OSError as error:
            raise self._refused(error) from error
        self._next += 1

    def _batch(self) -> Path:
        return self._folder / f"{self._next:06}.batch"

    def _refused(self, error: OSError) -> AccountError:
        return AccountError(
            Message(
                "{folder} cannot be used ({reason}).",
                folder=str(self._folder),
                reason=reason(error),
            )
        )

    def go_on(self) -> None:
        """See Batches: at a terminal the reading ends when all is read."""

    def notes(self) -> Iterator[Message]:
        """See Batches."""
        if self._resumed:
            yield Message(
                "This report was interrupted and continued: failures already read were not "
                "read again."
            )

    def remove(self) -> None:
        """The report is complete, or starts over."""
        shutil.rmtree(self._folder, ignore_errors=True)
