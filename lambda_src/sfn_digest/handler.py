"""The Lambda's door: read the event, make the report, post the digest, answer.

No logic lives here: an event that cannot be understood, a missing channel or an AWS refusal
is logged as one sentence and raised, so that Lambda counts the invocation as failed.
"""

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sfn_digest import causes
from sfn_digest.account import open_account
from sfn_digest.account.secrets import read_token
from sfn_digest.digest import make_report
from sfn_digest.errors import SfnDigestError
from sfn_digest.progress import SilentProgress
from sfn_digest.report.answer import answer
from sfn_digest.report.model import Report
from sfn_digest.report.slack_blocks import Message, message
from sfn_digest.request import Request, from_event
from sfn_digest.settings import Settings, channel_of, read_settings
from sfn_digest.slack.post import Posted, post

logger = Logger(service="sfn-digest")
metrics = Metrics(namespace="SfnDigest", service="sfn-digest")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: object, context: LambdaContext) -> dict[str, Any]:
    """Make one report and post it; `event` is what request.from_event describes.

    Answers the report's summary, and where it was posted or, for a dry run, the message.
    """
    try:
        return _run(event, context)
    except SfnDigestError as error:
        logger.error(str(error))
        metrics.add_metric(name="DigestFailed", unit=MetricUnit.Count, value=1)
        raise


def _run(event: object, context: LambdaContext) -> dict[str, Any]:
    settings = read_settings(os.environ)
    request = from_event(event, now=datetime.now(UTC), defaults=settings.defaults)
    token = None if request.dry_run else _token(request, settings)
    report = make_report(request, open_account(request.quota_share, SilentProgress()))
    digest = message(report, causes.table())
    posted = None if token is None else _post(digest, request, settings, token, context)
    _count(report, posted)
    return answer(report, digest, posted)


def _token(request: Request, settings: Settings) -> str:
    """The token, read before the scan, so that a digest nobody can get costs no calls."""
    channel_of(request.channel)
    return read_token(settings.token_parameter, settings.token_secret)


def _post(
    digest: Message, request: Request, settings: Settings, token: str, context: LambdaContext
) -> Posted:
    return post(
        digest,
        channel_of(request.channel),
        token,
        base_url=settings.slack_api_url,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )


def _count(report: Report, posted: Posted | None) -> None:
    found = report.coverage.failures_found
    metrics.add_metric(name="FailuresFound", unit=MetricUnit.Count, value=found)
    if posted is not None:
        logger.info("posted", extra={"channel": posted.channel, "ts": posted.ts})
        metrics.add_metric(name="DigestPosted", unit=MetricUnit.Count, value=1)
    if not report.coverage.complete:
        logger.warning("incomplete", extra={"notes": list(report.coverage.notes)})
        metrics.add_metric(name="DigestIncomplete", unit=MetricUnit.Count, value=1)
