"""The names of the last report, which the shell completes words with."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from sfn_digest.model.report import Report
from sfn_digest.terminal.memory import state_folder

MACHINES, EXECUTIONS = "machines", "executions"
_MOST = 2_000
_LONGEST = 1_024


def keep_names(report: Report, environment: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """Keep the names of a report's machines and the ARNs of its failures, a line each, in files
    that their owner alone can read. One that cannot be written costs no report.
    """
    machines = sorted({each.name for each in report.machines})
    executions = [each.execution_arn for each in report.failures]
    try:
        folder = state_folder(environment)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, words in ((MACHINES, machines), (EXECUTIONS, executions)):
            _write(folder / name, [each for each in words if _is_a_word(each)][:_MOST])
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "there is no home directory"
        tell(f"The names for the shell's completion could not be kept ({reason}).")


def _is_a_word(text: str) -> bool:
    """Whether a shell may be given the text: no space, no quote, nothing that it would run."""
    plain = text.isascii() and all(each.isalnum() or each in "-_.:/" for each in text)
    return plain and 0 < len(text) <= _LONGEST


def _write(path: Path, words: list[str]) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{word}\n" for word in words)
        scratch.replace(path)
    finally:
        with suppress(FileNotFoundError):
            scratch.unlink()
