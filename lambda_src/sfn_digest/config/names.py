"""The names that the deployment, the function and the command must agree on, each named once."""

import re
from typing import Final

SERVICE = "sfn-digest"
"""What logs, metrics and traces call the digest; the metrics' one dimension is `service`."""
NAMESPACE = "SfnDigest"
"""The metrics' namespace, and the stack's name."""
STATES_NAMESPACE: Final = "AWS/States"
LOGS_NAMESPACE: Final = "AWS/Logs"
"""The namespaces of the metrics that Step Functions and CloudWatch Logs write."""
POWERTOOLS_SERVICE = "POWERTOOLS_SERVICE_NAME"
"""Where the function reads what its logs, metrics and traces are called: one stack of several."""


def service_of(team: str) -> str:
    """What logs, metrics and traces of a named stack are called; of the unnamed one SERVICE."""
    return f"{SERVICE}-{team}" if team else SERVICE


def team_of(service: str) -> str:
    """The name of the stack whose logs, metrics and traces are called so; empty of the unnamed."""
    return service.removeprefix(SERVICE).removeprefix("-")


def stack_of(team: str, region: str | None) -> str:
    """A stack's name: SfnDigest, with its own name and its Region where it has such."""
    return "-".join(each for each in (NAMESPACE, team, region) if each)


DIGEST_POSTED = "DigestPosted"
"""A scheduled digest went out, or one that was kept."""
REPORT_POSTED = "ReportPosted"
"""A report that was asked for by hand went out."""
DRY_RUN = "DryRun"
DIGEST_FAILED = "DigestFailed"
DIGEST_INCOMPLETE = "DigestIncomplete"
DEGRADED = "Degraded"
"""A part of a report, such as its hints, failed by an error of the digest's own or of AWS."""
READING_CONTINUED = "ReadingContinued"
"""A run posted nothing, since another one goes on with its reading, or had done so."""
FAILURES_FOUND = "FailuresFound"

STREAM_KEPT = "StreamKept"
"""Ends of executions that an event reported for the first time."""
STREAM_DUPLICATE = "StreamDuplicate"
STREAM_UNTAGGED = "StreamUntagged"
STREAM_READ = "StreamRead"
"""Kept failures whose histories were read."""
STREAM_UNREAD = "StreamUnread"
"""Kept failures that are counted alone, since more came than the share lets be read."""
STREAM_REFUSED = "StreamRefused"
"""Events that could not be kept, and are delivered again."""
STREAM_UNREADABLE = "StreamUnreadable"
"""Messages that are no event of an execution that closed."""

TAG = "SFN_DIGEST_TAG"
QUOTA_SHARE = "SFN_DIGEST_QUOTA_SHARE"
SINCE = "SFN_DIGEST_SINCE"
TIME_ZONE = "SFN_DIGEST_TIME_ZONE"
SETTLE_SECONDS = "SFN_DIGEST_SETTLE_SECONDS"
CHANNEL = "SFN_DIGEST_CHANNEL"
LANGUAGE = "SFN_DIGEST_LANGUAGE"
SUCCESSES = "SFN_DIGEST_SUCCESSES"
DEADLINE = "SFN_DIGEST_DEADLINE"
CONTINUATIONS = "SFN_DIGEST_CONTINUATIONS"
DUE = "SFN_DIGEST_DUE"
EXPRESS_SCAN_GB = "SFN_DIGEST_EXPRESS_SCAN_GB"
MAP_RESULTS = "SFN_DIGEST_MAP_RESULTS"
CHILD_ROLE = "SFN_DIGEST_CHILD_ROLE"
RULES = "SFN_DIGEST_RULES"
TABLE = "SFN_DIGEST_TABLE"
STREAM = "SFN_DIGEST_STREAM"
"""The table of collected events, with `collect=stream`."""
HUB_BUCKET = "SFN_DIGEST_HUB_BUCKET"
"""The bucket that accounts hand their reports to, and that the hub reads."""
HUB_ACCOUNTS = "SFN_DIGEST_HUB_ACCOUNTS"
HUB_WITHIN = "SFN_DIGEST_HUB_WITHIN"
"""How far back the hub looks for the end of an account's latest period."""
SLACK_CHARTS = "SFN_DIGEST_SLACK_CHARTS"
MENTIONS = "SFN_DIGEST_MENTIONS"
SLACK_API_URL = "SLACK_API_URL"
TOKEN_PARAMETER = "SLACK_TOKEN_PARAMETER"  # noqa: S105 - a name, not a token
TOKEN_SECRET = "SLACK_TOKEN_SECRET"  # noqa: S105 - a name, not a token
BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - a name, not a token
"""Holds the token itself, for a person at a terminal."""

RULES_FILE = "rules.toml"
"""The user's own rules for causes, in the function's asset."""

CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,20}")
"""What Slack's channel IDs look like; names are in small letters."""


def delivery_metric(note: str) -> str:
    """The metric that counts a note of a delivery; docs/delivery.md has them all."""
    return f"Delivery{note}"


UNREAD_KEY = "unread"
"""The ledger's entry on the state machines that the last digest could not read."""
