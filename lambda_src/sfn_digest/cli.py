"""The terminal's door: read the words, make the report, show it. Data on stdout, talk on stderr.

Exit status: 0 a report was made, complete or not; 1 AWS refused or cannot be reached, or no
machine is tagged; 2 what was asked for cannot be understood; 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from sfn_digest import __version__, doctor
from sfn_digest.account import open_account
from sfn_digest.digest import make_report
from sfn_digest.errors import BadRequestError, SfnDigestError
from sfn_digest.report.faces import FORMATS, show
from sfn_digest.report.words import LANGUAGES
from sfn_digest.request import (
    DEFAULT_LANGUAGE,
    DEFAULT_QUOTA_SHARE,
    DEFAULT_TAG,
    Request,
    parse_language,
    parse_share,
    parse_tag,
)
from sfn_digest.rules_file import read_rules
from sfn_digest.settings import LANGUAGE, RULES
from sfn_digest.terminal_progress import terminal_progress
from sfn_digest.texts import texts_in
from sfn_digest.when import DEFAULT_SINCE, parse_window

DESCRIPTION = """\
Why your Step Functions executions failed, and what to change.

Reads the state machines that carry a tag, finds the root cause of each failed, timed-out or
aborted execution, and counts the failed tries. It only reads, and keeps within a share of the
account's API quotas. Credentials and the Region come from AWS's usual places (AWS_PROFILE,
AWS_REGION, AWS_ENDPOINT_URL, ...). Nothing needs to be deployed.
"""
EXAMPLES = """\
examples:
  sfn-digest report                                   the last seven days, in the terminal
  sfn-digest report --since 36h --machine 'daily-*'   some machines, since the day before
  sfn-digest report --since 2026-11-16T09:00:00+09:00 --until 2026-11-17 --format json
  sfn-digest report --format html > digest.html       a page to open in a browser
  sfn-digest doctor                                   what a digest needs, and what is missing

exit status:
  0  the report was made (what it could not read stands under its coverage)
  1  AWS refused or cannot be reached, or no state machine carries the tag
  2  what was asked for cannot be understood
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives the exit status."""
    words = _parser().parse_args(arguments)
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
        sys.stderr.write("sfn-digest: interrupted; nothing was written.\n")
        return 130


def _report(words: argparse.Namespace) -> int:
    request, rules = _request(words), read_rules(words.rules)
    with terminal_progress() as progress:
        report = make_report(request, open_account(request.quota_share, progress), rules)
    show(report, words.format, texts_in(request.language, rules), sys.stdout)
    return 0


def _request(words: argparse.Namespace) -> Request:
    return Request(
        window=parse_window(words.since, words.until, now=datetime.now(UTC)),
        machines=tuple(words.machine),
        tag=parse_tag(words.tag),
        quota_share=parse_share(words.quota_share),
        language=parse_language(words.language),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sfn-digest",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sfn-digest {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_report(commands)
    doctor.add_parser(commands)
    return parser


def _add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = commands.add_parser(
        "report",
        help="why executions failed in a window, and what to change",
        description="Why executions failed in a window, and what to change.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.set_defaults(run=_report)
    report.add_argument(
        "--since",
        metavar="WHEN",
        default=DEFAULT_SINCE,
        help="where the window starts: a length (90m, 36h, 7d, 2w) or a time (ISO 8601, UTC "
        "unless it has a zone); default %(default)s",
    )
    report.add_argument(
        "--until", metavar="TIME", help="where the window ends (ISO 8601); default now"
    )
    report.add_argument(
        "--machine",
        metavar="NAME-OR-GLOB",
        nargs="+",
        action="extend",
        default=[],
        help="only these of the tagged state machines; default all",
    )
    report.add_argument(
        "--tag",
        metavar="KEY=VALUE",
        default=DEFAULT_TAG,
        help="the tag that marks the state machines to report on; default %(default)s",
    )
    report.add_argument(
        "--quota-share",
        metavar="SHARE",
        default=DEFAULT_QUOTA_SHARE,
        help="the share of the account's API quotas to use at most, over 0 and up to 1; "
        "default %(default)s",
    )
    report.add_argument(
        "--rules",
        metavar="FILE",
        default=os.environ.get(RULES) or None,
        help="a TOML file with rules of your own for naming causes (docs/causes.md); default "
        f"what {RULES} names",
    )
    report.add_argument(
        "--format",
        choices=FORMATS,
        default="terminal",
        help="terminal (for people), json (docs/report.schema.json), slack (the message's "
        "JSON) or html (a page); default %(default)s",
    )
    report.add_argument(
        "--language",
        choices=LANGUAGES,
        default=os.environ.get(LANGUAGE) or DEFAULT_LANGUAGE,
        help="the language to write in; default %(default)s",
    )


if __name__ == "__main__":
    sys.exit(main())
