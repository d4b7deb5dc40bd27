"""The terminal's commands: what each runs is `run`, which gives the exit status.

Their words stand in `parsers`, which imports none of them: `run` is imported when it is called.

A command is added here by a function of its own; `sfn_digest.cli` runs it and tells its errors.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfn_digest.commands.parsers.changing import add_backtest, add_patch, add_redrive
from sfn_digest.commands.parsers.reading import add_explain, add_report
from sfn_digest.commands.parsers.setting_up import add_completion, add_doctor

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

ADD_PARSERS: tuple[Callable[["_SubParsersAction[ArgumentParser]"], None], ...] = (
    add_report,
    add_explain,
    add_patch,
    add_backtest,
    add_redrive,
    add_doctor,
    add_completion,
)
"""In the order of `sfn-digest --help`. Each sets `run` on the parsed words, which also
carry the whole parser as `root`."""
