"""The file of a user's own rules for causes: read where the deployment or the command names it."""

from pathlib import Path

from sfn_digest.causes import UserRules, load_rules
from sfn_digest.config.text_file import text_of
from sfn_digest.errors import BadRulesError


def read_rules(path: str | None) -> UserRules | None:
    """The rules in a file; None where no file is named.

    Raises BadRulesError where it cannot be read, or where a rule does not parse.
    """
    if path is None:
        return None
    give = "the path of a TOML file such as docs/causes.md describes"
    return load_rules(text_of(Path(path), BadRulesError, give, called="The rules file"))
