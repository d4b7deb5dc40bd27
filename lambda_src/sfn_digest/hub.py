"""One invocation of the hub: the reports of many accounts, in one message, delivered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sfn_digest.aws.hub_bucket import open_hub
from sfn_digest.config import names
from sfn_digest.config.hub_reports import parse_expected
from sfn_digest.config.request import KeptRequest, parse_language
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.settings import Settings, channel_of
from sfn_digest.config.wall_clock import parse_time_zone
from sfn_digest.config.window import parse_window
from sfn_digest.delivery import Digest, Done, adhoc_id, deliver_once, period_id, post_later
from sfn_digest.errors import BadEventError, BadRequestError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.invocation import Invocation, delivery_tools, post_kept, traced
from sfn_digest.model.executions import Tag, Window
from sfn_digest.pipeline.hub_digest import Wanted, read_reports
from sfn_digest.pipeline.posting import accounts_digest
from sfn_digest.pipeline.texts import texts_in

EVENT_NAMES = ("scheduled_time", "dry_run")
OWN_PART = 0.2
"""Of a run's time, which is left for the delivery."""


@dataclass(frozen=True, slots=True)
class Due:
    """The reports on periods that ended in `window` are shown, its end among them."""

    window: Window
    scheduled: bool
    dry_run: bool


def due_in(event: object, settings: Settings, now: datetime) -> Due | KeptRequest:
    """What an event asks the hub for: an object with any of EVENT_NAMES, or `{"post_kept": ID}`.

    `scheduled_time`, when the Scheduler meant to fire, is the end of what is looked at; without it
    that is now. Raises BadEventError or BadWindowError where it makes no sense.
    """
    if not isinstance(event, Mapping):
        raise BadEventError("The event is not a JSON object: send {} for the latest reports.")
    kept = event.get("post_kept")
    if isinstance(kept, str) and len(event) == 1:
        return KeptRequest(kept)
    unknown = sorted(str(name) for name in event if name not in EVENT_NAMES)
    if unknown:
        raise BadEventError(
            f"The event has {quoted(unknown[0])}, which the hub does not support: use "
            f"{' or '.join(EVENT_NAMES)}, or post_kept alone with an ID."
        )
    at, dry = event.get("scheduled_time"), event.get("dry_run", False)
    if not (at is None or isinstance(at, str)) or not isinstance(dry, bool):
        raise BadEventError(
            'The event is not understood: send a time as "scheduled_time", and true or false as '
            '"dry_run".'
        )
    zone = parse_time_zone(settings.defaults.time_zone)
    window = parse_window(
        settings.hub_within or settings.defaults.since, at, now=now, schedule=zone if at else None
    )
    return Due(window, at is not None, dry)


def run_hub(due: Due | KeptRequest, run: Invocation) -> Done:
    """Read what the accounts sent, and deliver one message on it, however often it is asked
    for.
    """
    if isinstance(due, KeptRequest):
        outcome = post_kept(due.delivery, run)
        return Done(outcome.kept, outcome, names.DIGEST_POSTED)
    if due.dry_run:
        return Done(_make(due, run, run.settings.defaults.channel or ""), None, names.DRY_RUN)
    channel = channel_of(run.settings.defaults.channel)
    tools = delivery_tools(channel, run, first=True)
    delivery = _delivery(due, channel, run)
    with traced("## deliver"):
        outcome = deliver_once(
            delivery,
            partial(_make, due, run, channel),
            tools,
            again=post_later(run.caller.function_name, delivery),
            refresh=True,
        )
    return Done(
        outcome.kept, outcome, names.DIGEST_POSTED if due.scheduled else names.REPORT_POSTED
    )


def _delivery(due: Due, channel: str, run: Invocation) -> str:
    if not due.scheduled:
        return adhoc_id(run.caller.request_id, channel)
    region, account_id = run.caller.function_arn.split(":")[3:5]
    # Apart from the account's own digest, which may go to the same channel at the same time.
    hub = Tag("hub", run.settings.hub_bucket or "")
    return period_id(due.window, account_id, region, channel, tag=hub)


def _make(due: Due, run: Invocation, channel: str) -> Digest:
    settings = run.settings
    if settings.hub_bucket is None:
        raise BadRequestError(
            f"There is no bucket to read reports from: set {names.HUB_BUCKET}, as the hub's stack "
            "does."
        )
    defaults, own = settings.defaults, run.caller.function_arn.split(":")[3]
    until = run.caller.time_left() * OWN_PART
    wanted = Wanted(
        since=due.window.start,
        until=due.window.end,
        expected=parse_expected(settings.hub_accounts, own),
        left=lambda: run.caller.time_left() - until,
    )
    with traced("## read"):
        report = read_reports(open_hub(settings.hub_bucket, wanted.left), wanted, run.guard)
    zone = parse_time_zone(defaults.time_zone)
    texts = texts_in(parse_language(defaults.language), read_rules(settings.rules), zone)
    return accounts_digest(report, texts, channel)
