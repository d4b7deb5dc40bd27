"""What `bench.hints` counts over the worlds of a kind, and how it shows it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sfn_digest.retry.backtest.policies import Rhythm

Policy = tuple[Rhythm, int]


@dataclass
class Row:
    """What was counted over the worlds of a kind."""

    worlds: int = 0
    failures: int = 0
    hints: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)
    net: float = 0.0
    best: float = 0.0
    constants: dict[Policy, float] = field(default_factory=lambda: defaultdict(float))
    helped: int = 0
    helpable: int = 0
    learn: int = 0
    learn_net: float = 0.0
    learn_failures: int = 0
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
            elif name in ("widths", "holds"):
                getattr(self, name).extend(value)
            else:
                setattr(self, name, getattr(self, name) + value)


HEAD = (
    "| kind of world | worlds | failures | hints | bounds held | width | hold, h | net / best "
    "| with what is to learn | given where it helps | learn first | wrong |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def line(name: str, row: Row) -> str:
    """A row of the table."""
    return (
        f"| {name} | {row.worlds} | {row.failures} | {row.hints} | {_part(row.held, row.hints)} "
        f"| {_median(row.widths, 2)} | {_median(row.holds, 1)} "
        f"| {row.net:.0f} / {row.best:.0f} = {_share(row.net, row.best)} "
        f"| {_share(row.net + row.learn_net, row.best)} | {_part(row.helped, row.helpable)} "
        f"| {_learn(row)} | {row.wrong} |"
    )


def _share(some: float, of: float) -> str:
    return f"{some / of:.2f}" if of > 0 else "-"


def _median(values: Sequence[float], digits: int) -> str:
    return f"{median(values):.{digits}f}" if values else "-"


def _learn(row: Row) -> str:
    if not row.learn_failures:
        return f"{row.learn}"
    return f"{row.learn} ({row.learn_net / row.learn_failures:+.2f} a failure)"


def _part(some: int, of: int) -> str:
    return f"{some}/{of} = {some / of:.2f}" if of else "-"


def short(
    rows: Mapping[str, Row],
    total: Row,
    seconds: float,
    changes: Mapping[str, int],
    weeks: int,
) -> str:
    """All totals in a table of two columns; `seconds` are those of 20,000 failures, and
    `changes` of a hint, by kind, in so many weeks.
    """
    constant = max(total.constants.values())
    held = {name: row.held / row.hints for name, row in rows.items() if row.hints}
    worst = min(held, key=lambda name: held[name])
    losses = sum(row.net < 0 for row in rows.values())
    most = max(changes.values(), default=0)
    lines = (
        (f"{total.worlds} worlds of {len(rows)} kinds, {total.failures:,} failures", ""),
        ("---", "---"),
        ("Retry hints with a figure; to learn first", f"{total.hints}; {total.learn}"),
        ("95 % bounds that held what really recovered", f"{total.held / total.hints:.3f}"),
        ("… in the kind where fewest did", f"{held[worst]:.2f} ({worst})"),
        ("width of the bounds ÷ failures, median", f"{median(total.widths):.2f}"),
        ("net benefit ÷ that of the best in hindsight", f"{total.net / total.best:.3f}"),
        ("… of the best constant retrier", f"{constant / total.best:.3f}"),
        ("… with the retriers to learn from", f"{(total.net + total.learn_net) / total.best:.3f}"),
        ("kinds in which hints did harm", f"{losses}"),
        (f"changes of a hint in {weeks} similar weeks, at most", f"{most}"),
        ("hint given where a retry would help", f"{total.helped / total.helpable:.2f}"),
        ("hints under which nothing recovered", f"{total.wrong}"),
        ("share of successes read", f"{100 * total.read / total.successes:.1f} %"),
        ("calls for it ÷ calls for the failures", f"{total.read / total.failures:.2f}"),
        ("calls to list the successes, 1,000 each", f"{total.pages}"),
        ("seconds to evaluate 20,000 failures, one core", f"{seconds:.0f}"),
    )
    return "".join(f"| {name} | {value} |\n" for name, value in lines)


def footnotes(total: Row) -> str:
    """What the table does not hold."""
    policy, constant = max(total.constants.items(), key=lambda item: item[1])
    rhythm, attempts = policy
    return (
        f"Best constant policy: {rhythm.interval} s x {rhythm.rate} up to {rhythm.max_delay} s, "
        f"{attempts} retries{', FULL jitter' if rhythm.full_jitter else ''}: {constant:.0f} "
        f"= {constant / total.best:.2f} of the best.\n"
        f"Successes read: {total.read} of {total.successes} "
        f"({100 * total.read / total.successes:.1f} %), a GetExecutionHistory call each; "
        f"{total.read / total.failures:.2f} of what the failures took; all were listed in "
        f"{total.pages} ListExecutions calls.\n"
        f"Evaluating took {total.seconds:.0f} s of one core for {total.failures} failures.\n"
    )
