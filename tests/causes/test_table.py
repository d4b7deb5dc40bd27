"""The table of causes and the recognisers that point into it."""

import json
from typing import get_args

import pytest

from sfn_digest.causes import Symptom, diagnose, messages, table
from sfn_digest.causes.phrases import _books
from sfn_digest.causes.table import read_toml
from sfn_digest.model.executions import Nature
from tests.causes import docs


def test_every_cause_has_all_its_words_and_a_page_of_aws() -> None:
    for name, cause in table().items():
        assert cause.id == name
        assert cause.nature in get_args(Nature)
        assert cause.docs.startswith("https://docs.aws.amazon.com/"), name
        for words in (cause.title, cause.meaning, cause.recognised, cause.advice):
            assert words.strip() == words != "", name
        assert len(cause.noun) == 2
        assert cause.meaning.count(". ") == 0, f"{name}: the meaning is one sentence"
        assert cause.meaning.endswith("."), name


@pytest.mark.parametrize(
    "symptom",
    [
        Symptom(None, None, "ExecutionAborted", None),
        Symptom(None, None, "ExecutionTimedOut", None),
        Symptom(None, None, "ExecutionFailed", "fail-state"),
        Symptom(None, None, "TaskTimedOut", "ecs:runTask.sync"),
        Symptom(None, None, "TaskFailed", "lambda"),
        *(
            Symptom(
                "States.TaskFailed",
                json.dumps({"ExecutionArn": "arn:aws:states:eu-west-1:1:execution:m:e", **child}),
                "TaskFailed",
                "states:startExecution.sync",
            )
            for child in ({"Status": "ABORTED"}, {"Status": "TIMED_OUT"}, {"Status": "FAILED"})
        ),
    ],
)
def test_where_aws_gave_no_words_ours_are_there_in_japanese(symptom: Symptom) -> None:
    diagnosis = diagnose(symptom)
    assert diagnosis.message.removeprefix(f"{diagnosis.error}: ") in messages()


def test_every_recogniser_names_a_cause_of_the_table() -> None:
    files = ("names.toml", "phrases.toml", "libraries.toml", "sqlstates.toml")
    for row in (row for file in files for rows in read_toml(file).values() for row in rows):
        assert row["cause"] in table(), row
        assert row.get("nature", "depends") in get_args(Nature), row


def test_phrases_are_written_as_they_are_compared() -> None:
    phrases = (read_toml(file)["phrase"] for file in ("phrases.toml", "libraries.toml"))
    for row in (row for rows in phrases for row in rows):
        for words in (*row.get("any", ()), *row.get("all", ())):
            assert words == words.casefold(), words
            assert words.strip(), row


def test_a_phrase_that_stands_alone_in_a_text_is_found_wherever_it_starts() -> None:
    for scope, book in _books().items():
        for number, phrase in enumerate(book.phrases):
            for words in phrase.any:
                for padding in range(4):
                    text = "-" * padding + words
                    grams = frozenset(text[start : start + 4] for start in range(0, len(text), 3))
                    found = [n for n, w in (*book.short, *book.wide) if w == words]
                    for gram in book.filed.keys() & grams:
                        found += [n for n, w in book.filed[gram] if w == words]
                    assert number in found or phrase.all, (scope, words)


def test_the_page_of_causes_is_current() -> None:
    assert docs.PATH.read_text(encoding="utf-8") == docs.render(), "run python -m tests.causes.docs"
