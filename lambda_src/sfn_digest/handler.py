"""The Lambda's doors, the digest's and the hub's: read the event, run it, count and answer.

No logic lives here: an event that cannot be understood, a missing channel or a refusal by
AWS or Slack is logged as one sentence and raised, so that Lambda counts the run as failed. An
error that nobody expects is, too, with its stack trace.
"""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sfn_digest.config import names
from sfn_digest.config.request import asked_in
from sfn_digest.config.settings import read_settings
from sfn_digest.errors import AnotherRunError, InternalError, SfnDigestError
from sfn_digest.guard import Fault, Guard, stack_trace

if TYPE_CHECKING:
    from sfn_digest.delivery import Done, Note
    from sfn_digest.pipeline.ledger_scan import Caller

_service = os.environ.get(names.POWERTOOLS_SERVICE, names.SERVICE)
logger = Logger(service=_service)
metrics = Metrics(namespace=names.NAMESPACE, service=_service)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: object, context: LambdaContext) -> Mapping[str, Any]:
    """Make one report and post it; `event` is what request.from_event describes.

    Answers the report's summary, and where it was posted or, for a dry run, the messages; where
    another run goes on with the reading, that it does.
    `{"post_kept": ID}` posts what an earlier run kept and could not deliver.
    """
    return _answered(lambda: _run(event, context))


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def hub_handler(event: object, context: LambdaContext) -> Mapping[str, Any]:
    """Read the reports that many accounts have sent, and post one message on all of them.

    `event` is what hub.due_in describes; the answer is that of `handler`.
    """
    return _answered(lambda: _run_hub(event, context))


def _answered(run: Callable[[], "Done"]) -> Mapping[str, Any]:
    try:
        done = run()
        _count(done.counted)
        if done.outcome is not None:
            _count_coverage(done.kept.report)
        return done.answer()
    except AnotherRunError as continued:
        logger.info(str(continued))
        _count(names.READING_CONTINUED)
        return {"posted": None, "continued": str(continued)}
    except SfnDigestError as error:
        logger.error(str(error))
        _count(names.DIGEST_FAILED)
        raise
    except Exception as error:  # noqa: BLE001 - whatever ends a run is reported and counted
        bug = InternalError(
            f"The run failed because of a bug in sfn-digest ({type(error).__name__}): please "
            "report it with the stack trace in the log."
        )
        logger.error(str(bug), extra={"trace": stack_trace(error)})
        _count(names.DIGEST_FAILED)
        # Lambda writes what is raised to the log as it is, and texts of executions may be in it.
        raise bug from None


def _run(event: object, context: LambdaContext) -> "Done":
    settings = read_settings(os.environ)
    asked = asked_in(event, now=datetime.now(UTC), defaults=settings.defaults)
    # Only now, so that an event that is refused need not wait for all the rooms.
    from sfn_digest.invocation import Invocation, run  # noqa: PLC0415

    return run(asked, Invocation(settings, _caller(event, context), _log_note, Guard(_degraded)))


def _run_hub(event: object, context: LambdaContext) -> "Done":
    settings = read_settings(os.environ)
    from sfn_digest.hub import due_in, run_hub  # noqa: PLC0415
    from sfn_digest.invocation import Invocation  # noqa: PLC0415

    due = due_in(event, settings, datetime.now(UTC))
    return run_hub(due, Invocation(settings, _caller(event, context), _log_note, Guard(_degraded)))


def _caller(event: object, context: LambdaContext) -> "Caller":
    from sfn_digest.pipeline.ledger_scan import Caller  # noqa: PLC0415

    return Caller(
        function_name=context.function_name,
        function_arn=context.invoked_function_arn,
        request_id=context.aws_request_id,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
        event=event if isinstance(event, Mapping) else {},
    )


def _log_note(note: "Note") -> None:
    logger.warning(note.sentence, extra={"note": note.code})
    _count(names.delivery_metric(note.code))


def _degraded(fault: Fault) -> None:
    more = {"part": fault.part.name, "trace": stack_trace(fault.error)}
    logger.error(fault.sentence, extra=more)
    _count(names.DEGRADED)


def _count_coverage(report: Mapping[str, Any]) -> None:
    coverage = report["coverage"]
    _count(names.FAILURES_FOUND, coverage["failures_found"])
    if not coverage["complete"]:
        missing = [f"{each['account_id']}: {each['why']}" for each in report.get("missing", ())]
        logger.warning("incomplete", extra={"notes": [*coverage["notes"], *missing]})
        _count(names.DIGEST_INCOMPLETE)


def _count(name: str, value: float = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
