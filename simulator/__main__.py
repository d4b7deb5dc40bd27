"""`make demo`: starts the simulation, and loads the digest meanwhile."""

import gc
import sys
import time
from datetime import UTC, datetime

from simulator.served import served_weeks

if __name__ == "__main__":
    started = time.monotonic()
    # It ends soon, and keeps nearly all that it makes: nothing is worth looking for meanwhile.
    gc.disable()
    sys.stderr.write("Simulating a week of an AWS account …\n")
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with served_weeks(now) as weeks:
        from simulator.demo import run

        status = run(weeks.result, now, started)
    sys.exit(status)
