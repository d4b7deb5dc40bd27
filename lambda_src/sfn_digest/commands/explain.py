"""`sfn-digest explain`: one execution's story, from its ARN."""

import argparse
import re
import sys
from dataclasses import replace

from sfn_digest.aws import Account, open_account
from sfn_digest.aws.account_errors import GoneError
from sfn_digest.causes import UserRules
from sfn_digest.commands.extras import need
from sfn_digest.config.request import parse_language, parse_share
from sfn_digest.config.rules_file import read_rules
from sfn_digest.errors import (
    AccountError,
    BadRequestError,
    NoCredentialsError,
    NoEndpointError,
)
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.described import Described
from sfn_digest.model.story import Story
from sfn_digest.pipeline.explain import tell_story, with_definition
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report import console
from sfn_digest.retry import read_definition
from sfn_digest.terminal.progress import terminal_progress

_EXPRESS = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:express:.+", re.DOTALL)


def run(words: argparse.Namespace) -> int:
    """Read the execution and tell its story; gives the exit status.

    Raises BadRequestError for what is no execution's ARN, AccountError where it cannot be read.
    """
    need("rich", "The story")
    arn, region = words.execution_arn, _region(words.execution_arn)
    share, language = parse_share(words.quota_share), parse_language(words.language)
    rules = read_rules(words.rules)
    with terminal_progress() as progress:
        account = open_account(share, progress, region)
        progress.stage("reading the execution")
        story = _story(account, arn, rules)
    # The face needs rich, which the Lambda has not.
    from sfn_digest.report.terminal.story import write  # noqa: PLC0415

    write(story, texts_in(language, rules), sys.stdout)
    return 0


def _region(arn: str) -> str:
    if _EXPRESS.fullmatch(arn):
        raise AccountError(
            "This is an execution of an Express workflow, whose history Step Functions does not "
            "keep: look for it in the log group that the state machine logs to, if it has one."
        )
    region = console.execution_region(arn)
    if region is None:
        raise BadRequestError(
            f"The ARN is {quoted(arn)}, which is not an execution's: give one such as "
            "arn:aws:states:eu-west-1:123456789012:execution:MACHINE:EXECUTION."
        )
    return region


def _story(account: Account, arn: str, rules: UserRules | None) -> Story:
    execution = _described(account, arn)
    history = account.executions.history(arn)
    story = tell_story(execution, history, child_history=account.history, rules=rules)
    if story.failure is not None:
        story = _with_definition(account, arn, story)
    return replace(story, notes=(*account.usage().notes, *story.notes))


def _described(account: Account, arn: str) -> Described:
    try:
        return account.executions.describe(arn)
    except GoneError as error:
        raise AccountError(
            f"There is no execution {quoted(arn.rsplit(':', 1)[1])} in {account.region}: check "
            "the ARN, and that it closed within the last 90 days."
        ) from error


def _with_definition(account: Account, arn: str, story: Story) -> Story:
    try:
        definition = read_definition(account.executions.definition(arn))
    except (NoCredentialsError, NoEndpointError):
        raise
    except AccountError as error:
        note = Message("Its definition could not be read: {error}", error=error.sentence)
        return replace(story, notes=(*story.notes, note))
    return with_definition(story, definition)
