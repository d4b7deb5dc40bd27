"""`sfn-digest explain`: one execution's story, from its ARN or its page in the console."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sfn_digest.aws import Account, ChildRoles, open_account
from sfn_digest.aws.account_errors import GoneError
from sfn_digest.causes import UserRules
from sfn_digest.commands.extras import need
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.config.request import Request, parse_language, parse_share
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.scan_budget import parse_scan_gb
from sfn_digest.config.wall_clock import parse_time_zone
from sfn_digest.config.window import parse_window
from sfn_digest.errors import (
    AccountError,
    BadRequestError,
    NoCredentialsError,
    NoEndpointError,
)
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.model.described import Described
from sfn_digest.model.executions import HistoryEvent, Window
from sfn_digest.model.plain import to_plain
from sfn_digest.model.story import Story
from sfn_digest.pipeline.explained_execution import read_express_story, read_story, with_definition
from sfn_digest.pipeline.map_run_causes import map_runs_of, with_map_run
from sfn_digest.pipeline.map_run_children import ChildReader, map_run_report
from sfn_digest.pipeline.run import Run
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.console import NamedExecution, named_execution
from sfn_digest.retry import read_definition
from sfn_digest.terminal.progress_lines import terminal_progress

STORY_VERSION = "1.1"
"""Of the story as JSON: the first number changes when a member is removed or means another."""

_AROUND = timedelta(minutes=6)
"""How far from its start an Express execution's records lie, and a little more."""


def run(words: argparse.Namespace) -> int:
    """Read the execution and tell its story; gives the exit status.

    Raises BadRequestError for what names no execution, AccountError where it cannot be read.
    """
    as_json = words.format == "json"
    if not as_json:
        need("rich", "The story")
    named = _named(words.execution)
    share, language = parse_share(words.quota_share), parse_language(words.language)
    zone = parse_time_zone(words.time_zone)
    child_roles = ChildRoles(parse_child_role(words.child_role))
    rules, gigabytes = read_rules(words.rules), parse_scan_gb(words.express_scan_gb)
    window = _window(named, words.since)
    with terminal_progress() as progress:
        account = open_account(share, progress, named.region, child_roles=child_roles)
        progress.stage("reading the execution")
        if named.express:
            story = _express_story(account, named.arn, window, gigabytes, rules)
        else:
            story = _story(account, named.arn, rules)
    if as_json:
        plain = {"story_version": STORY_VERSION, **to_plain(story)}
        sys.stdout.write(f"{json.dumps(plain, indent=2, allow_nan=False)}\n")
        return 0
    # The face needs rich, which the Lambda has not.
    from sfn_digest.report.terminal.story_text import write  # noqa: PLC0415

    write(story, texts_in(language, rules, zone), sys.stdout)
    return 0


def _named(text: str) -> NamedExecution:
    named = named_execution(text)
    if named is None:
        raise BadRequestError(
            f"{quoted(text)} is not an execution: give its ARN, such as "
            "arn:aws:states:eu-west-1:123456789012:execution:MACHINE:EXECUTION, or the URL "
            "of its page in the Step Functions console."
        )
    return named


def _window(named: NamedExecution, since: str) -> Window:
    """Where the records of an Express execution are looked for."""
    if named.started_at is not None:
        return Window(named.started_at - _AROUND, named.started_at + _AROUND)
    return parse_window(since, None, now=datetime.now(UTC))


def _express_story(
    account: Account, arn: str, window: Window, gigabytes: float, rules: UserRules | None
) -> Story:
    events = account.express.execution(arn, window, gigabytes)
    if not events:
        raise AccountError(
            f"No log record of {quoted(arn.split(':')[7])} was found since "
            f"{window.start:%Y-%m-%d}: give a longer --since, a larger --express-scan-gb, or "
            "the URL of its console page, which says when it ran. Records can be lost, and "
            "the log levels FATAL and ERROR record nothing of a success."
        )
    story = read_express_story(
        arn, events, child_history=partial(account.history, parent_arn=arn), rules=rules
    )
    text = account.evidence.definition(story.execution.machine_arn)
    if story.failure is not None and text is not None:
        story = with_definition(story, read_definition(text))
    return replace(story, notes=(*account.usage().notes, *story.notes))


def _story(account: Account, arn: str, rules: UserRules | None) -> Story:
    execution = _described(account, arn)
    history = account.executions.history(arn)
    story = read_story(
        execution, history, child_history=partial(account.history, parent_arn=arn), rules=rules
    )
    story = _with_map_runs(account, story, history, rules)
    if story.failure is not None:
        story = _with_definition(account, arn, story)
    return replace(story, notes=(*account.usage().notes, *story.notes))


def _with_map_runs(
    account: Account,
    story: Story,
    history: Sequence[Sequence[HistoryEvent]],
    rules: UserRules | None,
) -> Story:
    """The story with the Map runs in which children failed; where one of them says only that too
    many did, with the cause of most.
    """
    began, ended = story.execution.started_at, story.execution.stopped_at or datetime.now(UTC)
    run = Run(Request(Window(began, ended + timedelta(seconds=1))), account, rules)
    try:
        found = map_runs_of(ChildReader(run, account), story.failure, history)
    except (NoCredentialsError, NoEndpointError):
        raise
    except AccountError as error:
        note = Message("Its Map run could not be read: {error}", error=error.sentence)
        return replace(story, notes=(*story.notes, note))
    failure = story.failure and with_map_run(story.failure, found)
    return replace(story, failure=failure, map_runs=tuple(map(map_run_report, found)))


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
