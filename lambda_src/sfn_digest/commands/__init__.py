"""The terminal's commands, one module each: `run`, which gives the exit status.

Their words stand in `parsers`, which imports none of them: `run` is imported when it is called.

A command is added here by its `add_parser`; `sfn_digest.cli` runs it and tells its errors.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfn_digest.commands import completion
from sfn_digest.commands.parsers import (
    backtest_words,
    doctor_words,
    explain_words,
    patch_words,
    redrive_words,
    report_words,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

ADD_PARSERS: tuple[Callable[["_SubParsersAction[ArgumentParser]"], None], ...] = (
    report_words.add_parser,
    explain_words.add_parser,
    patch_words.add_parser,
    backtest_words.add_parser,
    redrive_words.add_parser,
    doctor_words.add_parser,
    completion.add_parser,
)
"""In the order of `sfn-digest --help`. Each sets `run` on the parsed words, which also
carry the whole parser as `root`."""
