"""What stands in for AWS and Slack on one machine, started on free ports and ended after.

ministack deploys and runs, moto keeps the tags that ministack's GetResources does not see,
and the Slack emulator keeps a channel. All three know the same account.
"""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"
TOKEN = "xoxb-e2e"
OWNERS_TOKEN = "xoxp-e2e"
"""May open and close channels, as a person may and the digest's own token may not."""

ENGINES = Path("build/engines/bin").resolve()
EMULATOR = Path("node_modules/emulate/dist/index.js").resolve()
PATIENCE = 60.0
"""Seconds an engine has to answer after its start."""

SEED = f"""\
slack:
  strict_scopes: true
  channels: [{{name: sfn-digest}}, {{name: closed}}, {{name: team}}]
  users: [{{name: dev}}]
  tokens:
    - token: {TOKEN}
      user: dev
      scopes: [chat:write, channels:history, channels:read, files:write]
    - token: {OWNERS_TOKEN}
      user: dev
      scopes: [channels:manage, channels:write]
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


@dataclass(frozen=True, slots=True)
class _Engine:
    """One process; it is up once `probe` answers anything at all."""

    name: str
    command: Sequence[str]
    probe: str
    environment: Mapping[str, str]


@contextmanager
def started(folder: Path) -> Iterator[Engines]:
    """The engines, with their state and logs in `folder`."""
    engines = Engines(*(f"http://127.0.0.1:{_free_port()}" for _ in range(3)))
    with ExitStack() as running:
        for engine in (
            _ministack(engines.aws, folder),
            _moto(engines.tags),
            _slack(engines.slack, folder),
        ):
            running.enter_context(_running(engine, folder))
        yield engines


def _ministack(url: str, folder: Path) -> _Engine:
    environment = {
        "GATEWAY_PORT": _port(url),
        "BIND_HOST": "127.0.0.1",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "IOT_MTLS_ENABLED": "0",
    }
    command = [str(ENGINES / "ministack")]
    return _Engine("ministack", command, f"{url}/_ministack/health", environment)


def _moto(url: str) -> _Engine:
    command = [str(ENGINES / "moto_server"), "-H", "127.0.0.1", "-p", _port(url)]
    return _Engine("moto", command, f"{url}/moto-api/", {"MOTO_ACCOUNT_ID": ACCOUNT})


def _slack(url: str, folder: Path) -> _Engine:
    seed = folder / "seed.yaml"
    seed.write_text(SEED)
    options = ["--service", "slack", "--port", _port(url), "--seed", str(seed)]
    return _Engine("slack", ["node", str(EMULATOR), *options], url, {})


@contextmanager
def _running(engine: _Engine, folder: Path) -> Iterator[None]:
    file = folder / f"{engine.name}.log"
    environment = {**os.environ, **engine.environment}
    with (
        file.open("w") as log,
        subprocess.Popen(
            engine.command, env=environment, stdout=log, stderr=log, cwd=folder
        ) as process,
    ):
        try:
            _wait(engine.probe, file)
            yield
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _port(url: str) -> str:
    return url.rpartition(":")[2]


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
