"""The terminal's door: read the words, run the command. Data on stdout, talk on stderr.

Exit status: 0 done, a report complete or not; 1 AWS or Slack refused or cannot be reached, or
there is nothing to report on; 2 what was asked for cannot be understood; 130 interrupted.
"""

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sfn_digest import __version__
from sfn_digest.commands import ADD_PARSERS
from sfn_digest.commands.arguments import choose_account
from sfn_digest.errors import BadRequestError, SfnDigestError
from sfn_digest.i18n.sanitize import quoted

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

DESCRIPTION = """\
Why your Step Functions executions failed, and what to change.

Reads the state machines that carry a tag, finds the root cause of each failed, timed-out or
aborted execution, and counts the failed attempts. It only reads from AWS (except for redrive) and
stays within a share of the account's API quotas. Credentials and the Region come from the usual
AWS settings (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...). Nothing needs to be deployed.
"""
EXAMPLES = """\
examples:
  sfn-digest report                 pick state machines; why they failed in the last seven days
  sfn-digest report --all --open    all with the tag, as a page in the browser
  sfn-digest explain EXECUTION      one execution's story
  sfn-digest patch --machine daily-batch --format diff     what the hints would change
  sfn-digest backtest --definition new.json --machine daily-batch   what a change would have done
  sfn-digest redrive --machine daily-batch --dry-run       what would succeed now
  sfn-digest doctor                 what a digest needs, and what is missing
  sfn-digest COMMAND --help         all options of a command, with examples

exit status:
  0    done; report: it was made (its coverage says what could not be read);
       doctor: no check fails
  1    AWS or Slack refused or cannot be reached; report: no state machine has the tag;
       explain: there is no such execution; patch: there is nothing to patch;
       doctor: a check fails
  2    the command line cannot be understood, or a package is missing
  3    backtest --fail-on-loss: more executions would have been lost than recovered
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    _open_missing_streams()
    try:
        try:
            status = _status(arguments)
        finally:
            # What is still held back may not fit on the disk; Python would say so at its end.
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough.
        _drop_output()
        return 0
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        _drop_output()
        sys.stderr.write(
            f"sfn-digest: The output could not be written ({error.strerror}): free up space, "
            "or send it elsewhere.\n"
        )
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("sfn-digest: interrupted.\n")
        return 130
    return status


def _status(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        _check_values(given)
        words = parser().parse_args(given)
        choose_account(words, os.environ)
        return int(words.run(words))
    except SfnDigestError as error:
        sys.stderr.write(f"sfn-digest: {error}\n")
        return 2 if isinstance(error, BadRequestError) else 1


def _check_values(given: Sequence[str]) -> None:
    """Refuse `--option=--`, for which argparse gives a list in place of a text or an error."""
    options = given[: given.index("--")] if "--" in given else given
    for word in options:
        if word.startswith("--") and word.endswith("=--"):
            raise BadRequestError(
                f"{quoted(word)} gives no value: write one after the equals sign."
            )


_UNWRITABLE = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EROFS)
)
"""What says that there is nowhere to write to: a full disk, a quota, a closed stream."""


class _Closed(io.TextIOBase):
    """Stands for standard output where whoever started the command has closed it."""

    def write(self, _: str) -> int:
        """Nothing can be written."""
        raise OSError(errno.EBADF, "standard output is closed")


def _open_missing_streams() -> None:
    """Put something in the place of closed streams, which Python leaves out altogether."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - stays open
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays open
    if sys.stdout is None:
        sys.stdout = _Closed()


def _drop_output() -> None:
    """Let Python's own last flush of standard output go nowhere."""
    if not isinstance(sys.stdout, _Closed):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """A parser that hides no error of its output, as argparse's own does."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        (file or sys.stderr).write(message)


def parser() -> argparse.ArgumentParser:
    """The words of every command."""
    root: argparse.ArgumentParser = _Parser(
        prog="sfn-digest",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"sfn-digest {__version__}")
    root.set_defaults(root=root)
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add_parser in ADD_PARSERS:
        add_parser(commands)
    return root


if __name__ == "__main__":
    sys.exit(main())
