"""What a report is told with: a language's words, and the table of causes in it."""

from sfn_digest import causes
from sfn_digest.causes import UserRules
from sfn_digest.i18n.english import Language, words_in
from sfn_digest.report.shown import Shown


def texts_in(language: Language, rules: UserRules | None = None) -> Shown:
    """The texts of a language; what a user's own rules advise goes before the product's."""
    table = causes.table(language)
    advised = rules.advised(table) if rules else table
    return Shown(advised, words_in(language), causes.messages(language))
