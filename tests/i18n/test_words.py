"""Every word there is in English is there in Japanese, and no English is left in it."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from inspect import getattr_static
from pathlib import Path
from string import Formatter
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from sfn_digest.i18n import message as said
from sfn_digest.i18n.english import LANGUAGES, Words, words_in
from sfn_digest.i18n.japanese import Japanese
from sfn_digest.i18n.japanese.japanese import catalog
from sfn_digest.model.comparison import Adopted, Verdict
from sfn_digest.model.executions import Coverage, Window
from tests.report import made, made_past

SOURCE = Path(said.__file__).parents[1]
ENGLISH, JAPANESE = words_in("en"), words_in("ja")
PAIRS: Sequence[tuple[object, object]] = (
    (Words, Japanese),
    (type(ENGLISH.page), type(JAPANESE.page)),
)

SAME = {"number", "EXPRESS", "API", "UNKNOWN_COUNT"}
"""What is written alike in both languages: digits and names."""

OURS_AND_AWS = {
    *(
        "4xx",
        "5xx",
        "API",
        "AWS",
        "CSV",
        "CloudTrail",
        "CloudWatch",
        "Dashboard",
        "HTTP",
        "Health",
        "IAM",
    ),
    *("JSON", "Logs", "PNG", "S3", "Slack", "UTC", "VPC", "kms", "Decrypt", "KiB", "redrive"),
    *("Amazon", "Catch", "Catcher", "Cause", "Choice", "ECS", "Express", "FARGATE_SPOT", "FULL"),
    *("Fail", "Functions", "HeartbeatSeconds", "IntervalSeconds", "ItemReader", "JSONata"),
    *("JitterStrategy", "Language", "Map", "MaxAttempts", "MaxConcurrency", "Output", "Retrier"),
    *("ResultSelector", "ResultWriter", "Retry", "Standard", "States", "Step", "BackoffRate"),
    *("TimeoutSeconds", "--hint", "Enter", "ctrl-a", "diff"),
}
"""Names of AWS, of Amazon States Language, of keys and formats, which are not translated."""

SAMPLES: Mapping[object, Sequence[object]] = {
    bool: (True, False),
    int: (0, 1, 2, 1204),
    float: (0.5, 42.0, 190.0, 100_000.0),
    str: ("甲", "乙"),
    datetime: (datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    timedelta: (timedelta(days=7), timedelta(days=1), timedelta(hours=6), timedelta(minutes=90)),
    Window: (made.WINDOW, Window(made.WINDOW.start, made.WINDOW.start + timedelta(days=1))),
    Coverage: (
        made.coverage(5, 18),
        made.coverage(5, 18, complete=False, machines_scanned=3, failures_read=9, throttled=7),
    ),
    Adopted: (
        made_past.ADOPTED,
        replace(made_past.ADOPTED, failures=0, recovered=0),
        *(replace(made_past.ADOPTED, verdict=verdict) for verdict in get_args(Verdict)),
    ),
    NoneType: (None,),
    tuple[str, str]: (("タスク", "日次処理"),),
}
"""Arguments to say every sentence with; names are Japanese, to tell them from what is left."""


def test_tables_of_words_have_the_same_rows() -> None:
    assert JAPANESE.CAUSES.keys() == ENGLISH.CAUSES.keys()
    for name in ("STATUS", "NATURE", "CHANGE", "ENDED"):
        assert getattr(JAPANESE, name).keys() == getattr(ENGLISH, name).keys(), name


def test_a_word_is_not_left_in_english() -> None:
    for english, japanese in PAIRS:
        for name in _public(english) - SAME:
            ours, theirs = getattr_static(english, name), getattr_static(japanese, name)
            assert ours is not theirs, f"{name} has no Japanese"
            assert callable(ours) or ours != theirs, f"{name} is {ours!r} in both languages"


def test_no_japanese_word_outlives_its_english_one() -> None:
    for english, japanese in PAIRS:
        assert _public(japanese) == _public(english)


def _public(words: object) -> set[str]:
    return {name for name in dir(words) if not name.startswith("_")}


@pytest.mark.parametrize(
    "name", sorted(name for name in _public(Words) if callable(getattr_static(Words, name)))
)
def test_a_sentence_in_japanese_holds_no_english(name: str) -> None:
    method: Callable[..., object] = getattr(JAPANESE, name)
    for arguments in _arguments(method):
        _has_no_english(str(method(**arguments)))


def test_labels_in_japanese_hold_no_english() -> None:
    for words in (JAPANESE, JAPANESE.page):
        for name in _public(words) - SAME - {"LANGUAGE", "page"}:
            value = getattr(words, name)
            told = value.values() if isinstance(value, Mapping) else [value]
            for each in (one for part in told for one in ([part] if isinstance(part, str) else ())):
                _has_no_english(each)


def _has_no_english(text: str) -> None:
    left = set(re.findall(r"[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]+", text)) - OURS_AND_AWS
    assert not left, f"{left} in {text}"


def _arguments(method: Callable[..., object]) -> Iterator[dict[str, object]]:
    """Arguments of each type; a type without samples is to be given some."""
    hints = {name: hint for name, hint in get_type_hints(method).items() if name != "return"}
    choices = {name: _samples(hint) for name, hint in hints.items()}
    for number in range(max(map(len, choices.values()), default=1)):
        yield {name: some[number % len(some)] for name, some in choices.items()}


def _samples(hint: Any) -> Sequence[object]:
    if hint in SAMPLES:
        return SAMPLES[hint]
    if get_origin(hint) is Literal:
        return get_args(hint)
    if get_origin(hint) is UnionType:
        return [sample for each in get_args(hint) for sample in _samples(each)]
    if get_origin(hint) is Sequence:
        (item,) = get_args(hint)
        return [tuple(_samples(item))]
    raise AssertionError(f"SAMPLES has none of {hint}")


def test_every_sentence_made_elsewhere_is_in_the_catalog() -> None:
    templates = set(_templates())
    ours = tomllib.loads((SOURCE / "i18n/japanese/said.toml").read_text(encoding="utf-8")).keys()
    assert not templates - ours, "these have no Japanese in said.toml"
    assert not ours - templates, "these are said nowhere any more"


def test_a_template_and_its_translation_name_the_same_values() -> None:
    for english, japanese in catalog().items():
        assert _names(english) == _names(japanese), english
        _has_no_english(re.sub(r"\{[^}]*\}", "", japanese))


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _templates() -> Iterator[str]:
    """Every template in the source: literals in calls of Said, counted and Template."""
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                first = {"Said": slice(0, 1), "Template": slice(0, 1), "counted": slice(1, 3)}
                for argument in call.args[first.get(call.func.id, slice(0, 0))]:
                    yield from _literals(argument)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Constant):
        yield str(node.value)


def test_each_language_says_which_it_is() -> None:
    assert [words_in(language).LANGUAGE for language in LANGUAGES] == list(LANGUAGES)
