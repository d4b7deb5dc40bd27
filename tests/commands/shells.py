"""Interactive shells on a pseudo-terminal: what stands on the line after the tab key."""

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

SHOW = "\x14"
_STARTS = {
    "bash": """\
PS1='READY>'
source {script}
show() {{ printf '<%s>' "$READLINE_LINE"; READLINE_LINE=; READLINE_POINT=0; }}
bind -x '"\\C-t": show'
bind 'set enable-bracketed-paste off'
""",
    "zsh": """\
PROMPT='READY>'
fpath=({folder} $fpath)
autoload -Uz compinit && compinit -u -D
show() {{ printf '<%s>' "$BUFFER"; BUFFER=; }}
zle -N show
bindkey '^T' show
bindkey '^I' complete-word
""",
}
_READY = re.compile("READY>")
_LINE = re.compile(r"<(sfn-digest[^<>]*)>")


def completed(shell: str, script: Path, lines: Iterable[str], home: Path) -> list[str]:
    """What lines become by the tab key in an interactive shell with this script."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    start = home / {"bash": ".bashrc", "zsh": ".zshrc"}[shell]
    start.write_text(_STARTS[shell].format(script=script, folder=script.parent), "utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [shell, "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=home,
        start_new_session=True,
        env={
            "HOME": str(home),
            "ZDOTDIR": str(home),
            "XDG_STATE_HOME": str(home),
            "PATH": os.environ["PATH"],
            "TERM": "dumb",
            "COLUMNS": "500",
        },
    ) as running:
        os.close(theirs)
        try:
            _read_to(_READY, ours)
            return [_completed(line, ours) for line in lines]
        finally:
            running.kill()
            os.close(ours)


def _completed(line: str, terminal: int) -> str:
    os.write(terminal, f"{line}\t{SHOW}".encode())
    return _read_to(_LINE, terminal).group(1).strip()


def _read_to(mark: re.Pattern[str], terminal: int) -> re.Match[str]:
    told = ""
    while (found := mark.search(told)) is None:
        told += os.read(terminal, 4096).decode("utf-8", "replace")
    return found
