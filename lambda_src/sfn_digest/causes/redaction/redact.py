"""The one way in: which searches a text needs, and the text without what they found."""

import re
from functools import lru_cache

from sfn_digest.causes.redaction import headers, names
from sfn_digest.causes.redaction.addresses import find_addresses, find_urls, find_webhooks
from sfn_digest.causes.redaction.commands import find_options
from sfn_digest.causes.redaction.opaque import find_opaque, find_pem
from sfn_digest.causes.redaction.pairs import find_pairs
from sfn_digest.causes.redaction.spans import MAIL, MASK, Span, Text, masked
from sfn_digest.causes.redaction.tokens import find_tokens

# Words and small numbers: half of all messages are no more.
_WORDS = re.compile(
    r"(?:[A-Z]{0,8}+[a-z]++|[A-Z]{1,11}(?![A-Za-z])|[ .,;()!/]++"
    r"|(?<![A-Za-z0-9])\d{1,5}(?![A-Za-z0-9]))*+"
)
# No token is without so long a run.
_RUN = re.compile(r"[A-Za-z0-9_.+/=~:$-]{14}")


def redact(text: str) -> str:
    """The text with secrets, tokens, e-mail addresses and signed URLs masked."""
    read = Text.of(text)
    if _is_plain(text, read.small):
        return text
    spans = _found(read)
    return masked(text, spans) if spans else text


def _is_plain(text: str, small: str) -> bool:
    if not _WORDS.fullmatch(text):
        return False
    if "pass" in small or "bearer" in small or "basic" in small:
        return False
    return not ("hook" in small or "/integration" in small or "ifttt" in small)


@lru_cache(maxsize=2048)
def holds_secret(name: str) -> bool:
    """Whether redaction changes a name, or did so before; the same few come again and again."""
    return MASK in name or MAIL in name or redact(name) != name


def _found(text: Text) -> list[Span]:
    """What every search finds, each asked only where its cheap mark occurs."""
    read = text.read
    spans: list[Span] = []
    if _RUN.search(read):
        spans += find_tokens(read)
        spans += find_opaque(read)
    if "----" in read:
        spans += find_pem(read)
    if "://" in read:
        spans += find_urls(read)
    if "hook" in read or "/integration" in read or "ifttt" in read:
        spans += find_webhooks(read)
    if "@" in read:
        spans += find_addresses(read)
    if "-" in read:
        spans += find_options(read)
    named = names.occur(text)
    if named:
        spans += find_pairs(text)
    if headers.occur(text, named=named):
        spans += headers.find_schemes(read)
    return spans
