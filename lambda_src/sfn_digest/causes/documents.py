"""Reads the JSON inside a cause, also where AWS cut it at 32,768 characters.

Cut JSON is mended: the text is cut back to its last whole value and the open brackets are
closed; of very long ones the beginning is enough. JSON that was itself written as a JSON
string is opened, up to three times. Objects and tracebacks that a program wrote out are read too.
"""

import json
import re
from functools import cache
from typing import Any

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],]|"', re.DOTALL)
_MOST_DEPTH, _MOST_TOKENS, _MOST_LAYERS = 60, 1_200, 3
_MOST_KEYS, _LONGEST_KEY = 5, 60
# Not strict: messages hold line breaks as they are.
_DECODER = json.JSONDecoder(strict=False)
_CLOSERS = {"{": "}", "[": "]"}


def parse(text: str) -> tuple[Any, bool]:
    """The object or list in the text and whether it was whole; (None, True) for no JSON."""
    for _ in range(_MOST_LAYERS):
        text = text.strip()
        if not text.startswith(("{", "[", '"')):
            break
        found, whole = _read(text)
        if not isinstance(found, str):
            return (found, whole) if isinstance(found, dict | list) else (None, True)
        text = found
    return None, True


def _read(text: str) -> tuple[Any, bool]:
    try:
        return _DECODER.decode(text), True
    except (ValueError, RecursionError):
        mended = _mend(text)
    if mended is None:
        return None, True
    try:
        return _DECODER.decode(mended), False
    except (ValueError, RecursionError):
        return None, True


def _mend(text: str) -> str | None:
    open_brackets: list[str] = []
    end, closers = 0, ""
    for count, token in enumerate(_TOKEN.finditer(text)):
        mark = token.group()
        if count > _MOST_TOKENS or len(open_brackets) > _MOST_DEPTH:
            break
        if mark in _CLOSERS:
            open_brackets.append(_CLOSERS[mark])
        elif mark in ("}", "]"):
            if not open_brackets or open_brackets.pop() != mark or not open_brackets:
                return None
            end, closers = token.end(), "".join(reversed(open_brackets))
        elif mark == "," and open_brackets:
            end, closers = token.start(), "".join(reversed(open_brackets))
        elif mark == '"':
            return _close_string(text, token.start(), open_brackets) or _closed(text, end, closers)
    return _closed(text, end, closers)


def _closed(text: str, end: int, closers: str) -> str | None:
    return text[:end] + closers if end else None


def _close_string(text: str, start: int, open_brackets: list[str]) -> str | None:
    """A value that was cut inside its quotes is kept as far as it goes."""
    if not text[:start].rstrip().endswith(":"):
        return None
    cut = text.rstrip("\\")
    escape = cut.rfind("\\u", max(0, len(cut) - 6))
    if escape > start and len(cut) - escape < len("\\u0000"):
        cut = cut[:escape]
    return f'{cut}"' + "".join(reversed(open_brackets))


def pick(document: Any, *names: str) -> Any:
    """The first of the named keys an object has, in AWS's spelling or with a small first letter."""
    if not isinstance(document, dict):
        return None
    for name in names:
        value = document.get(name)
        if value is None:
            value = document.get(_small(name))
        if value is not None:
            return value
    return None


@cache
def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def words(value: Any) -> str:
    """A value as text if it is text or a number, else ""."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_MESSAGE_KEYS = (
    "errorMessage", "Message", "error_message", "ErrorMessage", "text", "Cause",
    "error_description", "Detail", "Details", "description", "reason", "Error", "errors", "Errors",
    "detailedMessage", "errorSummary", "errorMessages", "o:errorDetails", "Title", "msg", "err_msg",
    "err", "user_message", "messages", "Fault", "faultstring", "Response", "exceptionMessage",
    "httpMessage", "root_cause",
)  # fmt: skip
_MOST_NESTED = 4


def human(document: Any, depth: int = 0) -> str:
    """The words for people in an error object; "" where there are none."""
    if depth > _MOST_NESTED:
        return ""
    if isinstance(document, list):
        return next(filter(None, (human(item, depth + 1) for item in document[:5])), "")
    if not isinstance(document, dict):
        return words(document)
    for key in _MESSAGE_KEYS:
        held = pick(document, key)
        said = human(held, depth + 1) or (_of_fields(held) if key == "errors" else "")
        if said:
            return said
    status = pick(document, "Status")
    if isinstance(status, dict):
        return human(status, depth + 1)
    return words(pick(document, "value")) if "lang" in document else ""


def _of_fields(errors: Any) -> str:
    """What is wrong with the first of the fields: `{"email": ["has been taken"]}`."""
    for name, said in errors.items() if isinstance(errors, dict) else ():
        first = words(said[0] if isinstance(said, list) and said else said)
        if " " in first:
            return f"{name[:_LONGEST_KEY]}: {first}"
    return ""


_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*[A-Za-z0-9_.]{4,60}")
_STATE, _STEPS = re.compile(r"[0-9][0-9A-Z]{4}"), re.compile(r"[/.]+")
_WITHIN = ("Error", "Errors", "Fault", "Response", "body")
_KINDS = ("ErrorType", "error_type", "category", "type", "name", "Error")


def coded(document: Any) -> str:
    """The words for people in an error object, after its code if it is one that reads as words,
    and before what it says in detail."""
    said, holder = human(document), document
    # Of one word for each step, such as `path/not_found/..`
    steps = _STEPS.split(words(pick(document, "error_summary")))
    if len(steps) > 1:
        return ": ".join(filter(None, steps))
    for _ in range(_MOST_NESTED):
        holder = holder[0] if isinstance(holder, list) and holder else holder
        if not isinstance(holder, dict):
            break
        code = _code_of(holder)
        if not said:
            # Without words the code alone, if it is one: not everybody's `code` is.
            alone = words(pick(holder, "Code", "ErrorCode", "error_code"))
            said = code if code == alone and "_" in code else ""
            holder = pick(holder, *_WITHIN)
            continue
        title = words(pick(holder, "Title"))
        detail = human(pick(holder, "Details", "Detail", "longMessage", "errorCauses"), 1)
        detail = detail or _of_fields(pick(holder, "ModelState", "errors"))
        if title and title.casefold() not in said.casefold():
            said = f"{title}: {said}"
        if detail and detail not in said:
            said = f"{said.rstrip('.')}. {detail}"
        if "hint" in holder and _STATE.fullmatch(words(pick(holder, "Code"))):
            return f"{said} (SQLSTATE {holder['code']})"
        if code and code.casefold() not in said.casefold():
            return f"{code}: {said}"
        holder = pick(holder, *_WITHIN)
    return said


def _code_of(document: Any) -> str:
    code = words(pick(document, "Code", "ErrorCode", "error_code", "err_code", "exceptionCode"))
    if _CODE.fullmatch(code):
        return code
    kinds = (words(pick(document, kind)) for kind in _KINDS)
    return next((kind for kind in kinds if "_" in kind and _CODE.fullmatch(kind)), "")


def keys(document: Any) -> str:
    """The names of an object's fields, where no words for people were found in it; else ""."""
    if not isinstance(document, dict) or not document:
        return ""
    names = [" ".join(str(name).split())[:_LONGEST_KEY] for name in list(document)[:_MOST_KEYS]]
    more = ["\u2026"] if len(document) > _MOST_KEYS else []
    return "{" + ", ".join([*names, *more]) + "}"


# What objects say as Python, Java and C++ write them out, with quotes of either kind.
_WRITTEN = re.compile(
    r"(?:[{(,] ?|['\"])(errorMessage|error_message|exceptionMessage|message|Message|errmsg|str"
    r"|error_description|state_message|detail|details|description|reason|msg|errors|error|title|errorCode|exceptionCode"
    r"|code|codeName)['\"]?(?:: ?|=)"
    r"(?:b?'((?:[^'\\]|\\.){1,300}+)'|b?\"((?:[^\"\\]|\\.){1,300}+)\"|([A-Z_][A-Z_]{3,60}))"
)
_RAISED = re.compile(
    r"([A-Z]\w{0,60}(?:Error|Exception|Timeout))\((?:-?\d{1,6}, )?"
    r"(?:'((?:[^'\\]|\\.){1,300}+)'|\"((?:[^\"\\]|\\.){1,300}+)\")"
)
_ESCAPED = re.compile(r"(?:\\[rn])+")
_LONGEST_WRITTEN = 4_000


def written_out(text: str) -> str:
    """The code and the words for people in an object that is no JSON; "" where there are none."""
    found = _WRITTEN.findall(text[:_LONGEST_WRITTEN])
    values = [
        " ".join(_ESCAPED.sub(" ", one or other or bare).split()) for _, one, other, bare in found
    ]
    said = next((value for value in values if " " in value), "")
    code = next((value for value in values if value and " " not in value), "")
    if code and code in said:
        code = ""
    if not code and not said:
        raised = _RAISED.search(text[:_LONGEST_WRITTEN])
        code, said = (raised[1], raised[2] or raised[3]) if raised else ("", "")
    return ": ".join(filter(None, (code, said)))


_FRAMES, _FRAME = "Traceback (most recent call last)", '\n  File "'


def last_raised(text: str) -> str:
    """What a traceback of Python's ends with, or what stands before one that was cut: the lines of
    its code are no evidence."""
    if _FRAMES not in text:
        return text
    lines = iter(text[text.rfind(_FRAME) + 1 :].split("\n"))
    last = next((line for line in lines if line[:1].strip()), "")
    if last and not last.startswith(_FRAMES):
        return "\n".join([last, *lines])
    return text.partition(_FRAMES)[0].strip() or _FRAMES
