"""The second door of the package: events of executions that closed, a batch of a queue at a time.

Deployed with `collect=stream` alone. What could not be kept is answered as `batchItemFailures`, so
that the queue delivers those messages again, and at last to its dead-letter queue.
"""

import math
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sfn_digest.aws import Account, ChildRoles, open_account
from sfn_digest.aws.stream_table import StreamTable, open_stream
from sfn_digest.causes import UserRules, file_phrases
from sfn_digest.config import names
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.config.request import parse_share, parse_tag
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.settings import Settings, read_settings
from sfn_digest.errors import BadEventError, BadRequestError, InternalError, SfnDigestError
from sfn_digest.guard import Fault, Guard, stack_trace
from sfn_digest.model.executions import Failure, Tag
from sfn_digest.pipeline.collecting import BatchDone, Collector, Fate, QueuedMessage, Read, collect
from sfn_digest.pipeline.failures import read_failure
from sfn_digest.progress import SilentProgress
from sfn_digest.stream.histories_to_read import Turns
from sfn_digest.stream.status_change import StatusChange

_service = os.environ.get(names.POWERTOOLS_SERVICE, names.SERVICE)
logger = Logger(service=_service)
metrics = Metrics(namespace=names.NAMESPACE, service=_service)

TAGS_SECONDS = 300.0
"""How long it is believed which machines carry the tag: what one fails meanwhile that was tagged
just now is missing among the events, and found in lists."""
ACCOUNT_SECONDS = 3600.0
"""How long the quotas and the load hold that were looked up; each look-up fills the buckets."""
OPENING_PART = 0.1
TAGGED_PART = 0.5
"""The parts of what is left of a run in which the quotas are asked for, and then the machines."""
LEFT_SECONDS = 20.0
"""What is left of a run for the last writes."""
ANSWER_SECONDS = 2.0
"""What is left of a run to answer which messages are to be delivered again."""

METRICS: Mapping[Fate, str] = {
    "kept": names.STREAM_KEPT,
    "duplicate": names.STREAM_DUPLICATE,
    "untagged": names.STREAM_UNTAGGED,
    "read": names.STREAM_READ,
    "unread": names.STREAM_UNREAD,
    "refused": names.STREAM_REFUSED,
    "unreadable": names.STREAM_UNREADABLE,
}


@dataclass(slots=True)
class RunsTime:
    """Seconds that a run's calls to the table may take, so that it answers before it is killed:
    what could not be kept by then is delivered again.
    """

    until: float = math.inf

    def begin(self, milliseconds: int) -> None:
        """A run begins that may last so long."""
        self.until = time.monotonic() + milliseconds / 1000 - ANSWER_SECONDS

    def left(self) -> float:
        """The seconds that remain."""
        return self.until - time.monotonic()


@dataclass(slots=True)
class Standing:
    """What stays from run to run of a warm function."""

    settings: Settings
    tag: Tag
    share: float
    rules: UserRules | None
    stream: StreamTable
    turns: Turns
    guard: Guard
    within: "RunsTime"
    account: Account | None = None
    opened_at: float = 0.0
    tagged: Collection[str] = ()
    tagged_at: float = 0.0

    def refresh(self, now: float, seconds: float) -> Account:
        """The account, and in `tagged` the machines, looked up where that was too long ago, in
        their parts of so many seconds. Raises OutOfTimeError where it is unknown which machines
        carry the tag.
        """
        account = self.account
        if account is None or now - self.opened_at > ACCOUNT_SECONDS:
            account = open_account(
                self.share,
                SilentProgress(),
                behind=self.guard,
                child_roles=ChildRoles(parse_child_role(self.settings.defaults.child_role)),
                within=OPENING_PART * seconds,
            )
            self.account, self.opened_at = account, now
            self.tagged_at = 0.0
        if not self.tagged_at or now - self.tagged_at > TAGS_SECONDS:
            asked = account.until(now + TAGGED_PART * seconds)
            self.tagged = frozenset(each.arn for each in asked.tagged_machines(self.tag))
            self.tagged_at = now
        return account


_standing: dict[str, Standing] = {}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: object, context: LambdaContext) -> Mapping[str, Any]:
    """Keep a batch of events; answers the messages that are to be delivered again."""
    try:
        done = _run(event, context)
    except SfnDigestError as error:
        logger.error(str(error))
        _count("refused", _number_of(event))
        raise
    except Exception as error:  # noqa: BLE001 - the queue hands the batch over again
        bug = InternalError(
            "Events could not be collected because of a bug in sfn-digest "
            f"({type(error).__name__}): please report it with the stack trace in the log."
        )
        logger.error(str(bug), extra={"trace": stack_trace(error)})
        _count("refused", _number_of(event))
        # Lambda writes what is raised to the log as it is, and texts of executions may be in it.
        raise bug from None
    for fate, number in done.fates.items():
        _count(fate, number)
    return {"batchItemFailures": [{"itemIdentifier": each} for each in done.failed]}


def _run(event: object, context: LambdaContext) -> BatchDone:
    messages = read_messages(event)
    standing = _standing.get("") or _standing.setdefault("", _open(RunsTime()))
    standing.within.begin(context.get_remaining_time_in_millis())
    seconds = context.get_remaining_time_in_millis() / 1000
    account = standing.refresh(time.monotonic(), seconds)
    until = account.now() + context.get_remaining_time_in_millis() / 1000 - LEFT_SECONDS

    def read_within(seconds: float) -> Read:
        reading = account.until(min(until, account.now() + seconds))
        return lambda change: _read(change, reading, standing.rules)

    collector = Collector(
        standing.stream,
        standing.tagged,
        read_within,
        standing.turns,
        standing.rules,
        standing.guard,
    )
    return collect(messages, collector, datetime.now(UTC))


def _read(change: StatusChange, account: Account, rules: UserRules | None) -> Failure:
    execution = change.failed
    if execution is None:
        raise ValueError(change.status)
    pages = account.executions.pages(execution.arn)
    history = partial(account.history, parent_arn=execution.arn)
    return read_failure(execution, pages, child_history=history, rules=rules)


def _open(within: RunsTime) -> Standing:
    settings = read_settings(os.environ)
    if settings.stream is None:
        raise BadRequestError(
            f"There is no table for events: set {names.STREAM}, as the stack does with "
            "collect=stream."
        )
    file_phrases()
    return Standing(
        settings=settings,
        tag=parse_tag(settings.defaults.tag),
        share=parse_share(settings.defaults.quota_share),
        rules=read_rules(settings.rules),
        stream=open_stream(settings.stream, within.left),
        within=within,
        turns=Turns(),
        guard=Guard(_log_fault),
    )


def read_messages(event: object) -> list[QueuedMessage]:
    """The messages of an SQS event. Raises BadEventError where it is none."""
    try:
        return [
            QueuedMessage(
                id=record["messageId"],
                body=record["body"],
                sent_at=datetime.fromtimestamp(
                    int(record["attributes"]["SentTimestamp"]) / 1000, UTC
                ),
            )
            for record in event["Records"]  # type: ignore[index]
        ]
    except (KeyError, TypeError, ValueError):
        raise BadEventError(
            "The event is not a batch of SQS messages: only the stack's own queue invokes "
            "this function."
        ) from None


def _number_of(event: object) -> int:
    """How many messages are delivered again where none could be kept."""
    records = event.get("Records") if isinstance(event, Mapping) else None
    return len(records) if isinstance(records, list) else 1


def _count(fate: Fate, number: int) -> None:
    metrics.add_metric(name=METRICS[fate], unit=MetricUnit.Count, value=number)


def _log_fault(fault: Fault) -> None:
    more = {"part": fault.part.name, "trace": stack_trace(fault.error)}
    logger.warning(fault.sentence, extra=more)
