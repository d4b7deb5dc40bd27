"""The deployment's settings: cdk.json's context and `-c NAME=VALUE`, checked at synth.

No construct, no clock, no environment; the user's rules are the one file that is read. Each
wrong setting has one sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import available_timezones

from infra import names
from infra.schedule_expression import BadScheduleError, longest_gap
from sfn_digest.errors import BadRequestError
from sfn_digest.records import Language, Tag
from sfn_digest.request import parse_language, parse_share, parse_tag
from sfn_digest.rules_file import read_rules
from sfn_digest.settings import parse_charts
from sfn_digest.when import RETENTION, UNITS, quoted

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192),
    *(2557, 2922, 3288, 3653),
)
"""The days CloudWatch Logs takes (PutRetentionPolicy)."""

MEMORY_MB = range(128, 10_241)
"""The memory Lambda takes, in MB."""

APP = Path(__file__).resolve().parent.parent
"""The folder of app.py, from which paths are told."""

NAMES = (
    *("tag", "schedule", "time-zone", "window", "channel", "token-parameter", "token-secret"),
    *("language", "rules", "quota-share", "regions", "log-retention-days", "alarm-topic"),
    *("memory", "slack-charts", "asset"),
)


class SettingError(ValueError):
    """A setting is wrong; the text is one sentence that says what to give."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Exactly one of `token_parameter` and `token_secret` is set.

    `gap_days` is the most days between two days on which `schedule` fires. `regions` is
    empty for the CLI's own Region. `rules` is a file of the user's own rules for causes that
    have been read once. `asset` is a ready-made folder of the Lambda's code, with those rules.
    """

    tag: Tag
    schedule: str
    gap_days: int
    time_zone: str
    window: str
    channel: str
    token_parameter: str | None
    token_secret: str | None
    quota_share: float
    regions: tuple[str, ...]
    log_retention_days: int
    alarm_topics: tuple[str, ...]
    memory_mb: int
    language: Language
    slack_charts: bool
    rules: Path | None
    asset: Path | None

    def topics_in(self, region: str | None) -> tuple[str, ...]:
        """The alarm topics that alarms of `region` reach; all of them where it is not known."""
        return tuple(t for t in self.alarm_topics if region is None or f":sns:{region}:" in t)


def read_settings(context: Mapping[str, object]) -> Settings:
    """The settings in the CDK app's context. Raises SettingError for the first wrong one."""
    _refuse_misspelt(context)
    try:
        return _read(context)
    except BadRequestError as wrong:
        raise SettingError(str(wrong)) from wrong


def _read(context: Mapping[str, object]) -> Settings:
    schedule, gap = _schedule(_text(context, "schedule"))
    parameter, secret = _token(context)
    regions = _regions(context)
    rules = _rules(_text(context, "rules"))
    return Settings(
        tag=parse_tag(_text(context, "tag")),
        schedule=schedule,
        gap_days=gap,
        time_zone=_time_zone(_text(context, "time-zone")),
        window=_window(_text(context, "window")),
        channel=_channel(_text(context, "channel")),
        token_parameter=parameter,
        token_secret=secret,
        quota_share=parse_share(_text(context, "quota-share")),
        regions=regions,
        log_retention_days=_log_retention(_text(context, "log-retention-days")),
        alarm_topics=_alarm_topics(context, regions),
        memory_mb=_memory(_text(context, "memory")),
        language=parse_language(_text(context, "language")),
        slack_charts=parse_charts(_text(context, "slack-charts")),
        rules=rules,
        asset=_asset(_text(context, "asset"), rules),
    )


def _refuse_misspelt(context: Mapping[str, object]) -> None:
    for name in context:
        near = get_close_matches(name.lower().replace("_", "-"), NAMES, n=1, cutoff=0.85)
        if near and name not in NAMES:
            raise SettingError(f"{quoted(name)} is no setting: did you mean {near[0]}?")


def _text(context: Mapping[str, object], name: str) -> str:
    value = context.get(name, "")
    return "" if value is None else str(value).strip()


def _list(context: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = context.get(name) or ""
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(dict.fromkeys(text for part in parts if (text := str(part).strip())))


def _wrong(name: str, value: str, give: str) -> SettingError:
    return SettingError(f"{name} is {quoted(value) if value else 'not set'}: give {give}.")


def _schedule(value: str) -> tuple[str, int]:
    try:
        return value, longest_gap(value)
    except BadScheduleError as wrong:
        raise SettingError(f"schedule is {quoted(value)}, but {wrong}.") from wrong


def _time_zone(value: str) -> str:
    known = available_timezones() - {"localtime", "posixrules", "Factory"}
    if value in known:
        return value
    near = get_close_matches(value, known, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise SettingError(
        f"time-zone is {quoted(value)}, which is no IANA time zone: "
        f"give one such as UTC, Asia/Tokyo or Europe/Berlin{hint}"
    )


def _window(value: str) -> str:
    match = re.fullmatch(r"([1-9]\d{0,5})([mhdw])", value)
    minutes = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080}
    if match and int(match[1]) * minutes[UNITS[match[2]]] <= RETENTION.days * 1440:
        return value
    raise _wrong("window", value, f"a length such as 7d, 36h or 90m, of {RETENTION.days}d at most")


def _channel(value: str) -> str:
    if re.fullmatch(r"[CGD][A-Z0-9]{8,20}", value):
        return value
    how = "the channel's ID, such as C0123456789 (in Slack: the channel's details, at the bottom)"
    raise _wrong("channel", value, f"{how}, not its name, with -c channel=ID or in cdk.json")


def _token(context: Mapping[str, object]) -> tuple[str | None, str | None]:
    parameter, secret = _text(context, "token-parameter"), _text(context, "token-secret")
    if any(name.lower().startswith(("xox", "xapp-")) for name in (parameter, secret)):
        raise SettingError(
            "A Slack token was given where its name belongs: store the token in SSM, give the "
            "parameter's name as token-parameter, and revoke the token if it was ever shared."
        )
    if secret:
        return None, _secret(secret)
    if re.fullmatch(r"/?[\w.-]+(/[\w.-]+)*", parameter):
        return parameter, None
    raise _wrong("token-parameter", parameter, "an SSM parameter's name, not its ARN")


def _secret(value: str) -> str:
    if re.fullmatch(r"arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+", value):
        return value
    if re.fullmatch(r"[\w/+=.@-]{1,512}", value):
        return value
    raise _wrong("token-secret", value, "a Secrets Manager secret's name or ARN")


def _regions(context: Mapping[str, object]) -> tuple[str, ...]:
    regions = _list(context, "regions")
    for region in regions:
        if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", region):
            raise _wrong("regions", region, "Regions such as eu-west-1,us-east-1, or none")
    return regions


def _alarm_topics(context: Mapping[str, object], regions: tuple[str, ...]) -> tuple[str, ...]:
    topics = _list(context, "alarm-topic")
    for topic in topics:
        if not re.fullmatch(r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+", topic):
            raise _wrong("alarm-topic", topic, "the ARN of a standard SNS topic, or nothing")
    without = [r for r in regions if topics and not any(f":sns:{r}:" in t for t in topics)]
    if without:
        raise SettingError(
            f"alarm-topic has no topic in {without[0]}: CloudWatch alarms reach topics of their "
            "own Region only, so give one ARN for each of the regions, separated by commas."
        )
    return topics


def _log_retention(value: str) -> int:
    if value.isdecimal() and int(value) in LOG_RETENTION_DAYS:
        return int(value)
    days = ", ".join(str(days) for days in LOG_RETENTION_DAYS)
    raise _wrong("log-retention-days", value, f"one of {days}")


def _memory(value: str) -> int:
    if value.isdecimal() and int(value) in MEMORY_MB:
        return int(value)
    raise _wrong("memory", value, f"MB from {MEMORY_MB.start} to {MEMORY_MB.stop - 1}")


def _rules(value: str) -> Path | None:
    if not value:
        return None
    if not (value.endswith(".toml") and value.isprintable()):
        raise _wrong("rules", value, "the path of a TOML file such as docs/causes.md describes")
    rules = APP / value
    read_rules(str(rules))
    return rules


def _asset(value: str, rules: Path | None) -> Path | None:
    if not value:
        return None
    asset = APP / value
    if rules is not None and not _holds(asset / names.RULES_FILE, rules):
        raise SettingError(
            f"asset is {quoted(value)}, which does not hold the file that rules names: copy it "
            f"there as {names.RULES_FILE}."
        )
    return asset


def _holds(copy: Path, original: Path) -> bool:
    return copy.is_file() and copy.read_bytes() == original.read_bytes()
