"""How right the Retry hints are, in worlds that can be lived through again.

`python -m bench.hints [--worlds N] [--seed S]` prints a row for each kind of world, and all
totals in short. Where SFN_TRACES names a file of real times down, kinds made of these are among
them: of one half of the traces, on which no setting was chosen (`--chosen` takes the other). The
method was set on seeds below 1,000 and on 3001 to 3012; docs/hints.md says what else was looked at.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.hint_changes import WEEKS, most_changes
from bench.hint_speed import seconds_of_many
from bench.hint_table import HEAD, Policy, Row, footnotes, line, short
from bench.hint_worlds import (
    LATER,
    Kinds,
    Lived,
    Outcome,
    all_kinds,
    as_asl,
    courses,
    failures_of,
    live,
    really,
    relive,
    shortcut,
    successes_of,
)
from sfn_digest.asl.definition import read_definition
from sfn_digest.model.executions import Failure
from sfn_digest.model.successes import Successes
from sfn_digest.retry.backtest.advise import Advice, advise
from sfn_digest.retry.backtest.estimate import PRICE_OF_ATTEMPT, PRICE_OF_HOUR
from sfn_digest.retry.backtest.policies import DEADLINE, JITTERED, MOST_ATTEMPTS, RHYTHMS
from sfn_digest.retry.observations.observed_states import gather
from sfn_digest.retry.observations.shared_outages import Company
from sfn_digest.retry.outages.sampler import Effort
from simulator.records import SimMachine
from simulator.worlds.hints.kinds import KINDS, LOADED
from simulator.worlds.hints.traces import HALVES

ENOUGH = 8
"""Failures from which on a hint is expected."""
_LOADED_ATTEMPTS = (2, 4, 8)
_LOADED_RHYTHMS = (*RHYTHMS[::4], *JITTERED)


def measure(kind: str, seed: int, kinds: Kinds = KINDS) -> Row:
    """One world: its hints, lived through again, beside every other policy."""
    lived = live(kind, seed, kinds)
    row = Row(worlds=1)
    failures = failures_of(lived)
    machines = {each.arn: each for each in lived.world.machines}
    failed = {
        arn: [each for each in failures if each.execution.machine_arn == arn] for arn in machines
    }
    successes = {arn: successes_of(lived, each.name) for arn, each in machines.items()}
    advice = _advice(row, machines.values(), failures, successes)
    for arn, own in failed.items():
        if own:
            found = successes[arn]
            row.successes += len(found.listed)
            row.read += len(found.read)
            row.pages += max(1, -(-len(found.listed) // 1000))
            _measure_machine(row, lived, machines[arn], own, advice.get(arn))
    return row


def _measure_machine(
    row: Row, lived: Lived, machine: SimMachine, own: Sequence[Failure], advice: Advice | None
) -> None:
    row.failures += len(own)
    base = really(lived, machine.arn)
    errors = advice.errors if advice else tuple({each.attempts[-1].error or "" for each in own})
    judged = frozenset(
        each.name for each in lived.world.executions if each.started_at >= lived.judged
    )
    nets = dict(_nets(lived, machine.name, errors, base, judged, _longest(own)))
    best = max(0.0, *nets.values())
    row.best += best
    for policy, net in nets.items():
        row.constants[policy] += net
    hinted = advice is not None and advice.decided
    if len(own) >= ENOUGH and best >= max(1.0, len(own) / 10):
        row.helpable += 1
        row.helped += hinted
    if advice is not None:
        _judge(row, lived, machine, advice, base, judged)


def _advice(
    row: Row,
    machines: Iterable[SimMachine],
    failures: Sequence[Failure],
    successes: Mapping[str, Successes],
) -> Mapping[str, Advice]:
    """The first advice on each machine, all of them seen side by side as in a report."""
    definitions = {each.arn: read_definition(each.definition) for each in machines}
    began = time.process_time()
    evidence = gather(definitions, failures, successes)
    company = Company(evidence)
    found: dict[str, Advice] = {}
    for state in evidence:
        for each in advise(state, Effort(), company=company):
            found.setdefault(state.machine, each)
    row.seconds += time.process_time() - began
    return found


def _judge(
    row: Row,
    lived: Lived,
    machine: SimMachine,
    advice: Advice,
    base: Mapping[str, Outcome],
    judged: frozenset[str],
) -> None:
    """Live through the world again with the hint."""
    retrier = as_asl(advice.estimate.retrier)
    lived_again = courses(relive(lived, machine.name, retrier, frozenset(base)))
    again = {name: course.at_most(MOST_ATTEMPTS) for name, course in lived_again.items()}
    again = {name: again.get(name, _AT_ONCE) for name in base} | again
    names = [visit.execution.rsplit(":", 1)[1] for visit in advice.own]
    net = _net(base, again, judged)
    if not advice.decided:
        row.learn += 1
        row.learn_net += net
        row.learn_failures += len(names)
        return
    true = sum(again[name].recovered for name in names)
    found = advice.estimate.recovered
    row.hints += 1
    row.held += found.low <= true <= found.high
    if len(names) >= ENOUGH:
        row.widths.append((found.high - found.low) / advice.estimate.failures)
    row.holds.append(advice.estimate.cost.hold_seconds / 3600)
    row.net += net
    row.wrong += true == 0


def _nets(
    lived: Lived,
    name: str,
    errors: tuple[str, ...],
    base: Mapping[str, Outcome],
    judged: frozenset[str],
    longest: float,
) -> Iterator[tuple[Policy, float]]:
    """The net benefit of every policy of the grid that ends within the deadline, as every hint
    must, were each retry to fail after the `longest` that an attempt took to fail.
    """
    loaded = lived.kind in LOADED
    for rhythm in _LOADED_RHYTHMS if loaded else (*RHYTHMS, *JITTERED):
        numbers = _LOADED_ATTEMPTS if loaded else range(1, MOST_ATTEMPTS + 1)
        allowed = [each for each in numbers if rhythm.hold(each, longest) <= DEADLINE]
        if not loaded:
            retrier = as_asl(rhythm.retrier(errors, MOST_ATTEMPTS))
            found = shortcut(lived, name, retrier, base)
        for attempts in allowed:
            if loaded:
                retrier = as_asl(rhythm.retrier(errors, attempts))
                found = courses(relive(lived, name, retrier, frozenset(base)))
            again = {key: course.at_most(attempts) for key, course in found.items()}
            again = {key: again.get(key, _AT_ONCE) for key in base} | again
            yield (rhythm, attempts), _net(base, again, judged)


def _longest(failures: Iterable[Failure]) -> float:
    """Seconds that an attempt took to fail, at most."""
    return max(
        (each.failed_at - each.scheduled_at).total_seconds()
        for failure in failures
        for each in failure.attempts
        if each.scheduled_at is not None
    )


_AT_ONCE = Outcome(0.0, 0, recovered=True)


def _net(
    base: Mapping[str, Outcome], again: Mapping[str, Outcome], judged: frozenset[str]
) -> float:
    net = 0.0
    for name in again.keys() & judged:
        after, before = again[name], base.get(name, _AT_ONCE)
        net += after.recovered - before.recovered
        net -= PRICE_OF_ATTEMPT * (after.retries - before.retries)
        net -= PRICE_OF_HOUR * (after.seconds - before.seconds) / 3600
    return net


def main(given: Sequence[str] | None = None) -> int:
    """Print the table; gives the exit status. `given` are the words, by default the command's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--worlds", type=int, default=12, help="worlds of each kind")
    parser.add_argument("--seed", type=int, default=2000, help="the seed before the first")
    parser.add_argument(
        "--chosen", action="store_true", help="the traces that settings were set on"
    )
    parser.add_argument("--kind", action="append", help="only this kind")
    words = parser.parse_args(given)
    kinds = all_kinds(HALVES[0] if words.chosen else HALVES[1])
    rows: dict[str, Row] = {}
    sys.stdout.write(HEAD + "\n")
    for kind in words.kind or (*kinds, LATER):
        rows[kind] = Row()
        for seed in range(words.seed + 1, words.seed + 1 + words.worlds):
            rows[kind].add(measure(kind, seed, kinds))
        sys.stdout.write(line(kind, rows[kind]) + "\n")
        sys.stdout.flush()
    _print_totals(rows, kinds, words.seed)
    return 0


def _print_totals(rows: Mapping[str, Row], kinds: Kinds, seed: int) -> None:
    total = Row()
    for row in rows.values():
        total.add(row)
    sys.stdout.write(line("**all**", total) + "\n\n" + footnotes(total) + "\n")
    changes = most_changes(seed, {name: kinds[name] for name in rows if name in kinds})
    sys.stdout.write(short(rows, total, seconds_of_many(seed), changes, WEEKS))


if __name__ == "__main__":
    sys.exit(main())
