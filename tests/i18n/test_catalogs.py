"""Every message is in every catalog, as the source has it now, and no English is left in it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_type_hints

import pytest
from babel.messages.catalog import Catalog, Message

from sfn_digest.aws.usage import ApiUsage, UsageTally
from sfn_digest.i18n import message as i18n
from sfn_digest.i18n.translator import LANGUAGES
from sfn_digest.model.executions import Coverage
from sfn_digest.model.report import Hint
from sfn_digest.model.story import Story
from translations import catalogs
from translations.catalogs import CATALOGS, compiled, msgid, placeholders, read, unfinished, updated
from translations.extract import PACKAGE, extracted, from_call

OURS_AND_AWS = {
    *("ecs", "iam", "tmp", "attemptDurationSeconds", "StartJobRun", "SubmitJob", "Fargate"),
    *("PassRole", "ephemeralStorage", "MEMORY", "glue", "batch", "RunTask"),
    *("4xx", "5xx", "API", "AWS", "CloudTrail", "CloudWatch", "Dashboard", "HTTP", "Health"),
    *("IAM", "JSON", "Logs", "S3", "UTC", "VPC", "kms", "Decrypt", "KiB", "redrive", "DNS"),
    *("Amazon", "Catch", "Catcher", "Cause", "Choice", "ECS", "Express", "FULL"),
    *("Fail", "Functions", "HeartbeatSeconds", "IntervalSeconds", "ItemReader", "JSONata"),
    *("JitterStrategy", "Language", "Map", "MaxAttempts", "MaxConcurrency", "Output", "Retrier"),
    *("ResultSelector", "ResultWriter", "Retry", "Standard", "States", "Step", "BackoffRate"),
    *("TimeoutSeconds", "--hint", "Enter", "diff", "ALL", "Batch", "EC2", "evaluateOnExit"),
    *("EMR", "Host", "sts", "AssumeRole", "continue", "continuations", "due", "true"),
    *("Quotas", "Service", "StopExecution", "TLS", "CreateLogDelivery", "GB"),
    *("Distributed", "InputType", "ItemBatcher", "MaxItemsPerBatch", "Run"),
    *("explain", "ToleratedFailurePercentage", "Savings", "Plans", "us-east-1", "vCPU"),
    "sfn-digest",
    "Slack",
    *(
        "Insights",
        "FilterLogEvents",
        "ListStateMachines",
        "express-scan-gb",
        "map-results",
        "hub-bucket",
        "loggingConfiguration",
        "logs",
        "states",
    ),
    *("ID", "Slack", "C0123456789", "S0123456789", "U0123456789", "https"),
    *("30m", "2h", "1d", "prod", "staging", "aborted"),
    *("Incoming", "Webhook", "channel", "explain", "sts", "AssumeRole"),
}
"""Names of AWS, of Amazon States Language, of keys and formats, which are not translated."""


reading, saying = cache(read), cache(extracted)
"""Neither changes while the tests run."""


def messages(catalog: Catalog) -> Iterator[Message]:
    return (each for each in catalog if each.id)


@pytest.fixture(scope="module", params=CATALOGS, ids=lambda path: path.parents[1].name)
def path(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_each_language_but_english_has_a_catalog() -> None:
    assert {path.parents[1].name for path in CATALOGS} == set(LANGUAGES) - {"en"}


@pytest.mark.slow
def test_a_catalog_holds_what_is_said_and_nothing_else(path: Path) -> None:
    ours, said = ({msgid(each) for each in messages(all_)} for all_ in (reading(path), saying()))
    assert said - ours == set(), "run make messages, and translate these"
    assert ours - said == set(), "these are said no more: run make messages"


def test_no_message_is_left_to_be_translated(path: Path) -> None:
    assert unfinished(reading(path)) == []


@pytest.mark.slow
def test_a_catalog_is_written_as_make_messages_writes_it(path: Path) -> None:
    catalog, edited = updated(reading(path), saying())
    assert edited == []
    assert path.read_bytes() == catalogs.written(catalog), "run make messages"
    assert path.with_suffix(".mo").read_bytes() == compiled(catalog), "run make messages"


def test_a_wheel_holds_every_file_that_is_read() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["sfn_digest"]
    packed = {file for pattern in patterns for file in PACKAGE.glob(pattern)}
    files = {file for file in PACKAGE.rglob("*.*") if file.suffix not in (".py", ".pyc", ".po")}
    assert files - packed == set()


def test_a_translation_names_the_same_values(path: Path) -> None:
    for each in messages(reading(path)):
        english = placeholders(msgid(each))
        if isinstance(each.id, tuple | list):
            english |= placeholders(each.id[1])
        assert placeholders(_text(each)) == english, each.id


def test_no_english_is_left_in_a_translation(path: Path) -> None:
    for each in messages(reading(path)):
        # Values, names of constants, and tags and scopes such as sfn-digest:owner.
        plain = re.sub(r"\{[^}]*\}|\b[A-Z]+_[A-Z_]+\b|\b[a-z-]+:[a-z]+\b", "", _text(each))
        words = set(re.findall(r"[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]+", plain))
        assert words <= OURS_AND_AWS, f"{words - OURS_AND_AWS} in {plain}"


def _text(message: Message) -> str:
    first = message.string[0] if isinstance(message.string, tuple | list) else message.string
    return first or ""


def catalog(**translated: str) -> Catalog:
    """A catalog of messages by their English, told in Japanese or, where empty, not yet."""
    made = Catalog(locale="ja")
    for english, japanese in translated.items():
        made.add(english, japanese)
    return made


def test_an_edited_english_sentence_keeps_its_translation_and_is_named() -> None:
    was, now = "Nothing retries {state} now.", "Nothing retries {state} at the moment."
    fresh, edited = updated(catalog(**{was: "再試行なし: {state}"}), catalog(**{now: ""}))
    assert edited == [(was, now)]
    assert fresh[now].string == "再試行なし: {state}"
    assert unfinished(fresh) == []


@pytest.mark.parametrize("now", ["Nothing retries {machine} now.", "All is well."])
def test_a_sentence_that_says_something_else_is_left_to_be_translated(now: str) -> None:
    old = catalog(**{"Nothing retries {state} now.": "再試行なし: {state}"})
    fresh, edited = updated(old, catalog(**{now: ""}))
    assert edited == []
    assert unfinished(fresh) == [now]


def test_one_translation_is_kept_for_one_sentence_alone() -> None:
    old = catalog(**{"It was read.": "読み取りました。"})
    fresh, edited = updated(old, catalog(**{"It was read!": "", "It was read?": ""}))
    assert len(edited) == len(unfinished(fresh)) == 1


def test_the_same_catalog_gives_the_same_bytes_whatever_the_order() -> None:
    one, other = catalog(a="あ", b="い"), catalog(b="い", a="あ")
    assert catalogs.written(one) == catalogs.written(other)
    assert compiled(one) == compiled(other)


def test_a_fuzzy_translation_is_one_to_be_looked_at() -> None:
    catalog = Catalog(locale="ja")
    catalog.add("Yes", "はい", flags=["fuzzy"])
    assert unfinished(catalog) == ["Yes"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Message("a {b}", b=1)', ["a {b}"]),
        ('i18n.Message("a" "b")', ["ab"]),
        ('Message("a" if x else "b" if y else "c")', ["a", "b", "c"]),
        ('ngettext("{n} a", "{n} b", n)', [("{n} a", "{n} b")]),
        ("Message(name, b=1)", []),
        ('Message("")', []),
        ('print("a")', []),
    ],
)
def test_a_msgid_is_found_wherever_it_is_said(code: str, found: list[object]) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert list(from_call(call)) == found


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (Hint, ("title", "text")),
        (Coverage, ("notes", "left_out")),
        (ApiUsage, ("notes", "left_out")),
        (Story, ("notes",)),
        (UsageTally.note, ("sentence",)),
    ],
)
def test_what_faces_tell_cannot_arise_as_a_plain_string(
    owner: object, names: tuple[str, ...]
) -> None:
    hints = get_type_hints(owner)
    for name in names:
        assert hints[name] in (i18n.Message, tuple[i18n.Message, ...]), (
            f"{name} takes a plain str, which no catalog translates"
        )
