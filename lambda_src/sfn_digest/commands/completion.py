"""`sfn-digest completion`: a script with which a shell completes the command's words.

shtab writes it from the parsers. What it leaves out is added here, as a shell at work shows it: a
word that bash takes apart, `--option=value` and several names after one option.
"""

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from sfn_digest.commands.extras import need

_STATE = "${XDG_STATE_HOME:-$HOME/.local/state}/sfn-digest"
_FUNCTIONS: Any = {
    "bash": f"""\
_sfn_digest_machines() {{ compgen -W "$(cat "{_STATE}/machines" 2>/dev/null)" -- "$1"; }}
_sfn_digest_executions() {{ compgen -W "$(cat "{_STATE}/executions" 2>/dev/null)" -- "$1"; }}
""",
    "zsh": f"""\
_sfn_digest_machines() {{ compadd -- ${{(f)"$(cat "{_STATE}/machines" 2>/dev/null)"}}; }}
_sfn_digest_executions() {{ compadd -- ${{(f)"$(cat "{_STATE}/executions" 2>/dev/null)"}}; }}
_sfn_digest_files_or_machines() {{
  # Names go on after the first, until another option comes.
  local -a options=(${{(M)words:#-*}})
  if [[ ${{options[-1]}} == --machine ]]; then _sfn_digest_machines; else _files; fi
}}
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

_BASH_WHOLE_WORDS = """
# bash parts words at colons and "=": an ARN is one word here, --option=value are two.
_sfn_digest() {
  local typed word reply whole
  local -a COMP_WORDS=()
  typed="${COMP_LINE:0:COMP_POINT}"
  [[ $typed == *[[:space:]] ]] && typed+="''"
  read -ra whole <<< "$typed"
  for word in "${whole[@]}"; do
    case $word in
      "''") COMP_WORDS+=("") ;;
      --*=*) COMP_WORDS+=("${word%%=*}" "${word#*=}") ;;
      *) COMP_WORDS+=("$word") ;;
    esac
  done
  word="${COMP_WORDS[${#COMP_WORDS[@]} - 1]}"
  # An option stands behind any number of names, which shtab takes it for one of.
  [[ $word == -* && ${#COMP_WORDS[@]} -gt 3 ]] && COMP_WORDS=("${COMP_WORDS[@]:0:2}" "$word")
  local COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _shtab_sfn_digest
  if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
    word="${word%"${word##*:}"}"
    for reply in "${!COMPREPLY[@]}"; do COMPREPLY[reply]="${COMPREPLY[reply]#"$word"}"; done
  fi
}

complete -o bashdefault -F _sfn_digest sfn-digest
"""

_FISH_MORE_MACHINES = """
# Names go on after the first, until another option comes.
function _sfn_digest_more_machines
  set -l tokens (commandline -opc)
  test "$tokens[2]" = report; or return 1
  set -l options (string match -- '-*' $tokens)
  test "$options[-1]" = --machine
end
complete -c sfn-digest -n _sfn_digest_more_machines -xka "(_sfn_digest_machines)"
"""


def run(words: argparse.Namespace) -> int:
    """Print the script for the commands of `words.root`, the whole parser."""
    need("shtab", "Completion")
    import shtab  # noqa: PLC0415 - only to print the script

    _describe_in_short(words.root)
    script = shtab.complete(words.root, shell=words.shell, preamble=_FUNCTIONS)
    sys.stdout.write(_MENDED[words.shell](script) + "\n")
    return 0


def _describe_in_short(root: argparse.ArgumentParser) -> None:
    """Leave shtab each command's line of help: of a description it takes the first line alone."""
    for action in root._actions:  # noqa: SLF001 - argparse lists them nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for parser in action.choices.values():
                parser.description = None


_ZSH_VALUE = re.compile(r'^(  "\*?--[a-z-]+)(\[(?:[^\]\\]|\\.)*\]):', re.MULTILINE)
_ZSH_FILE = re.compile(r'^  "(:.*:)_files"$', re.MULTILINE)


def _zsh(script: str) -> str:
    """With `--option=value`, and all names that follow `--machine`, in place of a file's."""
    return _ZSH_FILE.sub(r'  "*\1_sfn_digest_files_or_machines"', _ZSH_VALUE.sub(r"\1=\2:", script))


_MENDED: Mapping[str, Callable[[str], str]] = {
    "bash": lambda script: script + _BASH_WHOLE_WORDS,
    "zsh": _zsh,
    "fish": lambda script: script + _FISH_MORE_MACHINES,
}
