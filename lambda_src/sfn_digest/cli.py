"""The terminal's door: read the words, run the command. Data on stdout, talk on stderr.

Exit status: 0 done, a report complete or not; 1 AWS or Slack refused or cannot be reached, or
there is nothing to report on; 2 what was asked for cannot be understood; 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from sfn_digest import __version__
from sfn_digest.commands import ADD_PARSERS
from sfn_digest.commands.arguments import choose_account
from sfn_digest.errors import BadRequestError, SfnDigestError

DESCRIPTION = """\
Why your Step Functions executions failed, and what to change.

Reads the state machines that carry a tag, finds the root cause of each failed, timed-out or
aborted execution, and counts the failed attempts. It only reads from AWS, and keeps within a
share of the account's API quotas. Credentials and the Region come from AWS's usual places
(AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...). Nothing needs to be deployed.
"""
EXAMPLES = """\
examples:
  sfn-digest report                 pick state machines; why they failed in the last seven days
  sfn-digest report --all --open    all that carry the tag, as a page in the browser
  sfn-digest explain EXECUTION_ARN  one execution's story
  sfn-digest patch --machine daily-batch --format diff     what the hints would change
  sfn-digest doctor                 what a digest needs, and what is missing
  sfn-digest COMMAND --help         all words of a command, with examples

exit status:
  0    done; report: it was made (what it could not read stands under its coverage);
       doctor: nothing fails
  1    AWS or Slack refused or cannot be reached; report: no state machine carries the tag;
       explain: there is no such execution; patch: there is nothing to patch;
       doctor: something fails
  2    what was asked for cannot be understood, or a package is missing
  130  interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    words = parser().parse_args(arguments)
    choose_account(words, os.environ)
    try:
        return int(words.run(words))
    except SfnDigestError as error:
        sys.stderr.write(f"sfn-digest: {error}\n")
        return 2 if isinstance(error, BadRequestError) else 1
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough; Python would say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("sfn-digest: interrupted.\n")
        return 130


def parser() -> argparse.ArgumentParser:
    """The words of every command."""
    root = argparse.ArgumentParser(
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
