"""What a report is shown with: a language's translator, and the table of causes."""

from datetime import UTC, tzinfo

from sfn_digest import causes
from sfn_digest.causes import UserRules
from sfn_digest.i18n.translator import Language, translator
from sfn_digest.report.shown import Shown


def texts_in(language: Language, rules: UserRules | None = None, zone: tzinfo = UTC) -> Shown:
    """The texts of a language, with times in a zone; a user's own advice goes first."""
    table = causes.table()
    advised = rules.advised(table) if rules else table
    return Shown(advised, translator(language, zone), causes.messages())
