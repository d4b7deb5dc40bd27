"""The words that several commands take, each said once."""

import argparse
import os
from collections.abc import Mapping, MutableMapping

from sfn_digest.config.deadline import DEFAULT_DEADLINE
from sfn_digest.config.names import (
    CHILD_ROLE,
    DEADLINE,
    EXPRESS_SCAN_GB,
    LANGUAGE,
    MAP_RESULTS,
    RULES,
    SUCCESSES,
    TIME_ZONE,
)
from sfn_digest.config.request import (
    DEFAULT_LANGUAGE,
    DEFAULT_QUOTA_SHARE,
    DEFAULT_SUCCESSES,
    DEFAULT_TAG,
)
from sfn_digest.config.scan_budget import DEFAULT_SCAN_GB
from sfn_digest.config.window import DEFAULT_SINCE
from sfn_digest.i18n.translator import LANGUAGES


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add --region and --profile, as AWS's own command line has them."""
    parser.add_argument(
        "--region", metavar="REGION", help="the Region to read; default AWS_REGION or the profile's"
    )
    add_profile(parser)


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add --profile."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="the AWS profile to use; default AWS_PROFILE",
    )


def choose_account(words: argparse.Namespace, environment: MutableMapping[str, str]) -> None:
    """Put --region and --profile where AWS's libraries look for them.

    A profile that is named goes before keys in the environment, as on AWS's command line.
    """
    if region := getattr(words, "region", None):
        environment["AWS_REGION"] = region
    if profile := getattr(words, "profile", None):
        environment["AWS_PROFILE"] = profile
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.pop(key, None)


def add_window(parser: argparse.ArgumentParser, since: str = DEFAULT_SINCE) -> None:
    """Add --since and --until."""
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default=since,
        help="where the window starts: a length before its end (90m, 36h, 1d12h, 7d, 2w), "
        "yesterday or today (from midnight UTC), or a time (ISO 8601, UTC unless it has a zone); "
        "default %(default)s",
    )
    parser.add_argument(
        "--until",
        metavar="WHEN",
        help="where the window ends: a length before now, yesterday, today, or a time; default now",
    )


def _by(function: str) -> Mapping[str, str]:
    return {"bash": function, "zsh": function, "fish": f"({function})"}


BY_MACHINE = _by("_sfn_digest_machines")
BY_EXECUTION = _by("_sfn_digest_executions")
BY_FILE = {
    "bash": "_shtab_compgen_files",
    "zsh": "_files",
    "fish": "(__fish_complete_path (commandline -ct))",
}
"""What a shell calls to complete a word: from the last report, with shtab's own for files."""


def complete(action: argparse.Action, by: Mapping[str, str]) -> None:
    """Let the shell complete what an option takes."""
    vars(action)["complete"] = by


def add_machines(parser: argparse.ArgumentParser) -> None:
    """Add --machine and --tag."""
    machines = parser.add_argument(
        "--machine",
        metavar="NAME-OR-GLOB",
        nargs="+",
        action="extend",
        default=[],
        help="only these state machines: names, ARNs or globs; default those you pick at a "
        "terminal, and all of them elsewhere",
    )
    complete(machines, BY_MACHINE)
    add_tag(parser)


def add_tag(parser: argparse.ArgumentParser) -> None:
    """Add --tag."""
    parser.add_argument(
        "--tag",
        metavar="KEY=VALUE",
        default=DEFAULT_TAG,
        help="the tag that marks the state machines to report on; default %(default)s",
    )


def add_quota_share(parser: argparse.ArgumentParser) -> None:
    """Add --quota-share."""
    parser.add_argument(
        "--quota-share",
        metavar="SHARE",
        default=DEFAULT_QUOTA_SHARE,
        help="the largest share of the account's API quotas to use, above 0 and up to 1; "
        "default %(default)s",
    )


def add_successes(parser: argparse.ArgumentParser) -> None:
    """Add --successes."""
    parser.add_argument(
        "--successes",
        metavar="N",
        default=os.environ.get(SUCCESSES) or DEFAULT_SUCCESSES,
        help="the most histories of successes to read for each state machine, to evaluate "
        "its retries; 0 reads none; default %(default)s",
    )


def add_all_machines(parser: argparse.ArgumentParser) -> None:
    """Add --all-machines."""
    parser.add_argument(
        "--all-machines",
        action="store_true",
        help="include state machines without the tag (states:ListStateMachines)",
    )


def add_deadline(parser: argparse.ArgumentParser) -> None:
    """Add --deadline."""
    parser.add_argument(
        "--deadline",
        metavar="LENGTH",
        default=os.environ.get(DEADLINE) or DEFAULT_DEADLINE,
        help="the longest that the retries of a hint may hold an execution, unless the state "
        "machine has the tag sfn-digest:deadline (30m, 2h, 1d); default %(default)s",
    )


def add_scan_gb(parser: argparse.ArgumentParser) -> None:
    """Add --express-scan-gb."""
    parser.add_argument(
        "--express-scan-gb",
        metavar="GB",
        default=os.environ.get(EXPRESS_SCAN_GB) or DEFAULT_SCAN_GB,
        help="the most gigabytes of logs to scan for Express workflows, at about $0.005 "
        "each; 0 scans none; default %(default)s",
    )


def add_map_results(parser: argparse.ArgumentParser) -> None:
    """Add --map-results."""
    parser.add_argument(
        "--map-results",
        metavar="BUCKET/PREFIX",
        default=os.environ.get(MAP_RESULTS) or "",
        help="where ResultWriters of Distributed Maps write their files, separated by "
        "commas: reading them gives the causes of all failed children instead of a "
        "sample",
    )


def add_child_role(parser: argparse.ArgumentParser) -> None:
    """Add --child-role."""
    parser.add_argument(
        "--child-role",
        metavar="NAME",
        default=os.environ.get(CHILD_ROLE) or "",
        help="the name of an IAM role in other accounts, used to read nested executions "
        "there when only they know why their parent failed (docs/kinds.md); default none",
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add --rules."""
    rules = parser.add_argument(
        "--rules",
        metavar="FILE",
        default=os.environ.get(RULES) or None,
        help="a TOML file with your own rules for naming causes (docs/causes.md); default "
        f"the value of {RULES}",
    )
    complete(rules, BY_FILE)


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add --language."""
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=os.environ.get(LANGUAGE) or DEFAULT_LANGUAGE,
        help="the language to write in; default %(default)s",
    )


def add_time_zone(parser: argparse.ArgumentParser) -> None:
    """Add --time-zone."""
    parser.add_argument(
        "--time-zone",
        metavar="ZONE",
        default=os.environ.get(TIME_ZONE) or "UTC",
        help="the IANA time zone for times, such as Asia/Tokyo (JSON and CSV stay in UTC); "
        "default %(default)s",
    )
