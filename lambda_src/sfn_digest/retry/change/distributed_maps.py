"""Distributed Maps: their children are executions, and a Map run tolerates some that fail.

A Map run fails where too many children did, under a name of its own. So a Retry inside saves it by
saving enough children, and a Retry on the Map itself runs all children anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator

from sfn_digest.asl.definition import Definition, State, read_definition
from sfn_digest.i18n.message import Message
from sfn_digest.model.executions import DiagnosedAttempt, Failure
from sfn_digest.model.map_runs import MapRun, SeenMapRun
from sfn_digest.model.successes import Successes, SuccessfulAttempt
from sfn_digest.retry.change.fates import change_of
from sfn_digest.retry.change.holders import Chains
from sfn_digest.retry.change.state import StateReplay
from sfn_digest.retry.change.unseen_visits import Neighbors
from sfn_digest.retry.hints.machine import listed
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.outages.likelihood import Flags, Integers
from sfn_digest.retry.outages.sampler import Effort

_TOLERATED = ("ToleratedFailureCount", "ToleratedFailurePercentage")


def with_map_runs(
    failures: Iterable[Failure], running: Definition, seen: Sequence[SeenMapRun]
) -> Iterator[Failure]:
    """The failures, those that a Map run ended with an attempt of their Distributed Map.

    Its cause is that of most children, since whether it passes with time is theirs to say.
    """
    runs = {each.run.arn: each for each in seen}
    for each in failures:
        state = running.states.get(each.state or "")
        if state is None or not state.distributed or each.map_run_arn is None:
            yield each
            continue
        found, ended = runs.get(each.map_run_arn), each.execution.stopped_at
        attempt = DiagnosedAttempt(
            state=state.name,
            diagnosis=found.children[0].diagnosis if found and found.children else each.diagnosis,
            scheduled_at=found.run.started_at if found else ended,
            failed_at=ended,
            back_off=None,
            error=each.diagnosis.error,
        )
        yield replace(each, attempts=(*each.attempts, attempt))


def with_passes(found: Successes | None, running: Definition) -> Successes | None:
    """The successes, with an attempt of each Distributed Map that every execution runs."""
    maps = _on_every_way(running)
    return _with_attempts(found, maps) if found is not None and maps else found


def _on_every_way(running: Definition) -> list[str]:
    top = [each for each in running.states.values() if not each.holders]
    if any(each.type == "Choice" for each in top):
        return []
    return [each.name for each in top if each.distributed]


def _with_attempts(found: Successes, states: Sequence[str], *, alone: bool = False) -> Successes:
    """The successes that were read, with an attempt of each state, or with these alone."""
    read = []
    for each in found.read:
        began, ended = each.execution.started_at, each.execution.stopped_at
        made = tuple(SuccessfulAttempt(name, began, began if alone else ended) for name in states)
        read.append(
            replace(each, failed=(), succeeded=made)
            if alone
            else replace(each, succeeded=(*each.succeeded, *made))
        )
    return replace(found, read=tuple(read))


class ChangedMap:
    """A Distributed Map whose children are handled otherwise, or more of which may fail."""

    def __init__(
        self,
        before: State,
        after: State,
        seen: Sequence[SeenMapRun],
        passed: Successes | None,
        effort: Effort,
    ) -> None:
        """`seen` are all Map runs that were read, of any state.

        `passed` are executions in which its children succeeded, where that is known.
        """
        self._before, self._after, self._effort, self._passed = before, after, effort, passed
        self._runs = [each for each in seen if each.state == before.name and each.children]
        self._random = Generator(PCG64(crc32(f"{before.name}/children".encode())))

    @property
    def changes(self) -> bool:
        """Whether anything of that is so."""
        fields = (*_TOLERATED, *(f"{each}Path" for each in _TOLERATED))
        same = all(self._before.asl.get(each) == self._after.asl.get(each) for each in fields)
        return not same or self.changes_inside

    @property
    def changes_inside(self) -> bool:
        """Whether the states in it are handled otherwise."""
        before, after = self._inside(self._before), self._inside(self._after)
        return any(
            (mine.retriers, mine.catchers, mine.timeout, mine.heartbeat)
            != (each.retriers, each.catchers, each.timeout, each.heartbeat)
            for name, mine in before.states.items()
            if (each := after.states.get(name)) is not None
        )

    def finishing(self, parents: Sequence[Failure]) -> Mapping[str, Flags]:
        """In which draws fewer children fail than are tolerated, by execution.

        Of Map runs that were not read as many as of those that were; nothing where none was.
        """
        known = {each.run.execution_arn: self._finishes(each) for each in self._runs}
        if not known:
            return {}
        share = np.mean(list(known.values()), axis=0)
        return {
            each.execution.arn: known.get(
                each.execution.arn, self._random.random(len(share)) < share
            )
            for each in parents
            if each.state == self._before.name
        }

    def _inside(self, state: State) -> Definition:
        query = {"QueryLanguage": "JSONata"} if state.jsonata else {}
        return read_definition({**query, **state.asl.get("ItemProcessor", {})})

    @cached_property
    def _saved(self) -> Mapping[str, Flags]:
        """In which draws a child does not fail under the change, by its ARN."""
        before, after = self._inside(self._before), self._inside(self._after)
        children = [child for each in self._runs for child in each.children]
        began = {e.execution.arn: e.execution.started_at.timestamp() for e in children}
        ended_by = {each.execution.arn: each.state for each in children}
        neighbors = Neighbors(after, children, None)
        result: dict[str, Flags] = {}
        arns = {each.execution.machine_arn for each in children}
        tasks = [name for name, each in before.states.items() if each.type == "Task"]
        passed = _with_attempts(self._passed, tasks, alone=True) if self._passed else None
        known = dict.fromkeys(arns, passed) if passed else {}
        for each in gather(dict.fromkeys(arns, before), children, known):
            change = change_of(each, before, after)
            if change is not None:
                chains = Chains(each, before, ended_by, None)
                found = StateReplay(chains, change, neighbors, None, began, self._effort).run()
                saved = found.recovered | found.caught
                result |= {arn: saved[:, place] for place, arn in enumerate(found.executions)}
        return result

    def _finishes(self, seen: SeenMapRun) -> Flags:
        draws = min((len(each) for each in self._saved.values()), default=self._effort.draws)
        nobody = np.zeros(draws, np.bool_)
        saved = [self._saved.get(child.execution.arn, nobody)[:draws] for child in seen.children]
        failing = 1 - np.mean(saved, axis=0)
        counts = seen.run.items if seen.run.items.total else seen.run.executions
        failed = max(counts.failures, 1)
        left = counts.total - counts.failures - counts.succeeded
        # The failure that ended the Map run came first of those that it stopped.
        known = failed - (seen.run.status == "FAILED")
        rate = self._random.beta(known + 0.5, counts.succeeded + 0.5, draws)
        still = self._random.binomial(failed, failing) + self._random.binomial(
            max(0, left), rate * failing
        )
        # What is read is all there is, or stands for it: where every one is saved, none fails.
        many = np.where(failing > 0, np.maximum(still, 1), 0)
        return ~self._exceeded(many, counts.total, seen.run)

    def _exceeded(self, failed: Integers, items: int, run: MapRun) -> Flags:
        count, percentage = (self._limit(each, run) for each in _TOLERATED)
        many = np.zeros(failed.shape, np.bool_)
        if count:
            many |= failed > count
        if percentage:
            many |= 100 * failed > percentage * items
        return many if count or percentage else failed > 0

    def _limit(self, field: str, run: MapRun) -> float:
        given = self._after.asl.get(field)
        if isinstance(given, int | float):
            return float(given)
        ran = (run.tolerated_failure_count, run.tolerated_failure_percentage)
        is_dynamic = given is not None or f"{field}Path" in self._after.asl
        return float(ran[_TOLERATED.index(field)]) if is_dynamic else 0.0


def changed_maps(
    running: Definition,
    changed: Definition,
    seen: Sequence[SeenMapRun],
    successes: Successes | None,
) -> Mapping[str, ChangedMap]:
    """The Distributed Maps whose children fail otherwise under the change."""
    effort, certain = Effort.shared_by(1), _on_every_way(running)
    both = (
        (before, after)
        for name, before in running.states.items()
        if before.distributed and (after := changed.states.get(name)) and after.distributed
    )
    maps = {
        before.name: ChangedMap(
            before, after, seen, successes if before.name in certain else None, effort
        )
        for before, after in both
    }
    return {name: each for name, each in maps.items() if each.changes}


def inside_maps(
    maps: Mapping[str, ChangedMap],
    finishing: Mapping[str, Mapping[str, Flags]],
    failures: Sequence[Failure],
) -> Iterator[Message]:
    """What is not known of them."""
    ended = {each.state for each in failures}
    if unread := [name for name in maps if name in ended and not finishing[name]]:
        yield Message(
            "No failed child of {states} was read, so it is unknown what the change would "
            "have saved there.",
            states=listed(sorted(unread)),
        )
    if inside := [name for name, each in maps.items() if each.changes_inside]:
        yield Message(
            "Children of {states} that a retry saved are not read, so what the change would "
            "have lost there is not counted.",
            states=listed(sorted(inside)),
        )
