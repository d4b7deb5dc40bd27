"""What the terminal asks and answers beside a report, in Japanese."""

from sfn_digest.i18n.english import asking
from sfn_digest.i18n.japanese.plain import Plain


class AskingWords(Plain, asking.AskingWords):
    """The picker's question, and where a report went."""

    WHICH_MACHINES = "どのステートマシンですか?"
    HOW_TO_PICK = "(矢印、文字で絞り込み、スペースで複数、Enter で決定)"
    UNKNOWN_COUNT = "?"
    EXPRESS_CHOICE = "Express: 原因は読み取りません"

    def failures_of(self, failures: str, executions: str) -> str:
        """Say beside a machine's name how many of its executions failed; both are aligned."""
        return f"{executions}件中 {failures}件が失敗"

    def none_tagged(self, tag: str, region: str) -> str:
        """Say why all machines are shown to pick from."""
        return (
            f"{region} にタグ {tag} の付いたステートマシンはありません。すべてのステートマシンを"
            "表示します。"
        )
