"""What came of a hint that a definition now carries, in English."""

from datetime import UTC

from sfn_digest.i18n.english.plain import Plain
from sfn_digest.model.comparison import Adopted


class AdoptionWords(Plain):
    """Shares are given in whole per cent."""

    def adopted(self, each: Adopted) -> str:
        """Say when a hint was adopted, what was predicted of it, and what was observed."""
        day = f"{each.adopted_at.astimezone(UTC):%Y-%m-%d}"
        said = f"adopted on {day}: predicted {self._predicted(each)} %"
        if not each.failures:
            return f"{said}; no failure by this cause since"
        share = f"{'at least ' if each.at_least else ''}{100 * each.recovered / each.failures:.0f}"
        failures = self.counted(each.failures, "failure", "failures")
        counted = f"{self.number(each.recovered)} of {failures}"
        return f"{said}, observed {share} % ({counted}){self._verdict(each)}"

    def _predicted(self, each: Adopted) -> str:
        low, high = (f"{100 * share:.0f}" for share in (each.predicted_low, each.predicted_high))
        return low if low == high else f"{low}\N{EN DASH}{high}"

    def _verdict(self, each: Adopted) -> str:
        if each.verdict == "worse":
            return ": it did not help as predicted" if each.recovered else ": it did not help"
        if each.verdict == "better":
            return ": better than predicted"
        return ": that cannot tell yet" if each.verdict == "too_few" else ""
