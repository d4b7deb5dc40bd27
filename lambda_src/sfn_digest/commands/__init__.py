"""The terminal's commands, one module each: its words, and `run`, which gives the exit status.

A command is added here by its `add_parser`; `sfn_digest.cli` runs it and tells its errors.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfn_digest import doctor
from sfn_digest.commands import completion, explain, patch, report

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

ADD_PARSERS: tuple[Callable[["_SubParsersAction[ArgumentParser]"], None], ...] = (
    report.add_parser,
    explain.add_parser,
    patch.add_parser,
    doctor.add_parser,
    completion.add_parser,
)
"""In the order of `sfn-digest --help`. Each sets `run` on the parsed words, which also
carry the whole parser as `root`."""
