"""`sfn-digest redrive`: redrives the failed executions of a machine whose cause has passed."""

import argparse
import sys
from collections.abc import Sequence

from sfn_digest.aws import Account, open_account
from sfn_digest.commands.parsed_request import request_of
from sfn_digest.config.request import Request
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import AccountError, BadRequestError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.report import FailureReport
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.redrive_candidates import redrives
from sfn_digest.report.redrive_lines import redrive_overview
from sfn_digest.terminal.progress_lines import terminal_progress

DECLINED = 130


def run(words: argparse.Namespace) -> int:
    """List what can be redriven, ask, and redrive it; gives the exit status.

    Raises BadRequestError where nobody can be asked and --yes is not given.
    """
    request, rules = _request(words), read_rules(words.rules)
    texts = texts_in(request.language, rules)
    attended = sys.stdin.isatty() and sys.stderr.isatty()
    if not (words.dry_run or words.yes or attended):
        raise BadRequestError(
            "There is no terminal to confirm the redrive at: give --yes, or --dry-run to only list."
        )
    with terminal_progress() as progress:
        account = open_account(request.quota_share, progress)
        report = make_report(Run(request, account, rules))
    found = redrives(report)
    sys.stdout.write("".join(f"{line}\n" for line in redrive_overview(report, texts)))
    executions = [each for machine in found.machines for each in machine.executions]
    if words.dry_run or not executions:
        return 0
    if not (words.yes or _agreed(len(executions))):
        _say("Nothing was redriven.")
        return DECLINED
    return _redrive(account, executions)


def _request(words: argparse.Namespace) -> Request:
    if set("*?[") & set(words.machine):
        raise BadRequestError(
            f"The state machine is {quoted(words.machine)}, which is not a name: give one "
            "name or ARN."
        )
    return request_of(words, (words.machine,))


def _agreed(number: int) -> bool:
    executions = "this execution" if number == 1 else f"these {number} executions"
    sys.stderr.write(f"Redrive {executions}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _redrive(account: Account, executions: Sequence[FailureReport]) -> int:
    """Redrive one after the other; what is refused is said, and the others go on."""
    refused = 0
    for each in executions:
        name = each.execution_arn.rpartition(":")[2]
        try:
            account.executions.redrive(each.execution_arn)
        except AccountError as error:
            refused += 1
            _say(f"{name}: {error}")
        else:
            _say(f"{name}: redriven.")
    _say(f"{len(executions) - refused} of {len(executions)} were redriven.")
    return 1 if refused else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
