"""What databases and their drivers say: a SQLSTATE or the vendor's own number, in words or in a
driver's dict. Numbers count most where the words are in the server's language.

ERROR: deadlock detected (SQLSTATE 40P01)          Go's pgx; also SQLState: 40P01
SQLSTATE[40001]: Serialization failure: 1213 …     PHP
40001: could not serialize access …                Npgsql
('08S01', '[08S01] [Microsoft]…')                  ODBC
{'S': 'ERROR', 'C': '42P01', 'M': 'relation …'}    redshift_connector, pg8000
('ERROR', '42P01', 'relation …')                   older pg8000
100038 (22018): Numeric value 'N/A' is …           Snowflake; Error 1213 (40001): … Go's MySQL
ORA-28001: the password has expired                Oracle, on any line
(1205, 'Lock wait timeout exceeded; …')            MySQL
(18456, b"Login failed for user 'a'. …")           SQL Server's pymssql
[SQL Server]Invalid object name. (208) (SQLExec…)  SQL Server's ODBC driver
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from sfn_digest.causes.lexicon import Verdict, verdict_of
from sfn_digest.causes.table import read_toml

_NAMED = re.compile(r"sqlstate[\s:=\[(]{1,3}([0-9A-Z]{5})\b", re.IGNORECASE)
_LEADING_STATE = re.compile(
    r"(?:(?:Error )?\d{3,6} \(([0-9A-Z]{5})\): |(?:\('(?=\w{5}')|)([0-9][0-9A-Z]{4})'?[:,] )"
)
# Snowflake numbers its errors with six digits, and uses states as it likes.
_OWN_STATES = re.compile(r"\d{6} \(")
_IN_DICT = re.compile(r"['\"]C['\"]: ?['\"]([0-9A-Z]{5})['\"]")
_SAID = re.compile(r"['\"][MD]['\"]: ?(?:'((?:[^'\\]|\\.){1,2000}+)|\"((?:[^\"\\]|\\.){1,2000}+))")
_IN_TUPLE = re.compile(
    r"\('(?:ERROR|FATAL|PANIC)', '([0-9A-Z]{5})', (?:'(.{1,2000}?)'|\"(.{1,2000}?)\")[,)]"
)
_ESCAPES = {r"\n": " ", r"\t": " ", r"\'": "'", r"\"": '"'}
_SPELLINGS = ("SQLSTATE", "SQLState", "sqlstate", "sqlState")
_READ = 4000
_NUMBERS = (
    ("oracle", "ORA-", re.compile(r"\bORA-(\d{5})\b")),
    ("mssql", "[SQL Server]", re.compile(r" \((\d{1,5})\) \(SQL\w{1,30}\)")),
    ("mssql", ", b", re.compile(r"^\((\d{3,5}), b['\"]")),
    ("mysql", ", ", re.compile(r"^\((\d{4}), ['\"]")),
    ("mysql", "Error ", re.compile(r"^Error (\d{4})(?: \(|: )")),
    ("snowflake", " (", re.compile(r"^(\d{6}) \([0-9A-Z]{5}\): ")),
    ("mysql", " (", re.compile(r"^(\d{4}) \([0-9A-Z]{5}\): ")),
)
"""Whose number, what must stand in the text, and where the number is."""


def by_state(text: str) -> Verdict | None:
    """The verdict on the SQLSTATE that a message names; None where it has none that tells."""
    match = _LEADING_STATE.match(text)
    if match is None and any(word in text for word in _SPELLINGS):
        match = _NAMED.search(text[:_READ])
    if match is None:
        return None
    state = match[match.lastindex or 1].upper()
    known = _states().get(state) or _states().get(state[:2])
    return replace(known, weak=True) if known and _OWN_STATES.match(text) else known


def by_number(text: str) -> Verdict | None:
    """The verdict on the first number of a vendor's that is known; other numbers say nothing."""
    for vendor, sign, pattern in _NUMBERS:
        if sign in text:
            for found in pattern.finditer(text[:_READ]):
                known = _numbers().get((vendor, int(found[1])))
                if known:
                    return known
    return None


def said_by_driver(text: str) -> str:
    """What a driver's dict or tuple says (its message and detail) and its SQLSTATE; else ""."""
    if text.startswith("('"):
        row = _IN_TUPLE.match(text)
        return f"{_unescaped(row[2] or row[3])} (SQLSTATE {row[1]})" if row else ""
    if not text.startswith(("{'", '{"')):
        return ""
    state, parts = _IN_DICT.search(text[:_READ]), _SAID.findall(text[:_READ])
    if state is None or not parts:
        return ""
    told = ": ".join(_unescaped(one or other) for one, other in parts)
    return f"{told} (SQLSTATE {state[1]})"


def _unescaped(said: str) -> str:
    for escape, meant in _ESCAPES.items():
        said = said.replace(escape, meant)
    return " ".join(said.split())


@cache
def _states() -> Mapping[str, Verdict]:
    rows = read_toml("sqlstates.toml")["state"]
    return {state: verdict_of(row) for row in rows for state in row["states"]}


@cache
def _numbers() -> Mapping[tuple[str, int], Verdict]:
    rows = read_toml("sqlstates.toml")["number"]
    return {
        (vendor, number): verdict_of(row)
        for row in rows
        for vendor in ("oracle", "mysql", "mssql", "snowflake")
        for number in row.get(vendor, ())
    }
