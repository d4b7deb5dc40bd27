"""The deployment's settings: cdk.json's context and `-c NAME=VALUE`, checked at synth.

No construct, no clock, no environment; the user's rules are the one file that is read. Each
wrong setting has one sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from sfn_digest.config import names
from sfn_digest.config.deadline import parse_deadline
from sfn_digest.config.hub_reports import parse_bucket
from sfn_digest.config.map_results import parse_map_results
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.config.request import (
    parse_language,
    parse_share,
    parse_successes,
    parse_tag,
)
from sfn_digest.config.scan_budget import parse_scan_gb
from sfn_digest.config.settings import (
    parse_charts,
    parse_continuations,
    parse_due,
    parse_mentions,
)
from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted
from sfn_digest.i18n.translator import Language
from sfn_digest.model.executions import Tag

from .values import (
    SettingError,
    parse_alarm_topics,
    parse_asset,
    parse_channel,
    parse_collect,
    parse_hub_accounts,
    parse_hub_schedule,
    parse_key_arn,
    parse_log_retention,
    parse_memory,
    parse_name,
    parse_organization,
    parse_regions,
    parse_rules,
    parse_schedule,
    parse_time_zone,
    parse_token,
    parse_window,
)

NAMES = (
    *(
        "name",
        "tag",
        "schedule",
        "time-zone",
        "window",
        "channel",
        "token-parameter",
        "token-secret",
    ),
    *("language", "rules", "quota-share", "successes", "express-scan-gb", "deadline", "regions"),
    *("log-retention-days", "map-results", "child-role", "collect", "continuations", "due"),
    *("hub", "hub-bucket", "hub-accounts", "hub-schedule"),
    *("key-arn", "alarm-topic", "memory", "slack-charts", "mentions", "asset"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Exactly one of `token_parameter` and `token_secret` is set.

    `name` tells one stack of several in an account from the others; it may be empty.

    `gap_days` is the most days between two days on which `schedule` fires. `regions` is
    empty for the CLI's own Region. `key_arn` is the KMS key of the log group, the table and the
    queue. `rules` is a file of the user's own rules for causes that have been read once. `asset`
    is a ready-made folder of the Lambda's code, with those rules. `stream`: events of executions
    that closed are collected as they come. `hub` is the organization whose accounts hand their
    reports to `hub_bucket`; its hub expects `hub_accounts` and posts by `hub_schedule`.
    At most so many `continuations` follow a first run, and end by `due` after it began.
    """

    name: str
    tag: Tag
    schedule: str
    gap_days: int
    time_zone: str
    window: str
    channel: str
    token_parameter: str | None
    token_secret: str | None
    quota_share: float
    successes: int
    express_scan_gb: float
    map_results: tuple[tuple[str, str], ...]
    child_role: str | None
    deadline: float
    regions: tuple[str, ...]
    log_retention_days: int
    alarm_topics: tuple[str, ...]
    memory_mb: int
    key_arn: str | None
    language: Language
    slack_charts: bool
    mentions: bool
    rules: Path | None
    asset: Path | None
    stream: bool = False
    hub: str | None = None
    hub_bucket: str | None = None
    hub_accounts: str = ""
    hub_schedule: str = ""
    continuations: int = 4
    due: timedelta = timedelta(minutes=90)

    @property
    def window_zone(self) -> str:
        """The zone by whose clock windows go: a rate keeps its hours when the clocks change."""
        return "UTC" if self.schedule.strip().startswith("rate") else self.time_zone

    @property
    def child_role_variable(self) -> Mapping[str, str]:
        """Names the role for children in other accounts, where there is one."""
        return {names.CHILD_ROLE: self.child_role} if self.child_role else {}

    def of_hub(self) -> "Settings":
        """The settings of the hub's own stack."""
        schedule, gap = parse_hub_schedule(self.hub_schedule, self.schedule)
        name = "-".join(filter(None, (self.name, "hub")))
        return replace(self, name=name, schedule=schedule, gap_days=gap, stream=False)

    def topics_in(self, region: str | None) -> tuple[str, ...]:
        """The alarm topics that alarms of `region` reach; all of them where it is not known."""
        return tuple(t for t in self.alarm_topics if region is None or f":sns:{region}:" in t)


def read_settings(context: Mapping[str, object]) -> Settings:
    """The settings in the CDK app's context. Raises SettingError for the first wrong one."""
    _refuse_misspelt(context)
    try:
        read = _read(context)
        if read.hub:
            read.of_hub()
        return read
    except BadRequestError as wrong:
        raise SettingError(str(wrong)) from wrong


def _read(context: Mapping[str, object]) -> Settings:
    schedule, gap = parse_schedule(_text(context, "schedule"))
    parameter, secret = parse_token(
        _text(context, "token-parameter"), _text(context, "token-secret")
    )
    regions, rules = parse_regions(_list(context, "regions")), parse_rules(_text(context, "rules"))
    return Settings(
        name=parse_name(_text(context, "name")),
        tag=parse_tag(_text(context, "tag")),
        schedule=schedule,
        gap_days=gap,
        time_zone=parse_time_zone(_text(context, "time-zone")),
        window=parse_window(_text(context, "window")),
        channel=parse_channel(_text(context, "channel")),
        token_parameter=parameter,
        token_secret=secret,
        quota_share=parse_share(_text(context, "quota-share")),
        successes=parse_successes(_text(context, "successes")),
        express_scan_gb=parse_scan_gb(_text(context, "express-scan-gb")),
        map_results=parse_map_results(",".join(_list(context, "map-results"))),
        child_role=parse_child_role(_text(context, "child-role")),
        deadline=parse_deadline(_text(context, "deadline")),
        regions=regions,
        log_retention_days=parse_log_retention(_text(context, "log-retention-days")),
        alarm_topics=parse_alarm_topics(_list(context, "alarm-topic"), regions),
        memory_mb=parse_memory(_text(context, "memory")),
        key_arn=parse_key_arn(_text(context, "key-arn"), regions),
        language=parse_language(_text(context, "language")),
        slack_charts=parse_charts(_text(context, "slack-charts")),
        mentions=parse_mentions(_text(context, "mentions")),
        rules=rules,
        asset=parse_asset(_text(context, "asset"), rules),
        stream=parse_collect(_text(context, "collect")),
        hub=parse_organization(_text(context, "hub")),
        hub_bucket=parse_bucket(bucket) if (bucket := _text(context, "hub-bucket")) else None,
        hub_accounts=parse_hub_accounts(_list(context, "hub-accounts")),
        hub_schedule=_text(context, "hub-schedule"),
        continuations=parse_continuations(_text(context, "continuations")),
        due=parse_due(_text(context, "due")),
    )


def _refuse_misspelt(context: Mapping[str, object]) -> None:
    for name in context:
        near = get_close_matches(name.lower().replace("_", "-"), NAMES, n=1, cutoff=0.85)
        if near and name not in NAMES:
            raise SettingError(f"{quoted(name)} is not a setting: did you mean {near[0]}?")


def _text(context: Mapping[str, object], name: str) -> str:
    value = context.get(name, "")
    return "" if value is None else str(value).strip()


def _list(context: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = context.get(name) or ""
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(dict.fromkeys(text for part in parts if (text := str(part).strip())))
