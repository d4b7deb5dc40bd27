"""What a state machine's own tags say to the digest: whose it is, and how it is reported.

Each tag is read by itself: one that cannot be understood is as if it were not there, and its key
is given back, so that the report can say so.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from sfn_digest.causes import table
from sfn_digest.config.deadline import deadline_seconds
from sfn_digest.config.names import CHANNEL_ID
from sfn_digest.i18n.message import Message, Msgid
from sfn_digest.i18n.sanitize import clean, listed
from sfn_digest.model.machine_tags import ABORTED, MachineTags

PREFIX = "sfn-digest:"
OWNER = f"{PREFIX}owner"
CHANNEL = f"{PREFIX}channel"
RUNBOOK = f"{PREFIX}runbook"
ENVIRONMENT = f"{PREFIX}environment"
DEADLINE = f"{PREFIX}deadline"
EXPECTED = f"{PREFIX}expected"
KEYS = (OWNER, CHANNEL, RUNBOOK, ENVIRONMENT, DEADLINE, EXPECTED)

LONGEST_NAME = 64
"""Characters of an owner or an environment that are shown."""

WHAT_TO_GIVE: Mapping[str, Msgid] = {
    OWNER: Msgid(
        "The tag {tag} of {machines} is not understood: give a name, or a Slack member or user "
        "group ID such as U0123456789 or S0123456789."
    ),
    CHANNEL: Msgid(
        "The tag {tag} of {machines} is not understood: give a channel's ID such as C0123456789."
    ),
    RUNBOOK: Msgid(
        "The tag {tag} of {machines} is not understood: give an address that begins with https://."
    ),
    ENVIRONMENT: Msgid(
        "The tag {tag} of {machines} is not understood: give a name such as prod or staging."
    ),
    DEADLINE: Msgid(
        "The tag {tag} of {machines} is not understood: give a length such as 30m, 2h or 1d."
    ),
    EXPECTED: Msgid(
        "The tag {tag} of {machines} is not understood: give causes, error names or aborted, "
        "separated by spaces."
    ),
}
"""What is said of a tag that is not understood, by its key."""

UNKNOWN = Msgid("The tag {tag} of {machines} is unknown: use {tags}.")


class NotUnderstoodError(ValueError):
    """The value of a tag makes no sense."""


def read_machine_tags(tags: Mapping[str, str]) -> tuple[MachineTags, tuple[str, ...]]:
    """What a machine's tags say, and the keys of those that are not understood."""
    wrong = [key for key in tags if key.startswith(PREFIX) and key not in KEYS]

    def read(key: str, parse: Callable[[str], str | float | tuple[str, ...]]) -> object:
        # An empty tag is how some tools write none.
        if not (text := tags.get(key, "").strip()):
            return None
        try:
            return parse(text)
        except NotUnderstoodError:
            wrong.append(key)
            return None

    said = {
        "owner": read(OWNER, _name),
        "channel": read(CHANNEL, _channel),
        "runbook": read(RUNBOOK, _address),
        "environment": read(ENVIRONMENT, _name),
        "deadline_seconds": read(DEADLINE, _deadline),
        "expected": read(EXPECTED, _expected),
    }
    known = {name: value for name, value in said.items() if value is not None}
    return MachineTags(**known), tuple(wrong)  # type: ignore[arg-type]


def tags_not_understood(found: Mapping[str, Mapping[str, str]]) -> Sequence[Message]:
    """A sentence for each tag that is not understood, of machines' tags by their ARNs."""
    machines: dict[str, list[str]] = {}
    for arn, tags in found.items():
        for key in read_machine_tags(tags)[1]:
            machines.setdefault(key, []).append(arn.rsplit(":", 1)[1])
    return [not_understood(key, listed(names)) for key, names in sorted(machines.items())]


def channels_of(found: Mapping[str, Mapping[str, str]]) -> Mapping[str, Sequence[str]]:
    """The names of the machines that each channel gets by their tag, by its ID."""
    machines: dict[str, list[str]] = {}
    for arn, tags in found.items():
        if channel := read_machine_tags(tags)[0].channel:
            machines.setdefault(channel, []).append(arn.rsplit(":", 1)[1])
    return machines


def not_understood(key: str, machines: Message) -> Message:
    """What is said of a tag that is not understood, on the `machines` that carry it."""
    if key not in KEYS:
        shown = clean(key, LONGEST_NAME)
        return Message(UNKNOWN, tag=shown, machines=machines, tags=KEYS)
    return Message(WHAT_TO_GIVE[key], tag=key, machines=machines)


def _name(text: str) -> str:
    if not (name := clean(text, LONGEST_NAME)):
        raise NotUnderstoodError
    return name


def _channel(text: str) -> str:
    if not CHANNEL_ID.fullmatch(text):
        raise NotUnderstoodError
    return text


def _address(text: str) -> str:
    """An address that may be linked: https, with a host, and nothing that ends a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise NotUnderstoodError from None
    plain = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    if not plain or not re.fullmatch(r"[\x21-\x7e]+", text) or re.search(r"[<>|\"`\\]", text):
        raise NotUnderstoodError
    return text


def _deadline(text: str) -> float:
    seconds = deadline_seconds(text)
    if seconds is None:
        raise NotUnderstoodError
    return seconds


def _expected(text: str) -> tuple[str, ...]:
    """Ids of causes, error names and `aborted`, each once."""
    words = tuple(dict.fromkeys(text.split()))
    if any(_is_misspelt(word) for word in words):
        raise NotUnderstoodError
    return words


def _is_misspelt(word: str) -> bool:
    """Whether it is hardly an error's name, and yet no cause: those are in small letters."""
    causes = (*table(), ABORTED)
    if word in causes or not re.fullmatch(r"[a-z0-9_]+", word):
        return False
    return bool(get_close_matches(word, causes, n=1, cutoff=0.8))
