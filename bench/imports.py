"""What importing the handler costs over importing the three packages it cannot do without."""

import statistics
import subprocess
import sys
from dataclasses import dataclass

NEEDED = "import boto3, slack_sdk, aws_lambda_powertools"
HANDLER = "import sfn_digest.handler"
ROOMS = "import sfn_digest.handler, sfn_digest.invocation"


@dataclass(frozen=True)
class ImportTimes:
    """Medians in seconds, of fresh processes in turn; `rooms` is all that a report needs."""

    needed: float
    handler: float
    rooms: float

    @property
    def ratio(self) -> float:
        """How many times the packages' own import the handler's takes."""
        return self.handler / self.needed


def measure(runs: int = 15) -> ImportTimes:
    """Import each in turn in a fresh process, `runs` times after one warm-up."""
    for code in (NEEDED, ROOMS):
        _seconds(code)
    turns = [(_seconds(NEEDED), _seconds(HANDLER), _seconds(ROOMS)) for _ in range(runs)]
    return ImportTimes(*(statistics.median(times) for times in zip(*turns, strict=True)))


def _seconds(code: str) -> float:
    """The time of the imports alone, by the process's own clock."""
    timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    ran = subprocess.run([sys.executable, "-c", timed], check=True, capture_output=True, text=True)
    return float(ran.stdout)
