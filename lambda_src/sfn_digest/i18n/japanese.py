"""Numbers, times and lists in Japanese."""

from datetime import UTC, datetime

from sfn_digest.i18n.formats import Formats

_GUIDES = "https://docs.aws.amazon.com/"
_REFERENCE = "/apireference/"


class Japanese(Formats):
    """Words follow each other without spaces, save where the script changes."""

    COMMA = "、"
    UNITS = ((86_400, "日"), (3_600, "時間"), (60, "分"), (1, "秒"))
    BETWEEN_UNITS = ""

    def day(self, time: datetime) -> str:
        """Give a date: 2026年11月9日."""
        utc = time.astimezone(UTC)
        return f"{utc.year}年{utc.month}月{utc.day}日"

    def _short_day(self, utc: datetime) -> str:
        return f"{utc.month}/{utc.day}"

    def apart(self, word: str) -> str:
        """Give a word after Japanese text: Latin letters and digits stand apart from it."""
        return f" {word}" if word[:1].isascii() else word

    def guide(self, url: str) -> str:
        """AWS's guides are there in Japanese, its API references in English only."""
        return url if _REFERENCE in url else url.replace(_GUIDES, f"{_GUIDES}ja_jp/")
