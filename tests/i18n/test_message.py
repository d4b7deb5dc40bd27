"""A message is its English text, cannot be changed, and is told again in another language."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog

from sfn_digest.i18n.formats import ENGLISH
from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext, sentences
from sfn_digest.i18n.translator import LANGUAGES, Japanese, Translator, translator
from translations.catalogs import compiled


def told_by(**translated: str) -> Translator:
    """A translator into Japanese, by a catalog of our own."""
    catalog = Catalog(locale="ja")
    for english, japanese in translated.items():
        catalog.add(english, japanese)
    catalog.add(("{n} try", "{n} tries"), ("試行{n}回",))
    return Translator("ja", GNUTranslations(BytesIO(compiled(catalog))))


JAPANESE = told_by(
    **{
        "Raise {state}": "{state} を上げる",
        "{names} and {rest} more": "{names} ほか{rest}件",
        "All of {states}.": "{states} のすべて。",
        "Failed": "失敗",
        "Nothing retries it.": "再試行されません。",
        "{first} {second}": "{first}{second}",
    }
)
NOON = datetime(2026, 1, 2, 12, 0, 5, tzinfo=UTC)


def test_a_message_is_its_english_text_in_json_and_beside_others() -> None:
    message = Message("Raise {state}", state="Load")
    assert json.dumps([message]) == '["Raise Load"]'
    assert message == "Raise Load"


def test_a_message_cannot_be_changed_and_is_its_own_copy() -> None:
    values: dict[str, object] = {"state": "Load"}
    message = Message("Raise {state}", **values)
    values["state"] = "Save"
    with pytest.raises(AttributeError):
        message.msgid = "Other"
    with pytest.raises(TypeError):
        message.values["state"] = "Other"  # type: ignore[index]
    assert deepcopy(message) is message
    assert JAPANESE.translate(message) == "Load を上げる"


@pytest.mark.parametrize(("n", "said"), [(0, "0 tries"), (1, "1 try"), (1204, "1,204 tries")])
def test_a_number_of_things_has_its_plural_in_english_and_none_in_japanese(
    n: int, said: str
) -> None:
    message = ngettext("{n} try", "{n} tries", n)
    assert message == said
    assert JAPANESE.translate(message) == f"試行{n:,}回"


def test_values_that_are_messages_and_lists_are_told_with_the_sentence() -> None:
    names = Message("{names} and {rest} more", names=("a", "b"), rest=2)
    assert JAPANESE.translate(Message("All of {states}.", states=names)) == (
        "a、b ほか2件 のすべて。"
    )


def test_braces_in_a_value_are_text() -> None:
    message = Message("Raise {state}", state="{now} {0} %s")
    assert message == "Raise {now} {0} %s"
    assert JAPANESE.translate(message) == "{now} {0} %s を上げる"


def test_text_from_outside_is_not_looked_up() -> None:
    assert JAPANESE.translate("Failed") == "Failed"
    assert JAPANESE.translate(Message("Failed")) == "失敗"


def test_nothing_is_said_of_nothing_and_not_the_catalog_s_header() -> None:
    assert JAPANESE.translate(NO_MESSAGE) == ""
    assert sentences(NO_MESSAGE, NO_MESSAGE) == ""
    assert sentences(NO_MESSAGE, Message("Failed")) == "Failed"


def test_sentences_follow_each_other_as_the_language_has_it() -> None:
    now = Message("Nothing retries it.")
    assert sentences(now, NO_MESSAGE, now) == "Nothing retries it. Nothing retries it."
    assert JAPANESE.translate(sentences(now, now)) == "再試行されません。" * 2


def test_each_language_says_which_it_is() -> None:
    assert [translator(each).language for each in LANGUAGES] == list(LANGUAGES)


@pytest.mark.parametrize(
    ("template", "english", "japanese"),
    [
        ("{v}", "2026-01-02 12:00", "2026年1月2日 12:00"),
        ("{v:second}", "2026-01-02 12:00:05", "2026年1月2日 12:00:05"),
        ("{v:day}", "2026-01-02", "2026年1月2日"),
        ("{v:clock}", "12:00:05", "12:00:05"),
    ],
)
def test_a_time_is_told_in_utc_as_finely_as_the_sentence_wants_it(
    template: str, english: str, japanese: str
) -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    assert ENGLISH.fill(template, {"v": tokyo}) == english
    assert Japanese().fill(template, {"v": tokyo}) == japanese


@pytest.mark.parametrize(
    ("value", "template", "english", "japanese"),
    [
        (1300, "{v}", "1,300", "1,300"),
        (1300, "{v:d}", "1300", "1300"),
        (0.25, "{v:.0%}", "25%", "25%"),
        (timedelta(minutes=3, seconds=10), "{v}", "3 min 10 s", "3分10秒"),
        (("a", "b"), "{v}", "a, b", "a、b"),
        ("HTTP", "は{v:apart}", "はHTTP", "は HTTP"),
        ("名", "は{v:apart}", "は名", "は名"),
    ],
)
def test_a_value_is_written_as_its_language_writes_it(
    value: object, template: str, english: str, japanese: str
) -> None:
    assert ENGLISH.fill(template, {"v": value}) == english
    assert Japanese().fill(template, {"v": value}) == japanese


def test_aws_guides_are_linked_in_japanese_and_its_api_references_in_english() -> None:
    aws = "https://docs.aws.amazon.com"
    guide, reference = (
        f"{aws}/lambda/latest/dg/x.html",
        f"{aws}/step-functions/latest/apireference/x",
    )
    assert Japanese().guide(guide) == f"{aws}/ja_jp/lambda/latest/dg/x.html"
    assert Japanese().guide(reference) == reference
    assert ENGLISH.guide(guide) == guide


def test_a_word_within_japanese_text_is_set_off_on_the_sides_where_the_script_changes() -> None:
    told = {
        word: JAPANESE.formats.fill("状態で{errors:within}の再試行", {"errors": word})
        for word in ("Lambda.Timeout", "メモリ不足", "HTTP 応答")
    }
    assert told == {
        "Lambda.Timeout": "状態で Lambda.Timeout の再試行",
        "メモリ不足": "状態でメモリ不足の再試行",
        "HTTP 応答": "状態で HTTP 応答の再試行",
    }
