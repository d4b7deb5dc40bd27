"""Adding a command, whose own module is imported when it is run: parsing needs little."""

import argparse
from collections.abc import Callable
from importlib import import_module

Commands = argparse._SubParsersAction  # noqa: SLF001 - what add_subparsers gives has no other name


def add_command(
    commands: "Commands[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    help: str,  # noqa: A002 - argparse's own word
    description: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Add a command, whose parsed words carry `run`; its help is shown as it is written."""
    parser = commands.add_parser(
        name,
        help=help,
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def later(module: str) -> Callable[[argparse.Namespace], int]:
    """The `run` of a module, which is imported when it is called.

    So help and completion are there at once, without boto3 and Slack's client.
    """

    def run(words: argparse.Namespace) -> int:
        return int(import_module(module).run(words))

    return run
