"""What stands in for AWS and Slack on one machine, started on free ports and ended after.

ministack deploys and runs, moto keeps the tags that ministack's GetResources does not see,
and the Slack emulator keeps a channel. All three know the same account.
"""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"
TOKEN = "xoxb-e2e"
ENGINES = Path("build/engines/bin").resolve()
EMULATOR = Path("node_modules/emulate/dist/index.js").resolve()
PATIENCE = 60.0
"""Seconds an engine has to answer after its start."""

SEED = f"""\
slack:
  strict_scopes: true
  channels: [{{name: sfn-digest}}]
  users: [{{name: dev}}]
  tokens:
    - token: {TOKEN}
      user: dev
      scopes: [chat:write, channels:history, channels:read, files:write]
"""


@dataclass(frozen=True, slots=True)
class Engines:
    """The URLs of the three engines."""

    aws: str
    tags: str
    slack: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What boto3, the CDK and pip's own need to find them, and nothing of the caller's AWS."""
        here = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **here,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API": self.tags,
        }


@contextmanager
def started(folder: Path) -> Iterator[Engines]:
    """The engines, with their state and logs in `folder`."""
    aws, tags, slack = (_free_port() for _ in range(3))
    engines = Engines(*(f"http://127.0.0.1:{port}" for port in (aws, tags, slack)))
    seed = folder / "seed.yaml"
    seed.write_text(SEED)
    ministack = {
        "GATEWAY_PORT": str(aws),
        "BIND_HOST": "127.0.0.1",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "IOT_MTLS_ENABLED": "0",
        "AWS_ENDPOINT_URL": engines.aws,
    }
    emulator = ["node", str(EMULATOR), "--service", "slack"]
    with ExitStack() as running:
        for name, command, environment, probe in (
            (
                "ministack",
                [str(ENGINES / "ministack")],
                ministack,
                f"{engines.aws}/_ministack/health",
            ),
            (
                "moto",
                [str(ENGINES / "moto_server"), "-H", "127.0.0.1", "-p", str(tags)],
                {"MOTO_ACCOUNT_ID": ACCOUNT},
                f"{engines.tags}/moto-api/",
            ),
            (
                "slack",
                [*emulator, "--port", str(slack), "--seed", str(seed)],
                {},
                f"{engines.slack}/",
            ),
        ):
            running.enter_context(_process(name, command, environment, folder))
            _wait(probe, folder / f"{name}.log")
        yield engines


@contextmanager
def _process(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[None]:
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=log, stderr=log, cwd=folder
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, log: Path) -> None:
    """Until the engine answers anything at all."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{url} did not answer; its log ends: {log.read_text()[-2000:]}")
