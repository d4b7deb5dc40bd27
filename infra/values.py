"""What one setting may be: each reads its text, and has one sentence for a wrong one."""

import re
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import available_timezones

from sfn_digest.config import names
from sfn_digest.config.hub_reports import parse_expected
from sfn_digest.config.rules_file import read_rules
from sfn_digest.config.window import RETENTION, UNITS
from sfn_digest.i18n.sanitize import quoted

from .schedule_expression import BadScheduleError, later, longest_gap

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192),
    *(2557, 2922, 3288, 3653),
)
"""The days CloudWatch Logs takes (PutRetentionPolicy)."""

MEMORY_MB = range(128, 10_241)
"""The memory Lambda takes, in MB."""

APP = Path(__file__).resolve().parent.parent
"""The folder of app.py, from which paths are given."""


class SettingError(ValueError):
    """A setting is wrong; the text is one sentence that says what to give."""


def _wrong(name: str, value: str, give: str) -> SettingError:
    return SettingError(f"{name} is {quoted(value) if value else 'not set'}: give {give}.")


def parse_schedule(value: str) -> tuple[str, int]:
    """The expression, and the most days between two days on which it fires."""
    try:
        return value, longest_gap(value)
    except BadScheduleError as wrong:
        raise SettingError(f"schedule is {quoted(value)}, but {wrong}.") from wrong


def parse_time_zone(value: str) -> str:
    """An IANA time zone's name."""
    known = available_timezones() - {"localtime", "posixrules", "Factory"}
    if value in known:
        return value
    near = get_close_matches(value, known, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise SettingError(
        f"time-zone is {quoted(value)}, which is not an IANA time zone: give one such as "
        f"UTC, Asia/Tokyo or Europe/Berlin{hint}"
    )


def parse_window(value: str) -> str:
    """How far a digest looks back."""
    match = re.fullmatch(r"([1-9]\d{0,5})([mhdw])", value)
    minutes = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080}
    if match and int(match[1]) * minutes[UNITS[match[2]]] <= RETENTION.days * 1440:
        return value
    raise _wrong("window", value, f"a length such as 7d, 36h or 90m, of {RETENTION.days}d at most")


def parse_channel(value: str) -> str:
    """A Slack channel's ID."""
    if names.CHANNEL_ID.fullmatch(value):
        return value
    how = "the channel's ID, such as C0123456789 (in Slack: the channel's details, at the bottom)"
    raise _wrong("channel", value, f"{how}, not its name, with -c channel=ID or in cdk.json")


def parse_name(value: str) -> str:
    """What tells this stack from others in the account, or nothing."""
    if re.fullmatch(r"(.*-)?hub", value, re.IGNORECASE):
        raise SettingError(f"name is {quoted(value)}, as the hub's own stack is: give another one.")
    if re.fullmatch(r"([a-z0-9-]*-)?[a-z]{2}(-[a-z]+){1,2}-\d", value, re.IGNORECASE):
        raise SettingError(
            f"name is {quoted(value)}, as the stack of a Region may be: give one without a Region."
        )
    if not value or re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,30}", value):
        return value
    raise _wrong("name", value, "letters, digits and hyphens, such as payments, 31 at most")


def _secret(value: str) -> str:
    if re.fullmatch(r"arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+", value):
        return value
    if re.fullmatch(r"[\w/+=.@-]{1,512}", value):
        return value
    raise _wrong("token-secret", value, "a Secrets Manager secret's name or ARN")


def parse_token(parameter: str, secret: str) -> tuple[str | None, str | None]:
    """The names of the SSM parameter and of the secret that holds Slack's token: one is None."""
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


def parse_regions(regions: tuple[str, ...]) -> tuple[str, ...]:
    """The Regions to deploy to."""
    for region in regions:
        if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", region):
            raise _wrong("regions", region, "Regions such as eu-west-1,us-east-1, or none")
    return regions


def parse_alarm_topics(topics: tuple[str, ...], regions: tuple[str, ...]) -> tuple[str, ...]:
    """The ARNs of SNS topics: at least one in each of the `regions`, or none at all."""
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


def parse_log_retention(value: str) -> int:
    """Days that CloudWatch Logs takes."""
    if value.isdecimal() and int(value) in LOG_RETENTION_DAYS:
        return int(value)
    days = ", ".join(str(days) for days in LOG_RETENTION_DAYS)
    raise _wrong("log-retention-days", value, f"one of {days}")


def parse_memory(value: str) -> int:
    """MB that Lambda takes."""
    if value.isdecimal() and int(value) in MEMORY_MB:
        return int(value)
    raise _wrong("memory", value, f"MB from {MEMORY_MB.start} to {MEMORY_MB.stop - 1}")


def parse_key_arn(value: str, regions: tuple[str, ...]) -> str | None:
    """The ARN of a KMS key in the one Region that is deployed to."""
    if not value:
        return None
    match = re.fullmatch(r"arn:aws[\w-]*:kms:([\w-]+):\d{12}:key/[\w-]+", value)
    if match is None:
        raise _wrong("key-arn", value, "the ARN of a KMS key (not of an alias), or nothing")
    if any(region != match[1] for region in regions):
        raise SettingError(
            f"key-arn is a key in {match[1]}, and a key only works in its own Region: deploy "
            "the other regions separately, each with its own key."
        )
    return value


def parse_rules(value: str) -> Path | None:
    """The file of the user's own rules, read once to see that it can be."""
    if not value:
        return None
    if not (value.endswith(".toml") and value.isprintable()):
        raise _wrong("rules", value, "the path of a TOML file such as docs/causes.md describes")
    rules = APP / value
    read_rules(str(rules))
    return rules


def parse_asset(value: str, rules: Path | None) -> Path | None:
    """The folder of a ready-made asset, which holds the `rules` where there are any."""
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


def parse_organization(value: str) -> str | None:
    """The ID of an AWS organization, for which the hub is deployed, or nothing."""
    if not value or re.fullmatch(r"o-[a-z0-9]{10,32}", value):
        return value or None
    raise _wrong("hub", value, "the ID of your AWS organization, such as o-a1b2c3d4e5, or nothing")


MOST_EXPECTED = 3_000
"""Characters of hub-accounts: a function's variables hold 4 KB together."""


def parse_hub_accounts(accounts: tuple[str, ...]) -> str:
    """The accounts that the hub expects, checked, as one text."""
    listed = ",".join(accounts)
    parse_expected(listed, "us-east-1")
    if len(listed) > MOST_EXPECTED:
        raise SettingError(
            f"hub-accounts has {len(listed):,} characters: give {MOST_EXPECTED:,} at most, or "
            "leave it out, and every account that has reported before is expected."
        )
    return listed


HUB_AFTER = 90
"""Minutes after the accounts' digests: every attempt and continuation of theirs is over by then."""


def parse_hub_schedule(value: str, schedule: str) -> tuple[str, int]:
    """The hub's schedule, by default later on the days of the accounts', and its longest gap."""
    try:
        expression = value or later(schedule, HUB_AFTER)
        return expression, longest_gap(expression)
    except BadScheduleError as wrong:
        name = "hub-schedule" if value else "schedule, which hub-schedule follows,"
        raise SettingError(f"{name} is {quoted(value or schedule)}, but {wrong}.") from wrong


def parse_collect(text: str) -> bool:
    """Whether events are collected as they come: `stream`, or nothing."""
    if text not in ("", "stream"):
        raise SettingError(
            f"collect is {quoted(text)}: give stream, to collect events as executions close, "
            "or leave it out."
        )
    return text == "stream"
