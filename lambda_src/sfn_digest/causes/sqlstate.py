"""SQLSTATEs: the codes by which databases name their errors, in words or in a driver's dict.

ERROR: deadlock detected (SQLSTATE 40P01)          Go's pgx; also SQLState: 40P01
SQLSTATE[40001]: Serialization failure: 1213 …     PHP
40001: could not serialize access …                Npgsql
('08S01', '[08S01] [Microsoft]…')                  ODBC
{'S': 'ERROR', 'C': '42P01', 'M': 'relation …'}    redshift_connector, pg8000
"""

import re
from collections.abc import Mapping
from functools import cache

from sfn_digest.causes.lexicon import Verdict, verdict_of
from sfn_digest.causes.table import read_toml

_NAMED = re.compile(r"sqlstate[\s:=\[(]{1,3}([0-9A-Z]{5})\b", re.IGNORECASE)
_LEADING = re.compile(r"(?:\('(?=\w{5}')|)([0-9][0-9A-Z]{4})'?[:,] ")
_IN_DICT = re.compile(r"['\"]C['\"]: ?['\"]([0-9A-Z]{5})['\"]")
_SAID = re.compile(r"['\"][MD]['\"]: ?(?:'([^']{1,2000})|\"([^\"]{1,2000}))")
_WORDS = ("SQLSTATE", "SQLState", "sqlstate", "sqlState")
_READ = 4000


def by_state(text: str) -> Verdict | None:
    """The verdict on the SQLSTATE that a message names; None where it has none that tells."""
    match = _LEADING.match(text)
    if match is None and any(word in text for word in _WORDS):
        match = _NAMED.search(text[:_READ])
    if match is None:
        return None
    state = match[1].upper()
    return _states().get(state) or _states().get(state[:2])


def said(text: str) -> str:
    """What a driver's dict says (its message and detail) and its SQLSTATE; else ""."""
    if not text.startswith(("{'", '{"')):
        return ""
    state, parts = _IN_DICT.search(text[:_READ]), _SAID.findall(text[:_READ])
    if state is None or not parts:
        return ""
    words = ": ".join((one or other).strip() for one, other in parts)
    return f"{words} (SQLSTATE {state[1]})"


@cache
def _states() -> Mapping[str, Verdict]:
    rows = read_toml("sqlstates.toml")["state"]
    return {state: verdict_of(row) for row in rows for state in row["states"]}
