"""The one line for people: the part that tells, without dumps of data, redacted and capped.

Of a long text the telling part is its last cause, or who is denied what on which resource;
what stands before it is shown as far as its first words.
"""

import re
from functools import lru_cache

from sfn_digest.causes.documents import human, keys, parse, written_out
from sfn_digest.causes.redaction import redact
from sfn_digest.causes.template import without_lists
from sfn_digest.i18n.sanitize import clean

LIMIT = 300
_ERROR_LIMIT = 120
# Enough for a message after masking, and little enough for patterns to be quick.
_SHOWN = 1_000
_READ = 4_000
_DUMP = re.compile(
    r"\{\s{0,12}(?:\\{0,3}[\"'][^\"'\\]{1,80}\\{0,3}[\"']\s{0,3}:|[A-Za-z_]\w{0,60}=)"
)
_DENIED = " is not authorized to perform"
_PRINCIPAL = re.compile(
    r"(?:User:? )?[\"']?arn:[\w-]{1,20}:(?:sts|iam)::\d{0,12}:"
    r"([\w-]{1,40}/[\w+=,.@-]{1,64})\S{0,300}"
)
_RESOURCE = re.compile(r" on resource:? [\"']?[^\s\"';]{1,2048}")
# Other ways to say that something is denied, with what is denied behind them.
_ALSO_DENIED = re.compile(
    r"(?:does not|doesn't|do not|don't) have (?:the )?permission|PERMISSION_DENIED: "
    r"|Insufficient Lake Formation permission|AccessDenied(?:Exception)?: "
    r"|(?:[Aa]ccess|[Pp]ermission) (?:is )?[Dd]enied (?:when|to|for|on|while|writing|reading)"
)
_CAUSED = ("Caused by: ", "caused by: ", "Last few exceptions: ", "api error ", " Reason: ")
_BECAUSE = re.compile(r" because no [\w-]{1,40} policy allows |(?<= with an explicit deny) in an? ")
_ELLIPSIS = "\u2026"
# What remains of a line beside an error's name.
_ROOM = 240
_OPENING = 60
# Of who is denied, and of the end of what is, at least.
_SHORTEST_NAME, _LONGEST_END = 24, 80
# What wraps what: `a: b: c` without sentences, of which the last links tell.
_LINKS, _LAST_LINKS = 4, 120
_NOTHING = "{\u2026}"
# Bytes that Python wrote out, in which breaks are two letters.
_BYTES, _BREAK = re.compile(r"\(-?\d{1,6}, b['\"]"), re.compile(r"(?:\\[rn])+")
_QUOTED = re.compile(r"[\"'](?:message|Message|errorMessage)\\?[\"']: ?\\?[\"']([^\"'\\]{1,200})")
_WITHOUT_ERROR = ("ecs", "batch", "glue", "athena", "emr", "codebuild", "job", "eks", "silent")
# Types that wrap any error: the text begins with what was wrapped.
_WRAPPERS = frozenset(
    {
        "ClientError", "botocore.exceptions.ClientError", "OperationError", "MaxAttemptsError",
        "wrapError", "*fmt.wrapError", "errorString", "*errors.errorString", "joinError",
        "withStack", "fundamental",
    }
)  # fmt: skip


@lru_cache(maxsize=2048)
def show_error(error: str) -> str:
    """An error name as it may be shown; the same few come again and again."""
    return clean(redact(clean(error, _SHOWN)), _ERROR_LIMIT)


def show_text(text: str) -> str:
    """What was said as it may be shown, longer than a line's limit."""
    if len(text) > _SHOWN:
        text = without_lists(text)
    text = text[:_READ].partition("(Service: ")[0].strip() or text[:_READ]
    text = _without_dump(_BREAK.sub(" ", text) if _BYTES.match(text) else text)
    if len(text) > _SHOWN and _start(text) > _SHOWN // 2:
        text = redact(clean(text, _READ))
        start = _start(text)
        text = f"{_opening(text[:start], text[start:])}{text[start:]}"
    return redact(clean(_cut(text), _SHOWN))


def sentence(kind: str, error: str, text: str) -> str:
    """The error and the text's telling part as one line; jobs' errors are all
    States.TaskFailed and left out."""
    if len(text) > _ROOM:
        named = error and kind not in _WITHOUT_ERROR and error not in _WRAPPERS
        text = _telling(without_lists(text), LIMIT - len(f"{error}: ") if named else LIMIT)
    alone = not error or kind in _WITHOUT_ERROR or text.startswith(error)
    line = text if alone or (text and error in _WRAPPERS) else ""
    line = line or (f"{error}: {text}" if text else error)
    return line if len(line) <= LIMIT else clean(line, LIMIT)


def _without_dump(text: str) -> str:
    """An object in the midst of a message is data: only its own message is kept."""
    dump = _DUMP.search(text) if "{" in text else None
    if dump is None:
        return text
    end = text.rfind("}", dump.start()) + 1 or len(text)
    document, _ = parse(text[dump.start() : end])
    quoted = _QUOTED.search(text, dump.start(), end)
    said = human(document) or written_out(text[dump.start() : end]) or (quoted and quoted[1])
    before, said = text[: dump.start()], said or keys(document) or _NOTHING
    between = ": " if before[-1:].isalnum() and said[0] != _NOTHING[0] else ""
    whole = f"{before}{between}{said}{text[end:]}"
    return "" if whole == _NOTHING else whole


def _telling(text: str, room: int) -> str:
    denied = text.find(_DENIED)
    if denied >= 0:
        return _denial(text, denied, room)
    start = _start(text)
    if start <= 0 and text.count(": ") >= _LINKS and ". " not in text:
        start = text.find(": ", len(text) - _LAST_LINKS) + 1
    return f"{_opening(text[:start], text[start:])}{text[start:]}" if start > 0 else text


def _start(text: str) -> int:
    """Where what tells begins: who is denied something, or the last cause."""
    denied = text.find(_DENIED)
    if denied >= 0:
        who = list(_PRINCIPAL.finditer(text, 0, denied))
        return who[-1].start() if who else denied
    also = _ALSO_DENIED.search(text)
    return also.start() if also else max(text.rfind(words, _OPENING) for words in _CAUSED)


def _denial(text: str, denied: int, room: int) -> str:
    """Who may not do what on which resource: neither session nor the rule's name pushes the
    resource out of the line."""
    principals = list(_PRINCIPAL.finditer(text, 0, denied))
    said = text[denied:]
    if len(said) > _ROOM // 2:
        short = _BECAUSE.split(said)[0]
        said = short if _RESOURCE.search(short) or not _RESOURCE.search(said) else said
    if not principals or principals[-1].end() < denied:
        return f"{_opening(text[:denied], said)}{said.strip()}"
    who = principals[-1]
    told = _fitting(who[1], said, room)
    return f"{_opening(text[: who.start()], told, room)}{told}"


def _fitting(who: str, said: str, room: int) -> str:
    """Who and what in a room: first other words go, then the end of who, then the midst of what."""
    resource = _RESOURCE.search(said)
    if len(who) + len(said) > room and resource:
        said = said[: resource.end()]
    if len(who) + len(said) > room:
        kept = max(room - len(said), _SHORTEST_NAME)
        who = who if len(who) <= kept else f"{who[: kept - 1]}{_ELLIPSIS}"
    told = f"{who}{said}"
    if len(told) <= room:
        return told
    return f"{told[: room - _LONGEST_END - 1]}{_ELLIPSIS}{told[-_LONGEST_END:]}"


def _opening(text: str, told: str, most: int = 0) -> str:
    """As many first words as there is room for beside what tells; of `most` no more than that."""
    words, room = text.strip(), max(_ROOM - len(told), _OPENING)
    if most:
        room = min(room, most - len(told) - len(f" {_ELLIPSIS} "))
    if len(words) <= room:
        return f"{words} " if words else ""
    first = words[: max(room, 0)].rpartition(" ")[0]
    return f"{first} {_ELLIPSIS} " if first else ""


def _cut(text: str) -> str:
    """Cut at a space, so that half a secret does not pass for a word."""
    if len(text) <= _SHOWN:
        return text
    head, space, _ = text[:_SHOWN].rpartition(" ")
    return head if space else ""
