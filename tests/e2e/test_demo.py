"""`make demo`: what somebody sees who tries the product first."""

import os
import subprocess
import sys


def test_the_demo_posts_its_digest_and_shows_it_in_the_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": "lambda_src:."},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "executions failed" in done.stdout.splitlines()[0]
    assert "with 6 replies and 3 files in its thread" in done.stderr
    assert "Traceback" not in done.stderr
