"""Backtest of a changed definition: the window's executions, replayed under it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np

from sfn_digest.asl.definition import Definition
from sfn_digest.i18n.message import Message
from sfn_digest.model.change import NO_CHANGE, NONE, Bounds, ChangedOutcome, ChangedState
from sfn_digest.model.executions import Failure
from sfn_digest.model.map_runs import SeenMapRun
from sfn_digest.model.successes import Successes
from sfn_digest.retry.change.distributed_maps import (
    changed_maps,
    inside_maps,
    with_map_runs,
    with_passes,
)
from sfn_digest.retry.change.fates import change_of, cut_short, not_replayed
from sfn_digest.retry.change.holders import Chains
from sfn_digest.retry.change.state import Replayed, StateReplay
from sfn_digest.retry.change.unseen_visits import Neighbors
from sfn_digest.retry.hints.machine import DOLLARS_PER_TRANSITION
from sfn_digest.retry.observations.observed_states import StateEvidence, gather
from sfn_digest.retry.outages.likelihood import Flags
from sfn_digest.retry.outages.phases import Array
from sfn_digest.retry.outages.sampler import Effort

_UNFORESEEN = 0.03
"""The share of the executions at stake that bounds are widened by, at least one, for what no draw
thought of."""


@dataclass(frozen=True, slots=True)
class Replays:
    """What a change would have brought, by state and in all."""

    states: tuple[ChangedState, ...]
    outcome: ChangedOutcome
    notes: tuple[Message, ...]


def replay_change(
    machine_arn: str,
    running: Definition,
    changed: Definition,
    failures: Sequence[Failure],
    successes: Successes | None,
    map_runs: Sequence[SeenMapRun] = (),
) -> Replays:
    """Replay the failures of one machine, and its successes where they were read.

    `map_runs` are those of its Distributed Maps in which children failed. The same arguments give
    the same numbers.
    """
    failures = list(with_map_runs(failures, running, map_runs))
    successes = with_passes(successes, running)
    found = {machine_arn: successes} if successes else {}
    gathered = gather({machine_arn: running}, failures, found)
    chains = _chains(running, gathered, failures, successes)
    evidence = [chains[e.state].evidence if e.state in chains else e for e in gathered]
    maps = changed_maps(running, changed, map_runs, successes)
    finishing = {name: each.finishing(failures) for name, each in maps.items()}
    changes = [
        (each, change)
        for each in evidence
        if (change := change_of(each, running, changed, anyway=bool(finishing.get(each.state))))
    ]
    neighbors, began = Neighbors(changed, failures, successes), _began(failures, successes)
    effort, states = Effort.shared_by(len(changes)), []
    for each, change in changes:
        saved = finishing.get(each.state, {})
        mine = chains[each.state]
        replay = StateReplay(mine, change, neighbors, successes, began, effort, saved)
        states.append((each, replay.run()))
    shown = tuple(_state(each, replayed) for each, replayed in states)
    notes = (
        *not_replayed(running, changed, evidence, successes),
        *inside_maps(maps, finishing, failures),
        *cut_short([each.state for each, replayed in states if replayed.unfinished]),
    )
    return Replays(shown, _total(running, changed, states, successes), notes)


def _chains(
    running: Definition,
    gathered: Sequence[StateEvidence],
    failures: Sequence[Failure],
    successes: Successes | None,
) -> Mapping[str, Chains]:
    """The visits of each state that the machine holds, over all attempts of those around it."""
    ended_by = {each.execution.arn: each.state for each in failures}
    return {
        each.state: Chains(each, running, ended_by, successes)
        for each in gathered
        if each.state in running.states
    }


def _began(failures: Sequence[Failure], successes: Successes | None) -> Mapping[str, float]:
    """When each execution that was read began, in epoch seconds."""
    began = {each.execution.arn: each.execution.started_at.timestamp() for each in failures}
    for read in successes.read if successes else ():
        began[read.execution.arn] = read.execution.started_at.timestamp()
    return began


def _state(evidence: StateEvidence, found: Replayed) -> ChangedState:
    fatal = {visit.execution for visit in evidence.visits if visit.fatal}
    survived = {visit.execution for visit in evidence.visits} - fatal
    return ChangedState(evidence.state, len(fatal), len(survived), _outcome([found]))


def _total(
    running: Definition,
    changed: Definition,
    states: Iterable[tuple[StateEvidence, Replayed]],
    successes: Successes | None,
) -> ChangedOutcome:
    cut = _cut_by_machine(running, changed, successes)
    return _outcome([replayed for _, replayed in states], cut)


def _cut_by_machine(running: Definition, changed: Definition, found: Successes | None) -> int:
    """Successes that took longer than the machine's new timeout allows: all of them are listed."""
    before, after = running.timeout or np.inf, changed.timeout or np.inf
    if found is None or after >= before:
        return 0
    return sum((e.stopped_at - e.started_at).total_seconds() > after for e in found.listed)


def _outcome(found: Sequence[Replayed], cut: int = 0) -> ChangedOutcome:
    if not found:
        sure = Bounds(cut, float(cut), cut)
        return ChangedOutcome(lost=sure, net=Bounds(-cut, -float(cut), -cut)) if cut else NO_CHANGE
    draws = min(len(each.attempts) for each in found)
    gone = _lost_anywhere(found, draws)
    good, taken, bad = np.zeros(draws), np.zeros(draws), np.full(draws, float(cut))
    added, seconds = np.zeros(draws), np.zeros(draws)
    for each in found:
        elsewhere = _elsewhere(each, gone, draws)
        good += _counted(each.recovered[:draws] & ~elsewhere, each)
        taken += _counted(each.caught[:draws] & ~elsewhere, each)
        bad += _counted(each.lost[:draws], each) + each.unseen_lost[:draws]
        added += each.attempts[:draws]
        seconds += each.seconds[:draws]
    error = sqrt(sum(_sampling(each, draws) ** 2 for each in found))
    failed = sum(each.fallen for each in found)
    stood = cut + sum(each.many - each.fallen + each.most_unseen for each in found)
    stake = failed + cut + sum(each.many - each.fallen + each.unseen for each in found)
    margin = max(1, ceil(_UNFORESEEN * stake)) + 2 * error
    attempts = float(added.mean())
    waits = np.concatenate([each.waits for each in found])
    return ChangedOutcome(
        recovered=_bounds(good, 0, failed, margin),
        caught=_bounds(taken, 0, failed, margin) if np.any(taken) else NONE,
        lost=_bounds(bad, 0, stood, margin),
        net=_bounds(good + taken - bad, stood, failed, margin),
        attempts=attempts,
        wait_seconds=float(seconds.mean()),
        recovery_seconds=float(np.median(waits)) if waits.size else 0.0,
        dollars=attempts * DOLLARS_PER_TRANSITION,
    )


def _counted(flags: Flags, found: Replayed) -> Array:
    """How many executions, in each draw: the sample stands for all of them."""
    result: Array = flags.sum(axis=1) * (found.many / max(1, len(found.executions)))
    return result


def _lost_anywhere(found: Sequence[Replayed], draws: int) -> Mapping[str, Flags]:
    """In which draws a state ends an execution that it did not end, by execution."""
    result: dict[str, Flags] = {}
    for each in found:
        for place in np.flatnonzero(each.newly_lost[:draws].any(axis=0)):
            name, row = each.executions[place], each.newly_lost[:draws, place]
            result[name] = result[name] | row if name in result else row
    return result


def _elsewhere(each: Replayed, gone: Mapping[str, Flags], draws: int) -> Flags:
    """Which executions another state ends that did not."""
    result = np.zeros((draws, len(each.executions)), np.bool_)
    for place, name in enumerate(each.executions):
        if name in gone:
            result[:, place] = gone[name]
    return result


def _sampling(found: Replayed, draws: int) -> float:
    """The standard error of a sample of the executions, in executions."""
    few = len(found.executions)
    if few in (0, found.many):
        return 0.0
    rate = float((found.recovered | found.caught | found.lost)[:draws].mean())
    return found.many * sqrt(max(rate * (1 - rate), 0.25 / few) / few)


def _bounds(counts: Array, least: float, most: float, margin: float) -> Bounds:
    """The bounds at 95 % of a number that differs from draw to draw: from minus `least` up to
    `most`, which are the executions at stake.
    """
    if not least + most:
        return NONE
    low, high = (float(each) for each in np.quantile(counts, (0.02, 0.98)))
    likely = float(np.mean(counts))
    return Bounds(
        low=max(-ceil(least), floor(min(low, likely) - margin)),
        likely=likely,
        high=min(ceil(most), ceil(max(high, likely) + margin)),
    )
