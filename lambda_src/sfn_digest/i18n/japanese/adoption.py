"""What came of a hint that a definition now carries, in Japanese."""

from sfn_digest.i18n.english import adoption
from sfn_digest.i18n.japanese.plain import Plain, day
from sfn_digest.model.comparison import Adopted


class AdoptionWords(Plain, adoption.AdoptionWords):
    """Shares are given in whole per cent."""

    def adopted(self, each: Adopted) -> str:
        """Say when a hint was adopted, what was predicted of it, and what was observed."""
        said = f"{day(each.adopted_at)}に採用: 予測 {self._predicted(each)}%"
        if not each.failures:
            return f"{said}、その後この原因の失敗はありません"
        share = f"{each.recovered / each.failures:.0%}{'以上' if each.at_least else ''}"
        counted = f"{self.number(each.failures)}件中 {self.number(each.recovered)}件"
        return f"{said}、実績 {share} (失敗 {counted}){self._verdict(each)}"

    def _verdict(self, each: Adopted) -> str:
        if each.verdict == "worse":
            return ": 予測ほど効果なし" if each.recovered else ": 効果なし"
        if each.verdict == "better":
            return ": 予測より良好"
        return ": まだ判断できません" if each.verdict == "too_few" else ""
