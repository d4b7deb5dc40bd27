"""How right the Retry hints are, in worlds that can be lived through again.

`python -m bench.hints [--worlds N] [--seed S]` prints a row for each kind of world. The
method was set on seeds below 1,000; the table is of others.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.hint_worlds import (
    LATER,
    Lived,
    as_asl,
    courses,
    failures_of,
    live,
    really,
    relive,
    successes_of,
)
from sfn_digest.records import Failure
from sfn_digest.retry.advise import Advice, advise
from sfn_digest.retry.asl import read_definition
from sfn_digest.retry.estimate import PRICE_OF_HOUR, PRICE_OF_TRY, Outcome, outcome_at
from sfn_digest.retry.evidence import gather
from sfn_digest.retry.policies import JITTERED, MOST_ATTEMPTS, RHYTHMS, Rhythm
from sfn_digest.retry.weather import Effort
from sfn_digest.successes import Successes
from tests.simulator.records import SimMachine
from tests.simulator.worlds.hints.kinds import KINDS, LOADED

ENOUGH = 8
"""Failures from which on a hint is expected."""
_LOADED_ATTEMPTS = (2, 4, 8)
Policy = tuple[Rhythm, int]


@dataclass
class Row:
    """What was counted over the worlds of a kind."""

    worlds: int = 0
    failures: int = 0
    hints: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)
    net: float = 0.0
    best: float = 0.0
    constants: dict[Policy, float] = field(default_factory=lambda: defaultdict(float))
    helped: int = 0
    helpable: int = 0
    learn: int = 0
    wrong: int = 0
    successes: int = 0
    read: int = 0
    pages: int = 0
    seconds: float = 0.0

    def add(self, other: "Row") -> None:
        """Count another row in."""
        for name, value in vars(other).items():
            if name == "constants":
                for policy, net in value.items():
                    self.constants[policy] += net
            elif name == "widths":
                self.widths += value
            else:
                setattr(self, name, getattr(self, name) + value)


def measure(kind: str, seed: int) -> Row:
    """One world: its hints, lived through again, beside every other policy."""
    lived = live(kind, seed)
    row = Row(worlds=1)
    failures = failures_of(lived)
    for machine in lived.world.machines:
        own = [each for each in failures if each.execution.machine_arn == machine.arn]
        if own:
            _measure_machine(row, lived, machine, own)
    return row


def _measure_machine(row: Row, lived: Lived, machine: SimMachine, own: Sequence[Failure]) -> None:
    successes = successes_of(lived, machine.name)
    advice = _advice(row, machine, own, successes)
    row.failures += len(own)
    row.successes += len(successes.listed)
    row.read += len(successes.read)
    row.pages += max(1, -(-len(successes.listed) // 1000))
    base = really(lived, machine.arn)
    errors = advice.errors if advice else tuple({each.tries[-1].error or "" for each in own})
    judged = frozenset(
        each.name for each in lived.world.executions if each.started_at >= lived.judged
    )
    nets = dict(_nets(lived, machine.name, errors, base, judged))
    best = max(0.0, *nets.values())
    row.best += best
    for policy, net in nets.items():
        row.constants[policy] += net
    hinted = advice is not None and advice.decided
    row.learn += advice is not None and not advice.decided
    if len(own) >= ENOUGH and best >= max(1.0, len(own) / 10):
        row.helpable += 1
        row.helped += hinted
    if advice is not None and hinted:
        _judge(row, lived, machine, advice, base, judged)


def _advice(
    row: Row, machine: SimMachine, own: Sequence[Failure], successes: Successes
) -> Advice | None:
    definitions = {machine.arn: read_definition(machine.definition)}
    began = time.process_time()
    found = [
        each
        for evidence in gather(definitions, own, {machine.arn: successes})
        for each in advise(evidence, Effort())
    ]
    row.seconds += time.process_time() - began
    return found[0] if found else None


def _judge(
    row: Row,
    lived: Lived,
    machine: SimMachine,
    advice: Advice,
    base: Mapping[str, Outcome],
    judged: frozenset[str],
) -> None:
    """Live through the world again with the hint."""
    again = _outcomes(lived, machine.name, as_asl(advice.estimate.retrier), base)
    names = [visit.execution.rsplit(":", 1)[1] for visit in advice.own]
    true = sum(again[name].recovered for name in names)
    found = advice.estimate.recovered
    row.hints += 1
    row.held += found.low <= true <= found.high
    if len(names) >= ENOUGH:
        row.widths.append((found.high - found.low) / advice.estimate.failures)
    row.net += _net(base, again, judged)
    row.wrong += true == 0


def _nets(
    lived: Lived,
    name: str,
    errors: tuple[str, ...],
    base: Mapping[str, Outcome],
    judged: frozenset[str],
) -> Iterator[tuple[Policy, float]]:
    """The net benefit of every policy of the grid."""
    for rhythm in (*RHYTHMS, *JITTERED):
        if lived.kind in LOADED:
            for attempts in _LOADED_ATTEMPTS:
                retrier = as_asl(rhythm.retrier(errors, attempts))
                again = _outcomes(lived, name, retrier, base)
                yield (rhythm, attempts), _net(base, again, judged)
            continue
        retrier = as_asl(rhythm.retrier(errors, MOST_ATTEMPTS))
        found = courses(relive(lived, name, retrier, frozenset(base)))
        for attempts in range(1, MOST_ATTEMPTS + 1):
            again = {key: outcome_at(course, attempts) for key, course in found.items()}
            yield (rhythm, attempts), _net(base, again, judged)


def _outcomes(
    lived: Lived, name: str, retrier: Mapping[str, Any], base: Mapping[str, Outcome]
) -> Mapping[str, Outcome]:
    found = courses(relive(lived, name, retrier, frozenset(base)))
    again = {key: outcome_at(course, retrier["MaxAttempts"]) for key, course in found.items()}
    return {key: again.get(key, Outcome(0.0, 0, recovered=True)) for key in base} | again


def _net(
    base: Mapping[str, Outcome], again: Mapping[str, Outcome], judged: frozenset[str]
) -> float:
    net = 0.0
    for name in again.keys() & judged:
        after = again[name]
        before = base.get(name, Outcome(0.0, 0, recovered=True))
        net += after.recovered - before.recovered
        net -= PRICE_OF_TRY * (after.retries - before.retries)
        net -= PRICE_OF_HOUR * (after.seconds - before.seconds) / 3600
    return net


HEAD = (
    "| kind of world | worlds | failures | hints | bounds held | width | net / best "
    "| given where it helps | learn first | wrong |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def line(name: str, row: Row) -> str:
    """A row of the table."""
    share = f"{row.net / row.best:.2f}" if row.best > 0 else "-"
    return (
        f"| {name} | {row.worlds} | {row.failures} | {row.hints} | {_part(row.held, row.hints)} "
        f"| {f'{median(row.widths):.2f}' if row.widths else '-'} "
        f"| {row.net:.0f} / {row.best:.0f} = {share} | {_part(row.helped, row.helpable)} "
        f"| {row.learn} | {row.wrong} |"
    )


def _part(some: int, of: int) -> str:
    return f"{some}/{of} = {some / of:.2f}" if of else "-"


def main() -> int:
    """Print the table; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--worlds", type=int, default=12, help="worlds of each kind")
    parser.add_argument("--seed", type=int, default=2000, help="the seed before the first")
    parser.add_argument("--kind", action="append", choices=[*KINDS, LATER], help="only this kind")
    words = parser.parse_args()
    total = Row()
    sys.stdout.write(HEAD + "\n")
    for kind in words.kind or (*KINDS, LATER):
        row = Row()
        for seed in range(words.seed + 1, words.seed + 1 + words.worlds):
            row.add(measure(kind, seed))
        sys.stdout.write(line(kind, row) + "\n")
        sys.stdout.flush()
        total.add(row)
    sys.stdout.write(line("**all**", total) + "\n\n" + _footnotes(total))
    return 0


def _footnotes(total: Row) -> str:
    policy, constant = max(total.constants.items(), key=lambda item: item[1])
    rhythm, attempts = policy
    return (
        f"Best constant policy: {rhythm.interval} s x {rhythm.rate} up to {rhythm.max_delay} s, "
        f"{attempts} retries{', FULL jitter' if rhythm.full_jitter else ''}: {constant:.0f} "
        f"= {constant / total.best:.2f} of the best.\n"
        f"Successes read: {total.read} of {total.successes} "
        f"({100 * total.read / total.successes:.1f} %), a GetExecutionHistory call each; "
        f"all were listed in {total.pages} ListExecutions calls.\n"
        f"Weighing took {total.seconds:.0f} s of one core for {total.failures} failures.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
