"""How well a sample tells what all failures are: `python -m bench.sampling [--seeds N]`.

Failures are listed newest first, page by page, and read meanwhile as a scan reads them, until no
time is left: four reads to a page, as the quotas allow. What was read is then held against the
truth: whether each machine was, by how much the causes' shares are off, and how often the bounds
of the estimates hold the true numbers.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench.table import write_table
from sfn_digest.aws.pages import A_PAGE
from sfn_digest.aws.sampling import SamplePlan
from sfn_digest.model.executions import Execution
from sfn_digest.report.statistics import samples, together

END = datetime(2026, 3, 9, tzinfo=UTC)
READS = 4_200
"""Histories that a run of 15 minutes reads at the default share."""

READS_A_PAGE = 4
"""Histories read meanwhile: 5 a second, beside 1.25 lists."""

CAUSES = 12


@dataclass(frozen=True, slots=True)
class Account:
    """Failures by machine, newest first, and the cause of each by its ARN."""

    machines: Mapping[str, Sequence[Execution]]
    cause: Mapping[str, str]

    def truth(self, machine: str | None = None) -> Counter[str]:
        """How many executions failed by each cause, of one machine or all."""
        names = self.machines if machine is None else [machine]
        return Counter(self.cause[each.arn] for name in names for each in self.machines[name])


def account(random: Random, sizes: Sequence[int]) -> Account:
    """Machines of these sizes, whose causes change within the week and differ in frequency."""
    machines, cause = {}, {}
    for number, size in enumerate(sizes):
        name = f"arn:aws:states:eu-west-1:1:stateMachine:m{number:04}"
        causes = random.sample([f"cause-{n}" for n in range(CAUSES)], random.randint(1, 4))
        weights = [random.random() ** 2 + 0.02 for _ in causes]
        changed = random.random()
        executions = []
        for at in sorted(random.random() for _ in range(size)):
            stopped = END - timedelta(days=7 * at)
            arn = f"arn:aws:states:eu-west-1:1:execution:m{number:04}:{random.getrandbits(60):x}"
            # What was deployed in the middle of the week brought other causes.
            likely = weights if at < changed else weights[::-1]
            cause[arn] = random.choices(causes, likely)[0]
            executions.append(Execution(arn, name, arn[-8:], "FAILED", stopped, stopped))
        machines[name] = executions
    return Account(machines, cause)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of an account, and what was found."""

    plan: SamplePlan
    arns: frozenset[str]


def read(made: Account, reads: int = READS) -> Read:
    """Read so many failures, while pages are listed machine by machine."""
    plan = SamplePlan()
    arns: list[str] = []
    for page in _pages(made):
        plan.add(page)
        now = min(READS_A_PAGE, reads - len(arns), len(plan))
        arns += [_one(plan, made) for _ in range(now)]
    while len(arns) < reads and len(plan):
        arns.append(_one(plan, made))
    return Read(plan, frozenset(arns))


def _one(plan: SamplePlan, made: Account) -> str:
    execution = plan.take()
    plan.learned(execution.arn, made.cause[execution.arn])
    return execution.arn


def _pages(made: Account) -> Iterator[Sequence[Execution]]:
    """The first pages of all machines, then the others."""
    longest = max(map(len, made.machines.values()))
    for start in range(0, longest, A_PAGE):
        for executions in made.machines.values():
            if page := executions[start : start + A_PAGE]:
                yield page


@dataclass
class Judged:
    """How a sample compares with the truth, of any number of accounts."""

    machines: int = 0
    untouched: int = 0
    off: list[float] | None = None
    held: Counter[str] | None = None
    tried: Counter[str] | None = None


def judge(made: Account, was_read: Read, judged: Judged) -> None:
    """Hold what was read of an account against the truth."""
    judged.off = judged.off or []
    judged.held, judged.tried = judged.held or Counter(), judged.tried or Counter()
    parts = samples(list(was_read.plan.strata()), was_read.arns)
    judged.machines += len(made.machines)
    judged.untouched += len(made.machines.keys() - parts.keys())
    whole, truth = together(list(parts.values())), made.truth()
    by_cause: dict[str, list[str]] = defaultdict(list)
    by_row: dict[tuple[str, str], list[str]] = defaultdict(list)
    machine_of = {e.arn: name for name, found in made.machines.items() for e in found}
    for arn in was_read.arns:
        by_cause[made.cause[arn]].append(arn)
        by_row[machine_of[arn], made.cause[arn]].append(arn)
    for cause, number in truth.items():
        estimate = whole.estimate(by_cause[cause])
        judged.off.append(100 * abs(estimate.executions - number) / truth.total())
        judged.tried["all"] += 1
        judged.held["all"] += estimate.low <= number <= estimate.high
    for (machine, cause), arns in by_row.items():
        estimate, number = parts[machine].estimate(arns), made.truth(machine)[cause]
        judged.tried["machine"] += 1
        judged.held["machine"] += estimate.low <= number <= estimate.high


def fairness(accounts: int = 50) -> Judged:
    """Accounts of 20 to 60 machines, some of which fail a hundred times as often as others."""
    judged = Judged()
    for seed in range(accounts):
        random = Random(seed)
        sizes = [int(40 * 1.12 ** random.uniform(0, 40)) for _ in range(random.randint(20, 60))]
        made = account(random, sizes)
        judge(made, read(made), judged)
    return judged


def large(seeds: int = 20) -> Judged:
    """A thousand machines with a hundred failures each."""
    judged = Judged()
    for seed in range(seeds):
        random = Random(1_000 + seed)
        sizes = [max(1, int(random.expovariate(0.01))) for _ in range(1_000)]
        made = account(random, sizes)
        judge(made, read(made), judged)
    return judged


def one_of_many() -> tuple[int, int]:
    """One machine with 100,000 of 101,000 failures: what was read of the others, of how many."""
    made = account(Random(7), [100_000, *[50] * 20])
    was_read = read(made)
    largest = next(iter(made.machines))
    others = {e.arn for name, found in made.machines.items() if name != largest for e in found}
    return len(others & was_read.arns), len(others)


def rows(seeds: int = 20) -> Sequence[tuple[str, str]]:
    """The table of docs/sampling.md."""
    fair, thousand, (some, others) = fairness(), large(seeds), one_of_many()
    return [
        ("50 accounts: machines read", f"{fair.machines - fair.untouched:,} of {fair.machines:,}"),
        ("… causes' shares off by, on average", f"{_mean(fair):.2f} points"),
        ("… off by at most", f"{max(fair.off or [0]):.1f} points"),
        ("… bounds over all machines hold the truth", _held(fair, "all")),
        ("… bounds within a machine hold the truth", _held(fair, "machine")),
        (
            f"1,000 machines, 100,000 failures, {seeds} seeds: machines read",
            f"{thousand.machines - thousand.untouched:,} of {thousand.machines:,}",
        ),
        ("… causes' shares off by, on average", f"{_mean(thousand):.2f} points"),
        ("… bounds over all machines hold the truth", _held(thousand, "all")),
        ("… bounds within a machine hold the truth", _held(thousand, "machine")),
        (
            "One machine with 100,000 of 101,000: the others' failures read",
            f"{some:,} of {others:,}",
        ),
    ]


def _mean(judged: Judged) -> float:
    off = judged.off or [0.0]
    return sum(off) / len(off)


def _held(judged: Judged, which: str) -> str:
    held, tried = judged.held or Counter(), judged.tried or Counter()
    return f"{100 * held[which] / tried[which]:.1f}% of {tried[which]:,}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.sampling")
    parser.add_argument("--seeds", type=int, default=20)
    write_table(("samples", ""), rows(parser.parse_args(arguments).seeds))


if __name__ == "__main__":
    main()
