"""`sfn-digest completion`: what a shell needs to complete the commands and their words."""

import argparse
import sys
from typing import Any

from sfn_digest.commands.extras import need

SHELLS = ("bash", "zsh", "fish")
DESCRIPTION = """\
Prints a script that teaches a shell to complete this command's words with the tab key.
"""
EXAMPLES = """\
examples:
  sfn-digest completion bash > ~/.local/share/bash-completion/completions/sfn-digest
  sfn-digest completion zsh > ~/.zfunc/_sfn-digest     with ~/.zfunc in fpath, before compinit
  sfn-digest completion fish > ~/.config/fish/completions/sfn-digest.fish

exit status:
  0  the script was printed
  2  what was asked for cannot be understood, or the package shtab is missing
"""


_STATE = "${XDG_STATE_HOME:-$HOME/.local/state}/sfn-digest"
FUNCTIONS: Any = {
    "bash": f"""\
_sfn_digest_machines() {{ compgen -W "$(cat "{_STATE}/machines" 2>/dev/null)" -- "$1"; }}
_sfn_digest_executions() {{ compgen -W "$(cat "{_STATE}/executions" 2>/dev/null)" -- "$1"; }}
""",
    "zsh": f"""\
_sfn_digest_machines() {{ compadd -- ${{(f)"$(cat "{_STATE}/machines" 2>/dev/null)"}}; }}
_sfn_digest_executions() {{ compadd -- ${{(f)"$(cat "{_STATE}/executions" 2>/dev/null)"}}; }}
""",
    "fish": """\
function _sfn_digest_names
  set -l state $HOME/.local/state
  test -n "$XDG_STATE_HOME"; and set state $XDG_STATE_HOME
  cat $state/sfn-digest/$argv[1] 2>/dev/null
end
function _sfn_digest_machines; _sfn_digest_names machines; end
function _sfn_digest_executions; _sfn_digest_names executions; end
""",
}
"""What completes names of the last report."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; its parsed words carry `run`."""
    completion = commands.add_parser(
        "completion",
        help="a script with which bash, zsh or fish completes this command",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell that is to complete")
    completion.set_defaults(run=run)


def run(words: argparse.Namespace) -> int:
    """Print the script for the commands of `words.root`, the whole parser."""
    need("shtab", "Completion")
    import shtab  # noqa: PLC0415 - only to print the script

    sys.stdout.write(shtab.complete(words.root, shell=words.shell, preamble=FUNCTIONS) + "\n")
    return 0
