"""What each of Slack's refusals means to a person: one sentence and a kind (post_errors.toml)."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Literal, TypeAlias, get_args

from sfn_digest.errors import SlackError

Kind: TypeAlias = Literal["permanent", "ours", "transient", "ambiguous"]
"""permanent: a person must change something. ours: the message is at fault. transient: not
posted, and a later attempt may be. ambiguous: it may have been posted, so it must not be posted
again before somebody has looked.
"""


class SlackPostError(SlackError):
    """A message that was not posted, or may not have been; `code` is Slack's own word.

    `retry_after` is the number of seconds that Slack asks to wait, where it names one.
    """

    def __init__(
        self, code: str, kind: Kind, sentence: str, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.kind = kind
        self.retry_after = retry_after


def _sentences() -> Mapping[str, tuple[Kind, str]]:
    table = tomllib.loads(
        files(__package__).joinpath("post_errors.toml").read_text(encoding="utf-8")
    )
    phrases = table["phrase"]
    kinds: tuple[Kind, ...] = get_args(Kind)
    return {
        code: (kind, sentence.format(**phrases))
        for kind in kinds
        for code, sentence in table[kind].items()
    }


SENTENCES: Mapping[str, tuple[Kind, str]] = _sentences()
"""Every error by Slack's code: what kind it is and what a person should do."""


def post_error(
    code: str, details: Iterable[str] = (), *, retry_after: float | None = None
) -> SlackPostError:
    """Make the error of this code; `details` are Slack's own, added in brackets.

    An error that Slack has added since is permanent until somebody has looked at it.
    """
    kind, sentence = SENTENCES.get(code, ("permanent", _unknown(code)))
    reasons = "; ".join(details)
    whole = f"{sentence} ({reasons})" if reasons else sentence
    return SlackPostError(code, kind, whole, retry_after)


def _unknown(code: str) -> str:
    return f"Slack refused the message with “{code}”: see that error in Slack's API reference."
