"""Parsing needs little: what a command itself needs is imported when it is run."""

import argparse
from collections.abc import Callable
from importlib import import_module


def later(module: str) -> Callable[[argparse.Namespace], int]:
    """The `run` of a module, which is imported when it is called.

    So help and completion are there at once, without boto3 and Slack's client.
    """

    def run(words: argparse.Namespace) -> int:
        return int(import_module(module).run(words))

    return run
