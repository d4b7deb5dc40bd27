"""One invocation of the Lambda, from the request to the answer: read, tell, deliver once.

Apart from the handler, which imports it once an event has been understood.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from aws_lambda_powertools import Tracer

from sfn_digest import guard
from sfn_digest.adoption import NO_HINT_MEMORY, HintMemory, ReadOnlyMemory
from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.aws.dynamodb_table import open_table
from sfn_digest.aws.secrets import read_token
from sfn_digest.aws.stream_table import open_stream
from sfn_digest.causes import UserRules
from sfn_digest.config import names
from sfn_digest.config.request import KeptRequest, Request
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.settings import Settings, channel_of
from sfn_digest.delivery import (
    Delivered,
    DeliveryContext,
    Digest,
    Done,
    Ledger,
    MemoryLedger,
    NoteLog,
    SystemRunClock,
    deliver_everywhere,
    post_later,
    previous_report,
    read_kept,
    requested_delivery,
)
from sfn_digest.errors import SfnDigestError
from sfn_digest.guard import Guard
from sfn_digest.model.executions import Window
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.hint_ledger import LedgerMemory, keep_unread
from sfn_digest.pipeline.ledger_scan import TO_GO_ON, Caller, LedgerScan, scan_of
from sfn_digest.pipeline.posting import (
    digest_of,
    mentioning,
    period_of,
    routed_digest,
    sending_to_hub,
    unrouted,
)
from sfn_digest.pipeline.run import OPENING, Run, deadlines
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.progress import SilentProgress
from sfn_digest.slack.bot import open_channel, try_slack

tracer = Tracer(service=os.environ.get(names.POWERTOOLS_SERVICE, names.SERVICE), auto_patch=False)


TimeLeft = Callable[[], float]
"""Tells the seconds that remain for something."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the runs below need besides the request."""

    settings: Settings
    caller: Caller
    log: NoteLog
    guard: Guard = field(default_factory=Guard)


def run(asked: Request | KeptRequest, invocation: Invocation) -> Done:
    """Do what an event asks for.

    A report by hand is counted apart from the scheduled digest, whose absence has an alarm.
    """
    if isinstance(asked, KeptRequest):
        outcome = post_kept(asked.delivery, invocation)
        return Done(outcome.kept, outcome, names.DIGEST_POSTED)
    if asked.dry_run:
        rules = read_rules(invocation.settings.rules)
        made = _make(asked, invocation, rules, asked.channel or "")
        return Done(made, None, names.DRY_RUN)
    outcome = _deliver(asked, invocation)
    return Done(
        outcome.kept, outcome, names.DIGEST_POSTED if asked.scheduled else names.REPORT_POSTED
    )


def _deliver(request: Request, run: Invocation) -> Delivered:
    """Make the digest and deliver it once, however often it is asked for.

    The channel, the rules and the token are looked at before the scan, so that a digest
    nobody can get costs no calls.
    """
    channel = channel_of(request.channel)
    rules = read_rules(run.settings.rules)
    tools = delivery_tools(channel, run, first=True)
    delivery, refresh = _delivery(request, channel, run, tools)
    scan = scan_of(request, delivery, run.caller, run.settings, tools.ledger)
    left = run.caller.time_left
    with sending_to_hub(request, run.settings, left, run.guard) as noted, traced("## deliver"):
        outcome = deliver_everywhere(
            delivery,
            lambda: noted(_make(request, run, rules, channel, scan, threads=tools.channel.threads)),
            tools,
            partial(delivery_tools, run=run),
            again=post_later(run.caller.function_name, delivery),
            refresh=refresh,
        )
        noted(outcome.kept)
    if scan is not None:
        run.guard.result_of(guard.CONTINUATION, scan.finish, None)
    return outcome


def _delivery(
    request: Request, channel: str, run: Invocation, context: DeliveryContext
) -> tuple[str, bool]:
    """The id of a request's delivery, and whether one that went out is brought up to date."""
    if request.continuation_of is not None:
        return request.continuation_of, request.scheduled
    if request.scheduled:
        return period_of(request, channel, run.caller.function_arn), True
    machines = sorted(request.machines)
    words = (*request.window_words, machines, str(request.tag), request.language)
    asked = requested_delivery(
        words,
        run.caller.request_id,
        channel,
        context.ledger,
        context.time.utc(),
        run.log,
    )
    return asked.id, asked.repeated


def post_kept(delivery: str, run: Invocation) -> Delivered:
    kept = read_kept(delivery, open_ledger(run.settings, run.caller.time_left))
    tools = delivery_tools(kept.channel, run, looked=True)
    again = post_later(run.caller.function_name, delivery)
    opened = partial(delivery_tools, run=run, looked=True)
    return deliver_everywhere(delivery, lambda: kept, tools, opened, again=again, refresh=False)


def _make(
    request: Request,
    run: Invocation,
    rules: UserRules | None,
    channel: str,
    scan: LedgerScan | None = None,
    *,
    threads: bool = True,
) -> Digest:
    behind = run.guard
    with traced("## read"):
        roles, within = ChildRoles(request.child_role), OPENING * run.caller.time_left()
        account = open_account(
            request.quota_share, SilentProgress(), behind=behind, child_roles=roles, within=within
        )
        kept = scan.opened(behind, request) if scan else None
        until = deadlines(account.now(), scan.seconds if scan else run.caller.time_left())

        def left() -> float:
            return until.memory - account.now()

        stream = open_stream(run.settings.stream, left) if run.settings.stream else None
        reason = None if request.goes_on else TO_GO_ON
        report = make_report(
            Run(request, account, rules, until, behind, stream=stream, kept=kept, to_go_on=reason),
            earlier=_earlier(request, run, channel, left),
            memory=_memory(request, run, left),
        )
    settings, texts = run.settings, texts_in(request.language, rules, request.zone)
    if settings.table and not request.dry_run:
        keep_unread(open_ledger(settings, left), report.coverage.skipped, run.log)
    if settings.mentions:
        secret = partial(read_token, settings.token_parameter, settings.token_secret, left)
        report, texts = mentioning(report, texts, secret, settings.slack_api_url, behind)
    charts = settings.slack_charts
    if request.routed and threads:
        return routed_digest(report, texts, channel, charts=charts, behind=behind)
    report = unrouted(report) if request.routed else report
    return digest_of(report, texts, channel, charts=charts, behind=behind)


@contextmanager
def traced(name: str) -> Iterator[None]:
    """A subsegment of the trace, which only errors enter whose texts hold no execution's."""
    unexpected = None
    with tracer.provider.in_subsegment(name=name):
        try:
            yield
        except SfnDigestError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again below
            unexpected = error
    if unexpected is not None:
        raise unexpected


def _memory(request: Request, run: Invocation, left: TimeLeft) -> HintMemory:
    """Where hints are kept, if there is a table; a dry run leaves no trace in it."""
    if not run.settings.table:
        return NO_HINT_MEMORY
    memory = LedgerMemory(open_ledger(run.settings, left), run.log)
    return ReadOnlyMemory(memory) if request.dry_run else memory


def _earlier(
    request: Request, run: Invocation, channel: str, left: TimeLeft
) -> Mapping[str, Any] | None:
    """The kept report of the period before, where a schedule has periods and a table remembers."""
    if request.before is None or not run.settings.table:
        return None

    def delivery(window: Window) -> str:
        return period_of(replace(request, window=window), channel, run.caller.function_arn)

    ask = partial(
        previous_report, [request.before], delivery, open_ledger(run.settings, left), run.log
    )
    return run.guard.result_of(guard.PREVIOUS_REPORT, ask, None)


def delivery_tools(
    channel: str, run: Invocation, *, looked: bool = False, first: bool = False
) -> DeliveryContext:
    """What a delivery needs; before the `first` one Slack is asked whether it would be refused."""
    settings, left = run.settings, run.caller.time_left
    secret = read_token(settings.token_parameter, settings.token_secret, left)
    if first:
        try_slack(secret, channel, settings.slack_api_url, left)
    place = open_channel(secret, channel, settings.slack_api_url, left)
    return DeliveryContext(
        open_ledger(settings, left), place, SystemRunClock(left), run.log, looked, run.guard
    )


def open_ledger(settings: Settings, left: TimeLeft) -> Ledger:
    return open_table(settings.table, left) if settings.table else MemoryLedger()
