"""Tells messages in a language, by the catalogs in locale/ that `make messages` keeps."""

from datetime import UTC, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Literal, get_args

from sfn_digest.i18n.formats import Formats
from sfn_digest.i18n.message import Message

_GUIDES = "https://docs.aws.amazon.com/"
_REFERENCE = "/apireference/"


class Japanese(Formats):
    """Words follow each other without spaces, save where the script changes."""

    COMMA = "、"
    UNITS = ((86_400, "日"), (3_600, "時間"), (60, "分"), (1, "秒"))
    BETWEEN_UNITS = ""

    def day(self, time: datetime) -> str:
        """Give a date: 2026年11月9日."""
        local = time.astimezone(self.zone)
        return f"{local.year}年{local.month}月{local.day}日"

    def _short_day(self, local: datetime) -> str:
        return f"{local.month}/{local.day}"

    def apart(self, word: str) -> str:
        """Give a word after Japanese text: Latin letters and digits stand apart from it."""
        return f" {word}" if word[:1].isascii() else word

    def guide(self, url: str) -> str:
        """AWS's guides are there in Japanese, its API references in English only."""
        return url if _REFERENCE in url else url.replace(_GUIDES, f"{_GUIDES}ja_jp/")


Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

DOMAIN = "sfn_digest"
_FORMATS: dict[Language, type[Formats]] = {"en": Formats, "ja": Japanese}


class Translator:
    """One language: its catalog of messages, and how it writes numbers, and times of a zone."""

    def __init__(self, language: Language, catalog: NullTranslations, zone: tzinfo = UTC) -> None:
        self.language = language
        self.formats = _FORMATS[language](zone)
        self._catalog = catalog

    def translate(self, text: str) -> str:
        """Give a message in this language; text from outside is given back as it is."""
        # The catalog's own header stands under the empty msgid.
        if not isinstance(text, Message) or not text.msgid:
            return str(text)
        values = {name: self._translated(value) for name, value in text.values.items()}
        return self.formats.fill(self._template(text), values)

    def _translated(self, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(self._translated, value))
        return self.translate(value) if isinstance(value, str) else value

    def _template(self, text: Message) -> str:
        if text.plural is None:
            return self._catalog.gettext(text.msgid)
        return self._catalog.ngettext(text.msgid, text.plural, text.number)


@cache
def translator(language: Language, zone: tzinfo = UTC) -> Translator:
    """Give the translator of a language; its catalog is read at first use."""
    if language == "en":
        return Translator(language, NullTranslations(), zone)
    file = files("sfn_digest").joinpath(f"locale/{language}/LC_MESSAGES/{DOMAIN}.mo")
    with file.open("rb") as catalog:
        return Translator(language, GNUTranslations(catalog), zone)
