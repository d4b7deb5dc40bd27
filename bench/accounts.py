"""One report on 100 accounts, three of which do not answer: `python -m bench.accounts`.

Accounts share three worlds; of the three that do not answer two hang up on every call, and one lets
nobody take its role.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from bench.table import write_table
from sfn_digest.cli import main as command
from simulator.server import serve_organization
from simulator.worlds.fleet import fleet_world

FAILURES = 20
HEADER = ("one report on many accounts", "")


@dataclass(frozen=True)
class Ran:
    """What one run came to."""

    accounts: int
    failures: int
    messages: int
    named: int
    silent: int
    seconds: float


def run(accounts: int = 100) -> Ran:
    """Read so many accounts, three of which do not answer, and post to the simulated workspace."""
    end = time.time() // 60 * 60
    made = [fleet_world(end, machines=6, failing=3, failures=FAILURES, seed=n) for n in range(3)]
    ids = [f"{200_000_000_000 + number}" for number in range(accounts)]
    silent, refusing = frozenset(ids[-3:-1]), ids[-1]
    worlds = {each: made[n % 3] for n, each in enumerate(ids) if each != refusing}
    with serve_organization(worlds, silent=silent) as served, tempfile.TemporaryDirectory() as at:
        file = Path(at) / "accounts.toml"
        file.write_text(_listed(ids, served.region), encoding="utf-8")
        environment = {**served.environment, "SLACK_BOT_TOKEN": "xoxb-simulated"}
        words = ["report", "--accounts", str(file), "--post", "C0SFNDIGEST"]
        began = time.perf_counter()
        quiet = redirect_stdout(StringIO()), redirect_stderr(StringIO())
        with patch.dict(os.environ, environment), quiet[0], quiet[1]:
            status = command(words)
        seconds = time.perf_counter() - began
        if status:
            raise RuntimeError(f"the command gave {status}")
        roots = [each for each in served.slack.messages if each.thread_ts is None]
        reported = f"{FAILURES * (accounts - 3):,} of "
        return Ran(
            accounts=accounts,
            failures=FAILURES * (accounts - 3) if roots[0].text.startswith(reported) else 0,
            messages=len(roots),
            named=sum(each in roots[0].text for each in ids[-3:]),
            silent=3,
            seconds=seconds,
        )


def _listed(ids: Sequence[str], region: str) -> str:
    tables = [f'[[account]]\nid = "{each}"\n' for each in ids]
    return "\n".join(['role = "reader"', f'regions = ["{region}"]', *tables])


def rows(ran: Ran) -> list[tuple[str, str]]:
    """The rows of the table."""
    return [
        ("accounts", f"{ran.accounts}"),
        ("of which do not answer", f"{ran.silent}"),
        ("messages in the channel", f"{ran.messages}"),
        ("of the silent accounts named in it", f"{ran.named}"),
        ("failures of the others, counted right", f"{ran.failures:,}"),
        ("seconds", f"{ran.seconds:.0f}"),
    ]


def main() -> None:
    """Print the table."""
    write_table(HEADER, rows(run()))


if __name__ == "__main__":
    main()
