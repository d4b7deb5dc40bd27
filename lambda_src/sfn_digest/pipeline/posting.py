"""A report as the digest that Slack gets: the channel it goes to, and the hub that reads it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sfn_digest import guard
from sfn_digest.accounts import AccountsReport
from sfn_digest.accounts.accounts_json import packed
from sfn_digest.accounts.accounts_json import to_dict as accounts_to_dict
from sfn_digest.accounts.slack import messages as account_messages
from sfn_digest.aws.hub_bucket import open_hub
from sfn_digest.config.hub_reports import ReportKey
from sfn_digest.config.request import Request
from sfn_digest.config.settings import Settings
from sfn_digest.delivery import Digest, period_id
from sfn_digest.errors import SlackError
from sfn_digest.guard import Guard
from sfn_digest.i18n.message import Message
from sfn_digest.model.machine_tags import handle_of
from sfn_digest.model.report import Report
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.shown import Shown
from sfn_digest.report.slack import messages, nothing_here
from sfn_digest.report.subsets import part_of
from sfn_digest.report.wording.quantities import elsewhere
from sfn_digest.slack.webhook import is_webhook
from sfn_digest.slack.workspace_checks import ScopeError, SlackChecks

if TYPE_CHECKING:
    from datetime import datetime


def digest_of(report: Report, texts: Shown, channel: str, *, charts: bool, behind: Guard) -> Digest:
    """The root message, its thread and its files; `charts` adds Slack's own to the thread.

    What cannot be drawn or written is left out behind the guard, and its note is in the report.
    """
    drawn = behind.result_of(guard.PICTURE, lambda: _picture(report), None)
    made = None
    if charts:
        made = behind.result_of(
            guard.SLACK_CHARTS, lambda: messages(_noted(report, behind), texts, charts=True), None
        )
    if made is None:
        made = behind.result_of(
            guard.DETAILS, lambda: messages(_noted(report, behind), texts), None
        )
    if made is None:
        made = messages(_noted(_bare(report), behind), texts)
    return Digest(channel, made, to_dict(_noted(report, behind)), drawn)


def routed_digest(
    report: Report, texts: Shown, channel: str, *, charts: bool, behind: Guard
) -> Digest:
    """The digest with its parts for the channels that machines' own tags name, if any do."""
    by_channel: dict[str, set[str]] = {}
    for machine in report.machines:
        if machine.channel and machine.channel != channel:
            by_channel.setdefault(machine.channel, set()).add(machine.arn)
    made = partial(digest_of, texts=texts, charts=charts, behind=behind)
    if not by_channel:
        return made(report, channel=channel)
    parts = [made(part_of(report, arns), channel=to) for to, arns in sorted(by_channel.items())]
    routed = set[str]().union(*by_channel.values())
    rest = {machine.arn for machine in report.machines} - routed
    elsewhere_said = elsewhere(len(routed), len(parts))
    ours = part_of(report, rest)
    ours = replace(
        ours, coverage=replace(ours.coverage, notes=(*ours.coverage.notes, elsewhere_said))
    )
    own = made(ours, channel=channel)
    if not rest:
        own = replace(own, messages=(nothing_here(elsewhere_said, texts),), picture=None)
    return replace(own, parts=tuple(parts), whole=to_dict(_noted(report, behind)))


def mentioning(
    report: Report, texts: Shown, secret: Callable[[], str], base_url: str | None, behind: Guard
) -> tuple[Report, Shown]:
    """The texts that mention owners, and the report with a note on those who cannot be.

    A handle is looked up among Slack's user groups, and only where a line may name it.
    """
    with_mentions = replace(texts, mentions=True)
    owners = {each.owner for each in report.machines if each.unsuccessful and each.owner}
    wanted = {handle: owner for owner in owners if (handle := handle_of(owner))}
    if not wanted:
        return report, with_mentions
    found = behind.result_of(guard.MENTIONS, lambda: _user_groups(secret(), base_url), None)
    missed = tuple(sorted(wanted[each] for each in wanted if each not in (found or {})))
    if found is None or not missed:
        return report, replace(with_mentions, handles=found or {})
    note = Message(
        "{owners} cannot be mentioned, because Slack has no user group with that handle: for "
        "a person, put the member ID in the tag sfn-digest:owner.",
        owners=missed,
    )
    coverage = report.coverage
    noted = replace(report, coverage=replace(coverage, notes=(*coverage.notes, note)))
    return noted, replace(with_mentions, handles=found)


def _user_groups(secret: str, base_url: str | None) -> Mapping[str, str]:
    """The user groups by handle.

    Raises SlackError where they cannot be asked for, with what to do in the report's language.
    """
    if is_webhook(secret):
        raise SlackError(
            Message(
                "an incoming webhook cannot look up user groups, so put their ID in the tag "
                "sfn-digest:owner."
            )
        )
    try:
        return SlackChecks(secret, base_url).user_groups()
    except ScopeError as error:
        raise SlackError(
            Message(
                "add the scope usergroups:read to the Slack app and reinstall it, or put the "
                "ID of the user group in the tag sfn-digest:owner."
            )
        ) from error


def period_of(request: Request, channel: str, function_arn: str) -> str:
    """The delivery of a scheduled request's period to a channel, by the function of this ARN."""
    region, account_id = function_arn.split(":")[3:5]
    return period_id(
        request.window,
        account_id,
        region,
        channel,
        tag=request.tag,
        machines=request.machines,
    )


def accounts_digest(report: AccountsReport, texts: Shown, channel: str) -> Digest:
    """The digest on many accounts: one message and its thread."""
    return Digest(channel, account_messages(report, texts), accounts_to_dict(report))


def unrouted(report: Report) -> Report:
    """The report as a webhook tells it, which posts to its own channel alone."""
    if not any(machine.channel for machine in report.machines):
        return report
    note = Message(
        "The tag sfn-digest:channel was ignored: an incoming webhook posts only to its own "
        "channel, so use a bot token."
    )
    coverage = report.coverage
    return replace(report, coverage=replace(coverage, notes=(*coverage.notes, note)))


def _picture(report: Report) -> bytes | None:
    # Only a report needs the library that draws.
    from sfn_digest.report.slack.picture import picture  # noqa: PLC0415

    return picture(report)


def _bare(report: Report) -> Report:
    """The report without what a face may fail on: what failed and why is reported all the same."""
    return replace(report, hints=(), adopted=(), adopted_changes=(), before=None, trend=())


def _noted(report: Report, behind: Guard) -> Report:
    """The report with notes on what went missing since it was made."""
    coverage = report.coverage
    new = tuple(note for note in behind.notes if note not in coverage.notes)
    return replace(report, coverage=replace(coverage, notes=(*coverage.notes, *new)))


@contextmanager
def sending_to_hub(
    request: Request, settings: Settings, left: Callable[[], float], behind: Guard
) -> Iterator[Callable[[Digest], Digest]]:
    """Takes each digest as it is made, and in the end puts the last one's report where the hub
    reads it: of a scheduled digest, if there is a hub, and whatever became of the delivery.
    """
    made: list[Digest] = []

    def noted(digest: Digest) -> Digest:
        made.append(digest)
        return digest

    try:
        yield noted
    finally:
        bucket = settings.hub_bucket
        if made and bucket and request.scheduled:
            put = partial(_send_to_hub, made, bucket, left, request.window.end, settings.team)
            behind.result_of(guard.HUB, put, None)


def _send_to_hub(
    made: list[Digest], bucket: str, left: Callable[[], float], end: "datetime", team: str
) -> None:
    report = _whole(made[-1])
    key = ReportKey(report["account_id"], report["region"], end, team).text
    open_hub(bucket, left).put(key, packed(report, lambda: _whole(made[-1].without_failures())))


def _whole(digest: Digest) -> Mapping[str, Any]:
    return digest.whole or digest.report
