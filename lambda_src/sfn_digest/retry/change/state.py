"""One state under its changed handling of errors: who recovers, who is caught, who is lost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator

from sfn_digest.model.successes import Successes
from sfn_digest.retry.backtest.replay import Risk, Scene
from sfn_digest.retry.change.fates import Change, Fates, ended
from sfn_digest.retry.change.holders import Chains, levels_of
from sfn_digest.retry.change.ladder_replay import MOST_RETRIES, Anew, Course, replay
from sfn_digest.retry.change.limits import cut_off, let_finish, limit_of, still_late
from sfn_digest.retry.change.unseen_visits import Neighbors, happened, suppose
from sfn_digest.retry.observations.observed_states import causes_seen
from sfn_digest.retry.outages.likelihood import Flags
from sfn_digest.retry.outages.phases import Array
from sfn_digest.retry.outages.posterior import offsets, truths_of
from sfn_digest.retry.outages.sampler import Effort

_LONGEST = 3 * 86_400.0
"""How far the weather is looked at after a failure: longer retriers are no week's to judge."""
NO_MAP: Mapping[str, Flags] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a sample of a state's executions, in each draw.

    `recovered`, `caught` and `lost` are (draw, execution), in the order of `executions`;
    `newly_lost` are those that the state ends now and did not, whatever ended them. The
    sample stands for `many` executions, of which the state ended `fallen`. `unseen_lost` is by
    draw, of executions that were not read: about `unseen` in number, at most `most_unseen`.
    `attempts` and `seconds` are further ones in all, by draw, `waits` those of visits that
    recover. `unfinished`: a retrier allows more retries than were replayed.
    """

    executions: tuple[str, ...]
    many: int
    fallen: int
    recovered: Flags
    caught: Flags
    lost: Flags
    newly_lost: Flags
    unseen_lost: Array
    unseen: float
    most_unseen: float
    attempts: Array
    seconds: Array
    waits: Array
    unfinished: bool


class StateReplay:
    """Replays a state's visits under a change."""

    def __init__(
        self,
        chains: Chains,
        change: Change,
        neighbors: Neighbors,
        found: Successes | None,
        began: Mapping[str, float],
        effort: Effort,
        finishing: Mapping[str, Flags] = NO_MAP,
    ) -> None:
        """`began` are the starts of executions that were read, by ARN, in epoch seconds.

        `finishing`: in which draws a Distributed Map would not have failed at all, by execution.
        """
        self._finishing = finishing
        evidence = chains.evidence
        self._whole, self._change, self._began, self._effort = evidence, change, began, effort
        self._found, self._chains, self._neighbors = found, chains, neighbors
        self._levels = levels_of(change.changed, change.after, found)
        seed = crc32(f"{evidence.machine}/{evidence.state}/change".encode())
        self._random = Generator(PCG64(seed))
        self._seen = causes_seen(evidence)
        self._supposed = suppose(evidence, change.running, self._seen, found)
        every = list(dict.fromkeys(v.execution for v in evidence.visits if not v.unclear))
        stride = -(-len(every) // effort.cases) or 1
        self._many, self._executions = len(every), tuple(every[::stride])
        known = set(self._executions)
        self._cases = [
            number
            for number, visit in enumerate(evidence.visits)
            if visit.execution in known and not visit.unclear
        ]
        self._seen_visits = [evidence.visits[number] for number in self._cases]
        self._visits = [*self._seen_visits, *self._supposed.visits]
        another = neighbors.another(evidence.state)
        self._fates = Fates(change, evidence, self._seen, self._visits, another)

    def run(self) -> Replayed:
        """Replay them all."""
        course = self._course()
        real = len(self._seen_visits)
        spared = self._spared(len(course.recovers))
        recovers = (course.recovers & self._in_time(course)) | spared
        caught, lost = self._fates.endings(course, recovers)
        places = [self._executions.index(visit.execution) for visit in self._seen_visits]
        failed = np.array([ended(visit) for visit in self._seen_visits], np.bool_)
        gone = self._by_execution(lost[:, :real], places)
        fatal = self._by_execution(np.broadcast_to(failed, recovers[:, :real].shape), places)
        well = self._by_execution(recovers[:, :real] & failed, places)
        taken = self._by_execution(caught[:, :real] & failed, places)
        ran = np.array([name in self._succeeded for name in self._executions], np.bool_)
        ratio = self._many / max(1, len(self._executions))
        before = [each.retries + self._chains.other_attempts.get(each, 0) for each in self._visits]
        added = course.retries + course.others - np.array(before, np.int64)
        waited = course.seconds - np.array([each.waited for each in self._visits])
        likely, most, unseen = self._unseen(lost[:, real:], len(recovers))
        return Replayed(
            executions=self._executions,
            many=self._many,
            fallen=len({v.execution for v in self._whole.visits if ended(v)}),
            recovered=fatal & well & ~gone,
            caught=fatal & taken & ~well & ~gone,
            lost=ran & gone & ~fatal,
            newly_lost=gone & ~fatal,
            unseen_lost=unseen,
            unseen=likely,
            most_unseen=most,
            attempts=ratio * added[:, :real].sum(axis=1),
            seconds=ratio * np.where(spared, 0.0, waited)[:, :real].sum(axis=1),
            waits=course.seconds[:, :real][recovers[:, :real] & failed & ~spared[:, :real]],
            unfinished=course.unfinished,
        )

    def _course(self) -> Course:
        after, seen = self._change.after, self._seen
        limit = limit_of(after.timeout)
        seconds = {name: min(each.seconds, limit) for name, each in seen.items()}
        longest = self._longest(seconds)
        at = offsets(min(_LONGEST, longest * 1.05 + 60))
        truths = {
            name: truths_of(
                each, self._whole, self._cases, at, self._effort, self._random,
                self._supposed.visits,
            )
            for name, each in seen.items()
        }  # fmt: skip
        if self._supposed.visits:
            real = len(self._seen_visits)
            self._chances = truths[self._supposed.cause].made[:, real:, 0]
        draws = min((len(each.lost) for each in truths.values()), default=self._effort.draws)
        scene = Scene(
            self._visits,
            [Risk(name, truths[name], seconds[name], retried=True) for name in seen],
            at,
            chosen=np.arange(len(self._visits)),
            draws=np.arange(draws),
            random=self._random,
            attempts=MOST_RETRIES,
        )
        return replay(scene, self._fates.ladder, self._fates.takers, self._anew(draws))

    def _anew(self, draws: int) -> Anew:
        """What a further attempt of the states around it meets."""
        cut = Counter(visit.execution for visit in self._whole.visits if visit.unclear)
        return Anew(
            self._levels,
            np.array(
                [1 + cut[each.execution] + self._chains.beside[each] for each in self._visits],
                np.int64,
            ),
            self._neighbors.fails(self._whole.state, self._levels, draws, self._random),
            self._random,
        )

    def _longest(self, seconds: Mapping[str, float]) -> float:
        fails = max(seconds.values(), default=0.0) + max(each.lead for each in self._levels)
        ladder, inner = self._fates.ladder, 0.0
        for level in range(ladder.height):
            own = [r for r, at in zip(ladder.retriers, ladder.levels, strict=True) if at == level]
            delays = [
                each.delay(used) + fails
                for each in own
                for used in range(min(each.attempts, MOST_RETRIES))
            ]
            inner += sum(delays) + len(delays) * inner
        return inner

    def _spared(self, draws: int) -> Flags:
        change = self._change
        before, after = limit_of(change.before.timeout), limit_of(change.after.timeout)
        result = let_finish(self._visits, before, after, self._whole.durations, draws, self._random)
        for place, visit in enumerate(self._visits):
            if visit.execution in self._finishing:
                result[:, place] |= np.resize(self._finishing[visit.execution], draws)
        return result

    def _in_time(self, course: Course) -> Flags:
        """Which retries succeed before the state machine's own timeout."""
        limit = self._change.changed.timeout
        if limit is None:
            return np.ones(course.recovers.shape, np.bool_)
        took = (
            self._whole.durations[len(self._whole.durations) // 2] if self._whole.durations else 0.0
        )
        before = [self._began.get(each.execution, each.first.at) for each in self._visits]
        room = [
            max(limit - took - (each.first.failed - start), each.waited if each.recovered_at else 0)
            for each, start in zip(self._visits, before, strict=True)
        ]
        further = np.array([0.0, *(max(0.0, each.seconds - took) for each in self._levels[1:])])
        result: Flags = course.seconds + further[course.level] <= np.array(room)
        return result

    @cached_property
    def _succeeded(self) -> frozenset[str]:
        return (
            frozenset(each.execution.arn for each in self._found.read)
            if self._found
            else frozenset()
        )

    def _by_execution(self, flags: Flags, places: Sequence[int]) -> Flags:
        result = np.zeros((len(flags), len(self._executions)), np.bool_)
        for column, place in enumerate(places):
            result[:, place] |= flags[:, column]
        return result

    def _unseen(self, lost: Flags, draws: int) -> tuple[float, float, Array]:
        """How many executions that were not read are at stake, likely and at most, and how many
        would have been lost.
        """
        gone, likely, most = np.zeros(draws), 0.0, 0.0
        supposed = self._supposed
        if supposed.visits:
            failed = happened(supposed, self._chances[:draws], self._random)
            gone = gone + supposed.weight * (failed & lost).sum(axis=1)
            likely += supposed.weight * float(failed.sum(axis=1).mean())
            most += supposed.weight * len(supposed.plain)
        if self._found is not None:
            change = self._change
            before, after = limit_of(change.before.timeout), limit_of(change.after.timeout)
            cut = cut_off(self._whole.state, before, after, self._found, draws, self._random)
            retries, durations = self._fates.retries_of_timeout, self._whole.durations
            late = still_late(cut.lost(self._random), durations, after, retries, self._random)
            gone = gone + (0 if self._fates.catches_timeout else late)
            likely += cut.surely + cut.doubtful
            most += cut.surely + cut.doubtful
        return likely, most, gone
