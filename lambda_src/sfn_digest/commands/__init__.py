"""The terminal's commands: what each runs is `run`, which gives the exit status.

Their words stand in `parsers`, which imports none of them: `run` is imported when it is called.

A command is added here by a function of its own; `sfn_digest.cli` runs it and tells its errors.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfn_digest.commands.arguments import add_account
from sfn_digest.commands.parsers.changing import add_backtest, add_patch, add_redrive
from sfn_digest.commands.parsers.command import Commands, add_command, later
from sfn_digest.commands.parsers.reading import add_explain, add_report

if TYPE_CHECKING:
    import argparse
    from argparse import ArgumentParser, _SubParsersAction

SHELLS = ("bash", "zsh", "fish")
COMPLETION_DESCRIPTION = """\
Prints a script that lets your shell complete this command with the tab key.
"""
COMPLETION_EXAMPLES = """\
examples:
  sfn-digest completion bash > ~/.local/share/bash-completion/completions/sfn-digest
  sfn-digest completion zsh > ~/.zfunc/_sfn-digest     with ~/.zfunc in fpath, before compinit
  sfn-digest completion fish > ~/.config/fish/completions/sfn-digest.fish

exit status:
  0  the script was printed
  2  the command line cannot be understood, or the package shtab is missing
"""


def add_completion(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    completion = add_command(
        commands,
        "completion",
        later("sfn_digest.commands.completion"),
        help="a completion script for bash, zsh or fish",
        description=COMPLETION_DESCRIPTION,
        examples=COMPLETION_EXAMPLES,
    )
    completion.add_argument("shell", choices=SHELLS, help="your shell")


DOCTOR_FORMATS = ("terminal", "json")

DOCTOR_DESCRIPTION = """\
Checks everything that a digest needs: credentials, the tag, each IAM permission, the deployed
function, the Slack token, its scopes and channel, the message's blocks, and the last run.

It only reads, posts nothing and shows no secret. It uses the permissions of the credentials it
runs with; the deployed function has its own role.
"""
DOCTOR_EXAMPLES = """\
examples:
  sfn-digest doctor                                   what `sfn-digest report` needs
  sfn-digest doctor --function SfnDigest-Function-A1  a deployed digest: its channel and token
  SLACK_BOT_TOKEN=xoxb-… sfn-digest doctor --channel C0123456789

exit status:
  0  no check fails (a check that could not run is skipped, and says why)
  1  a check fails
  2  the command line cannot be understood
"""


def add_doctor(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    doctor = add_command(
        commands,
        "doctor",
        later("sfn_digest.doctor"),
        help="what a digest needs, and how to fix what is missing",
        description=DOCTOR_DESCRIPTION,
        examples=DOCTOR_EXAMPLES,
    )
    doctor.add_argument(
        "--tag",
        metavar="KEY=VALUE",
        help="the tag that marks the state machines; default that of the function or "
        "SFN_DIGEST_TAG, else sfn-digest=on",
    )
    doctor.add_argument(
        "--channel",
        metavar="ID",
        help="the Slack channel; default that of the function or SFN_DIGEST_CHANNEL",
    )
    doctor.add_argument("--function", metavar="NAME", help="the deployed function, by name or ARN")
    doctor.add_argument(
        "--format",
        choices=DOCTOR_FORMATS,
        default="terminal",
        help="terminal (a line for each check) or json; default %(default)s",
    )
    add_account(doctor)


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
