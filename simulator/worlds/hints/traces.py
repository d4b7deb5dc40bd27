"""Kinds of worlds in which a state fails when something real was down, by recorded times."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from simulator.engine.draws import between, draw
from simulator.engine.outcomes import Attempt, Outcome
from simulator.worlds.conditions import Spell
from simulator.worlds.failures import (
    TASK_FAILED,
    lambda_unavailable,
    no_capacity,
    partner_unavailable,
)
from simulator.worlds.hints.ground import (
    ECS,
    HTTP,
    LAMBDA,
    STATE,
    definition,
    log_uniform,
    own_retry,
    regular,
    weather,
    works,
)
from simulator.worlds.systems import DAY, Setting, System

Traces = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By kind and name: how long was looked, and when it was down, in seconds."""
Kind = Callable[[Setting], list[System]]
HALVES = ("chosen on", "judged on")
"""The settings of the hints are chosen on every other trace, and judged on the rest."""
_LONGEST = 14 * DAY
"""Nobody retries for longer than this: longer times down are no week's to look at."""


def real_kinds(traces: Traces, half: str) -> Mapping[str, Kind]:
    """The kinds of worlds by what failed, from one half of the traces of each."""
    found = {name: _half(list(traces[name].values()), half) for name in traces}
    return {
        "real: Spot capacity": lambda setting: _capacity(setting, found["spot"]),
        "real: services": lambda setting: _service(setting, found["service"]),
        "real: sites": lambda setting: _site(setting, found["site"]),
    }


def _half(found: Sequence[Mapping[str, Any]], half: str) -> Sequence[Mapping[str, Any]]:
    """Every other of them; all where there is one only."""
    return found[HALVES.index(half) :: 2] or found


def _capacity(setting: Setting, traces: Sequence[Mapping[str, Any]]) -> list[System]:
    """Tasks on Spot do not start while the zone has no capacity."""
    trace = _picked(setting, traces)
    begin = draw(setting.seed, "begin") * trace["length"]
    bad = weather(setting, "capacity", list(_spells(setting, trace, begin)))

    def outcome(attempt: Attempt) -> Outcome:
        return no_capacity(attempt) if bad.strikes(attempt) else works(setting, attempt, 400, 1200)

    every = log_uniform(300, 1800, setting.seed, "every")
    task = definition(ECS, own_retry(setting, TASK_FAILED))
    return [System("work", task, regular("work", setting, every), {STATE: outcome})]


def _service(setting: Setting, traces: Sequence[Mapping[str, Any]]) -> list[System]:
    """A function fails while a service has an incident."""
    bad = weather(setting, "service", _around_one(setting, traces))

    def outcome(attempt: Attempt) -> Outcome:
        return (
            lambda_unavailable(attempt) if bad.strikes(attempt) else works(setting, attempt, 1, 20)
        )

    every = log_uniform(120, 900, setting.seed, "every")
    task = definition(LAMBDA, own_retry(setting, "Lambda.ServiceException"))
    return [System("work", task, regular("work", setting, every), {STATE: outcome})]


def _site(setting: Setting, traces: Sequence[Mapping[str, Any]]) -> list[System]:
    """A call fails while a site is down."""
    bad = weather(setting, "site", _around_one(setting, traces))

    def outcome(attempt: Attempt) -> Outcome:
        if bad.strikes(attempt):
            return partner_unavailable(between(0.5, 8, setting.seed, attempt.key, "fail"))
        return works(setting, attempt, 1, 30)

    every = log_uniform(60, 600, setting.seed, "every")
    task = definition(HTTP, own_retry(setting, "States.Http.StatusCode.503"))
    return [System("work", task, regular("work", setting, every), {STATE: outcome})]


def _picked(setting: Setting, traces: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return traces[int(draw(setting.seed, "trace") * len(traces))]


def _around_one(setting: Setting, traces: Sequence[Mapping[str, Any]]) -> list[Spell]:
    """The times down of a week in which there is one at least."""
    trace = _picked(setting, traces)
    short = [(begin, end) for begin, end in trace["down"] if end - begin < _LONGEST]
    begin, _ = short[int(draw(setting.seed, "which") * len(short))]
    return list(_spells(setting, trace, begin - between(0.3, 5.8, setting.seed, "before") * DAY))


def _spells(setting: Setting, trace: Mapping[str, Any], begin: float) -> Iterator[Spell]:
    """The times down from `begin` of the trace on, which comes round after its end."""
    length, span = trace["length"], setting.end + _LONGEST - setting.start
    begin += setting.week * 7 * DAY
    turn = begin // length * length
    while turn < begin + span:
        for since, until in trace["down"]:
            if begin < turn + until and turn + since < begin + span:
                moved = setting.start + turn - begin
                yield Spell(moved + since, moved + until, 1.0)
        turn += length
