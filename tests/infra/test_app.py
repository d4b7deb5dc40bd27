"""The app as the CDK runs it: a wrong setting ends it with one sentence, and no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_wrong_setting_ends_the_synth_with_one_sentence(tmp_path: Path) -> None:
    context = json.loads(Path("cdk.json").read_text(encoding="utf-8"))["context"]
    told = {"CDK_CONTEXT_JSON": json.dumps({**context, "channel": "#alerts"})}
    done = subprocess.run(
        [sys.executable, "app.py"],
        env={**os.environ, **told, "CDK_OUTDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    *_, sentence = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert sentence.startswith("channel is “#alerts”: give the channel's ID, such as C0123456789")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_cdk_nag_stops_a_finding_that_has_no_reason(synthesised: Path) -> None:
    assert "AwsSolutions-SQS4" in (synthesised / "unexplained").read_text()
