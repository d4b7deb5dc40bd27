# ruff: noqa: SLF001 - argparse tells of its options nowhere else
"""The manual page, from the same words as --help: `python -m tools.manual > docs/sfn-digest.1`."""

import argparse
import re
import sys
from collections.abc import Iterator

from sfn_digest.cli import parser


def manual() -> str:
    """The page in the man macros."""
    root = parser()
    return "\n".join(_page(root)) + "\n"


def _page(root: argparse.ArgumentParser) -> Iterator[str]:
    yield '.TH SFN-DIGEST 1 "" "sfn-digest" "User Commands"'
    yield from (
        ".SH NAME",
        "sfn-digest \\- why Step Functions executions failed, and what to change",
    )
    yield from (".SH SYNOPSIS", ".B sfn-digest", ".I COMMAND", "[\\fIOPTION\\fR ...]")
    yield from (".SH DESCRIPTION", *_text(root.description or ""))
    yield ".SH COMMANDS"
    for name, command in _commands(root).items():
        yield from (f".SS {name}", *_text(command.description or ""))
        yield from _options(command)
        yield from _verbatim(command.epilog or "")
    yield from (".SH EXAMPLES AND EXIT STATUS", *_verbatim(root.epilog or ""))


def _commands(root: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            found: dict[str, argparse.ArgumentParser] = action.choices
            return found
    return {}


def _options(command: argparse.ArgumentParser) -> Iterator[str]:
    formatter = argparse.HelpFormatter("sfn-digest")
    for action in command._actions:
        if action.help == argparse.SUPPRESS:
            continue
        names = ", ".join(action.option_strings)
        value = "" if action.nargs == 0 else formatter._format_args(action, _metavar(action))
        yield ".TP"
        yield f".B {_escaped(' '.join(each for each in (names, value) if each))}"
        yield _escaped(" ".join(formatter._expand_help(action).split()))


def _metavar(action: argparse.Action) -> str:
    if action.choices is not None and action.metavar is None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest)


def _text(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP"
        yield from (_escaped(line) for line in paragraph.splitlines())


def _verbatim(text: str) -> Iterator[str]:
    if text.strip():
        yield from (".PP", ".nf", *(_escaped(line) for line in text.strip().splitlines()), ".fi")


def _escaped(line: str) -> str:
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    sys.stdout.write(manual())
