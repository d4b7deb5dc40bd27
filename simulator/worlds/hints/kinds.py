"""The kinds of worlds, the awkward ones included: what fails when, and for how long.

A kind makes the systems of a setting; all that varies between two worlds of a kind comes
from the setting's seed.
"""

from collections.abc import Callable, Mapping

from simulator.engine.draws import between, draw
from simulator.engine.outcomes import Attempt, Outcome, Succeeds
from simulator.engine.simulation import Start
from simulator.worlds.conditions import Concurrency, Spell, Weather
from simulator.worlds.failures import (
    TASK_FAILED,
    container_out_of_memory,
    lambda_throttled,
    lambda_unavailable,
    network_interface_late,
    partner_unavailable,
    spot_interrupted,
)
from simulator.worlds.hints.ground import (
    ECS,
    HTTP,
    LAMBDA,
    STATE,
    definition,
    exponential,
    log_uniform,
    lost,
    own_retry,
    pareto,
    regular,
    spells,
    weather,
    works,
)
from simulator.worlds.systems import DAY, HOUR, Setting, System

Kind = Callable[[Setting], list[System]]
UNAVAILABLE = "Lambda.ServiceException"
THROTTLED = "Lambda.TooManyRequestsException"


def service(
    setting: Setting,
    bad: Weather,
    *,
    every: float,
    burst: int = 1,
    lost_share: float = 0.0,
    retries: bool = True,
    name: str = "work",
) -> System:
    """A function that fails in bad weather, or always for the share of lost executions."""
    is_lost = lost(setting, name, lost_share)

    def outcome(attempt: Attempt) -> Outcome:
        if is_lost(attempt) or bad.strikes(attempt):
            return lambda_unavailable(attempt)
        return works(setting, attempt, 1, 20)

    retry = own_retry(setting, UNAVAILABLE, name) if retries else []
    starts = regular(name, setting, every, burst)
    return System(name, definition(LAMBDA, retry), starts, {STATE: outcome})


def outages(setting: Setting) -> list[System]:
    """A service is away several times a week, for minutes to an hour."""
    seed = setting.seed
    mean = log_uniform(180, 2400, seed, "mean")
    found = spells(setting, "outage", 3 + int(5 * draw(seed, "count")), exponential(mean))
    every = log_uniform(120, 900, seed, "every")
    return [service(setting, weather(setting, "outage", found), every=every)]


def blips(setting: Setting) -> list[System]:
    """A service stumbles for some twenty seconds, and nothing is retried."""
    count = 100 + int(300 * draw(setting.seed, "count"))
    found = spells(setting, "blip", count, lambda luck: 10 + 20 * luck)
    every = log_uniform(600, 1200, setting.seed, "every")
    bad = weather(setting, "blip", found)
    return [service(setting, bad, every=every, burst=5, retries=False)]


def lone_blips(setting: Setting) -> list[System]:
    """A service stumbles for a minute, and meets one execution at a time."""
    count = 100 + int(200 * draw(setting.seed, "count"))
    found = spells(setting, "blip", count, lambda luck: 20 + 70 * luck)
    every = log_uniform(300, 900, setting.seed, "every")
    return [service(setting, weather(setting, "blip", found), every=every)]


def long_outages(setting: Setting) -> list[System]:
    """Four hours of outage or more."""
    found = spells(setting, "long", 1 + int(2 * draw(setting.seed, "count")),
                   lambda luck: HOUR * (3.5 + 2 * luck))  # fmt: skip
    every = log_uniform(300, 1200, setting.seed, "every")
    return [service(setting, weather(setting, "long", found), every=every)]


def brownouts(setting: Setting) -> list[System]:
    """For hours a half of all attempts fail."""
    found = spells(
        setting, "brownout", 2 + int(4 * draw(setting.seed, "count")), exponential(2 * HOUR), 0.5
    )
    every = log_uniform(120, 900, setting.seed, "every")
    return [service(setting, weather(setting, "brownout", found), every=every)]


def heavy_tails(setting: Setting) -> list[System]:
    """Most outages last a minute or two, a few last hours."""
    count = 15 + int(25 * draw(setting.seed, "count"))
    found = spells(setting, "heavy", count, pareto(45, 0.8, 5 * HOUR))
    every = log_uniform(90, 400, setting.seed, "every")
    return [service(setting, weather(setting, "heavy", found), every=every)]


def lost_inputs(setting: Setting) -> list[System]:
    """Some inputs never succeed, though the error looks as if it would pass."""
    share = log_uniform(0.008, 0.05, setting.seed, "share")
    every = log_uniform(300, 900, setting.seed, "every")
    return [service(setting, weather(setting, "none", []), every=every, lost_share=share)]


def lost_and_outages(setting: Setting) -> list[System]:
    """Some inputs never succeed, and the service is away at times."""
    share = log_uniform(0.004, 0.02, setting.seed, "share")
    found = spells(setting, "outage", 3 + int(4 * draw(setting.seed, "count")), exponential(900))
    every = log_uniform(200, 600, setting.seed, "every")
    return [service(setting, weather(setting, "outage", found), every=every, lost_share=share)]


def partner(setting: Setting) -> list[System]:
    """A partner's API fails in background noise and in outages."""
    found = spells(setting, "partner", 2 + int(4 * draw(setting.seed, "count")), exponential(1200))
    bad = weather(setting, "partner", found, calm=log_uniform(0.003, 0.03, setting.seed, "calm"))

    def outcome(attempt: Attempt) -> Outcome:
        if bad.strikes(attempt):
            return partner_unavailable(between(0.5, 8, setting.seed, attempt.key, "fail"))
        return works(setting, attempt, 1, 30)

    retry = own_retry(setting, "States.Http.StatusCode.503")
    starts = regular("work", setting, log_uniform(200, 600, setting.seed, "every"))
    return [System("work", definition(HTTP, retry), starts, {STATE: outcome})]


def container(
    setting: Setting, reclaims: Weather, starts: Weather, lost_share: float, every: float
) -> System:
    """A Spot task: reclaimed, late to start, or out of memory for the share that is lost."""
    too_large = lost(setting, "memory", lost_share)

    def outcome(attempt: Attempt) -> Outcome:
        if starts.strikes(attempt):
            return network_interface_late(attempt)
        if too_large(attempt):
            seconds = between(200, 500, setting.seed, attempt.key, "memory")
            return container_out_of_memory(attempt, seconds)
        if reclaims.strikes(attempt):
            return spot_interrupted(attempt, between(60, 900, setting.seed, attempt.key, "at"))
        return works(setting, attempt, 400, 1200)

    retry = own_retry(setting, TASK_FAILED)
    return System("work", definition(ECS, retry), regular("work", setting, every), {STATE: outcome})


def spot(setting: Setting) -> list[System]:
    """Each attempt is reclaimed with the same probability."""
    calm = log_uniform(0.08, 0.4, setting.seed, "calm")
    every = log_uniform(900, 3600, setting.seed, "every")
    none = weather(setting, "none", [])
    return [container(setting, weather(setting, "spot", [], calm), none, 0.0, every)]


def spot_storms(setting: Setting) -> list[System]:
    """The Spot market storms for hours, and is quiet otherwise."""
    rate = between(0.5, 0.9, setting.seed, "rate")
    found = spells(setting, "storm", 2 + int(4 * draw(setting.seed, "count")),
                   lambda luck: HOUR * (1 + 5 * luck), rate)  # fmt: skip
    every = log_uniform(900, 2400, setting.seed, "every")
    reclaims = weather(setting, "storm", found, 0.03)
    return [container(setting, reclaims, weather(setting, "none", []), 0.0, every)]


def mixed_tasks(setting: Setting) -> list[System]:
    """Spot, late starts and too little memory, all of them States.TaskFailed."""
    seed = setting.seed
    late = spells(setting, "late", 2 + int(4 * draw(seed, "count")), exponential(1500))
    reclaims = weather(setting, "spot", [], log_uniform(0.05, 0.25, seed, "calm"))
    starts = weather(setting, "late", late)
    share = log_uniform(0.01, 0.08, seed, "share")
    every = log_uniform(900, 2400, seed, "every")
    return [container(setting, reclaims, starts, share, every)]


def daily(setting: Setting) -> list[System]:
    """Two jobs a day, met by an outage now and then."""
    found = spells(setting, "outage", 6, exponential(2 * HOUR))
    return [service(setting, weather(setting, "outage", found), every=DAY / 2, burst=2)]


def herd(setting: Setting) -> list[System]:
    """A schedule starts more at once than the concurrency limit lets through."""
    seed = setting.seed
    size = 12 + int(24 * draw(seed, "size"))
    slots = Concurrency(max(3, int(size * between(0.3, 0.8, seed, "slots"))))
    long = log_uniform(10, 120, seed, "long")

    def outcome(attempt: Attempt) -> Outcome:
        seconds = long * between(0.6, 1.4, seed, attempt.key, "work")
        return Succeeds(seconds) if slots.takes(attempt.now, seconds) else lambda_throttled(attempt)

    retry = own_retry(setting, THROTTLED)
    days = int((setting.end - setting.start) / (12 * HOUR)) - 1
    starts = tuple(
        Start("work", f"work-{half}-{place}", setting.start + half * 12 * HOUR + place * 0.05, {})
        for half in range(days)
        for place in range(size)
    )
    return [System("work", definition(LAMBDA, retry), starts, {STATE: outcome})]


def shared_outages(setting: Setting) -> list[System]:
    """One dependency of several machines is away, each machine seldom looking."""
    found = spells(setting, "shared", 3 + int(4 * draw(setting.seed, "count")), exponential(2400))
    bad = weather(setting, "shared", found)
    return [
        service(setting, bad, every=log_uniform(600, 2400, setting.seed, name, "every"), name=name)
        for name in ("orders", "invoices", "parcels")
    ]


def crowded_outage(setting: Setting) -> list[System]:
    """One single outage that very many executions meet."""
    begin = setting.start + between(1, 5, setting.seed, "begin") * DAY
    length = log_uniform(300, 2 * HOUR, setting.seed, "length")
    bad = weather(setting, "outage", [Spell(begin, begin + length, 1.0)])
    return [service(setting, bad, every=log_uniform(300, 600, setting.seed, "every"), burst=2)]


KINDS: Mapping[str, Kind] = {
    "outages": outages,
    "one outage": crowded_outage,
    "long outages": long_outages,
    "heavy tails": heavy_tails,
    "blips, no Retry": blips,
    "blips, met alone": lone_blips,
    "brownouts": brownouts,
    "noise and outages": partner,
    "never heals": lost_inputs,
    "never heals, and outages": lost_and_outages,
    "Spot": spot,
    "Spot storms": spot_storms,
    "Spot, starts, memory": mixed_tasks,
    "daily job": daily,
    "herd": herd,
    "shared outage": shared_outages,
}
"""Every kind by its name in the table."""

LOADED = frozenset({"herd"})
"""Kinds in which what happens depends on what other executions do."""
