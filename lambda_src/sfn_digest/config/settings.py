"""What a deployment sets through the environment, read once and named in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sfn_digest.config import names
from sfn_digest.config.request import Defaults
from sfn_digest.config.window import parse_length
from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment's settings; the Slack token is named here, never held.

    `token_parameter` is an SSM SecureString's name, `token_secret` a Secrets Manager
    secret's name or ARN; `slack_api_url` is None for Slack's own. `rules` is the path of a
    file of rules for causes. `table` is the DynamoDB table that remembers what was posted;
    None forgets it with the run. `stream` is the table of collected events, None where none are
    collected. `hub_bucket` is the S3 bucket of many accounts' reports, None where there is no hub;
    `hub_accounts` and `hub_within` are the hub's own. `team` is the stack's name, if it has one.
    `slack_charts`: "on" adds Slack's own charts to the thread;
    `mentions`: "on" mentions the owners of state machines whose tag is a Slack ID. At most so many
    `continuations` go on with the reading of a first run, which end by `due` after it began.
    """

    defaults: Defaults
    token_parameter: str | None
    token_secret: str | None
    slack_api_url: str | None
    rules: str | None
    table: str | None
    slack_charts: bool
    mentions: bool = False
    stream: str | None = None
    hub_bucket: str | None = None
    hub_accounts: str = ""
    hub_within: str = ""
    team: str = ""
    continuations: int = 0
    due: timedelta = timedelta(minutes=90)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; what is unset or empty takes its default."""
    standard = Defaults()
    return Settings(
        defaults=Defaults(
            since=environment.get(names.SINCE) or standard.since,
            time_zone=environment.get(names.TIME_ZONE) or standard.time_zone,
            settle_seconds=environment.get(names.SETTLE_SECONDS) or standard.settle_seconds,
            tag=environment.get(names.TAG) or standard.tag,
            quota_share=environment.get(names.QUOTA_SHARE) or standard.quota_share,
            channel=environment.get(names.CHANNEL) or None,
            language=environment.get(names.LANGUAGE) or standard.language,
            successes=environment.get(names.SUCCESSES) or standard.successes,
            map_results=environment.get(names.MAP_RESULTS) or standard.map_results,
            child_role=environment.get(names.CHILD_ROLE) or standard.child_role,
            deadline=environment.get(names.DEADLINE) or standard.deadline,
            express_scan_gb=environment.get(names.EXPRESS_SCAN_GB) or standard.express_scan_gb,
        ),
        token_parameter=environment.get(names.TOKEN_PARAMETER) or None,
        token_secret=environment.get(names.TOKEN_SECRET) or None,
        slack_api_url=environment.get(names.SLACK_API_URL) or None,
        rules=environment.get(names.RULES) or None,
        table=environment.get(names.TABLE) or None,
        slack_charts=parse_charts(environment.get(names.SLACK_CHARTS) or "off"),
        mentions=parse_mentions(environment.get(names.MENTIONS) or "off"),
        stream=environment.get(names.STREAM) or None,
        hub_bucket=environment.get(names.HUB_BUCKET) or None,
        hub_accounts=environment.get(names.HUB_ACCOUNTS, ""),
        hub_within=environment.get(names.HUB_WITHIN) or environment.get(names.SINCE, ""),
        team=names.team_of(environment.get(names.POWERTOOLS_SERVICE, "")),
        continuations=parse_continuations(environment.get(names.CONTINUATIONS) or "4"),
        due=parse_due(environment.get(names.DUE) or "90m"),
    )


def parse_charts(text: str) -> bool:
    """Whether Slack's own charts are wanted. Raises BadRequestError unless it is on or off."""
    return _on_or_off("slack-charts", text)


def parse_mentions(text: str) -> bool:
    """Whether owners are mentioned. Raises BadRequestError unless it is on or off."""
    return _on_or_off("mentions", text)


MOST_CONTINUATIONS = 12
"""Lambda takes a function that invokes itself 16 times in a row for a loop, and stops it."""


def parse_continuations(text: str) -> int:
    """How many runs may follow the first one. Raises BadRequestError."""
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > MOST_CONTINUATIONS:
        raise BadRequestError(
            f"The number of continuations is {quoted(text)}, which is not a whole number from 0 to "
            f"{MOST_CONTINUATIONS}: give one such as 4."
        )
    return int(text)


def parse_due(text: str) -> timedelta:
    """How long after its start a digest is out. Raises BadRequestError."""
    due = parse_length(text)
    if due is None or not timedelta(minutes=15) <= due <= timedelta(days=1):
        raise BadRequestError(
            f"due is {quoted(text)}, which is not a length from 15m to 1d: give one such as 90m."
        )
    return due


def _on_or_off(name: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise BadRequestError(f"{name} is {quoted(text)}: give on or off.")
    return text == "on"


def channel_of(channel: str | None) -> str:
    """The channel to post to. Raises BadRequestError where none is set."""
    if channel is None:
        raise BadRequestError(
            f"There is no channel to post to: set {names.CHANNEL} to a channel ID such as "
            'C0123456789, give "channel" in the event, or ask for a "dry_run".'
        )
    return channel


def parse_channel(text: str) -> str:
    """A Slack channel's ID. Raises BadRequestError where it is none."""
    if names.CHANNEL_ID.fullmatch(text):
        return text
    raise BadRequestError(
        f"The channel is {quoted(text)}, which is not a channel ID: give one such as "
        "C0123456789, shown at the bottom of the channel's details in Slack."
    )
