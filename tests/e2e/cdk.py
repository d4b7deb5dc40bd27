"""The CDK CLI as a person runs it, and the template as ministack can take it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.e2e.engines import ACCOUNT, REGION, Engines

CLI = Path("node_modules/.bin/cdk").resolve()
STACK = "SfnDigest"


class Cdk:
    """The CLI, run in the project's folder against the engines."""

    def __init__(self, engines: Engines, out: Path, stacks: tuple[str, ...] = (STACK,)) -> None:
        self._environment = {**engines.environment, **_quiet()}
        self._out = out
        self._stacks = stacks

    def bootstrap(self) -> None:
        """`cdk bootstrap`, with no app."""
        self._run("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", "")

    def synth(self, settings: Mapping[str, str]) -> None:
        """`cdk synth` with these settings, by an environment that knows no account at all."""
        told = [f"--context={name}={value}" for name, value in settings.items()]
        nobody = {name: value for name, value in self._environment.items() if name[:4] != "AWS_"}
        nobody["AWS_EC2_METADATA_DISABLED"] = "true"
        self._run("synth", "--quiet", "--output", str(self._out), *told, environment=nobody)

    def deploy(self) -> None:
        """`cdk deploy` of what was synthesised."""
        told = ("--app", str(self._out), "--require-approval", "never")
        self._run("deploy", *self._stacks, *told)

    def destroy(self) -> None:
        """`cdk destroy` of what was deployed."""
        self._run("destroy", *self._stacks, "--app", str(self._out), "--force")

    def fit_to_ministack(self, engines: Engines, scheduled_time: datetime) -> None:
        """Mend in the template what ministack cannot do: see `fitted`."""
        for stack in self._stacks:
            file = self._out / f"{stack}.template.json"
            template = json.loads(file.read_text())
            file.write_text(json.dumps(fitted(template, engines, scheduled_time)))

    def _run(self, *words: str, environment: Mapping[str, str] | None = None) -> None:
        done = subprocess.run(
            [str(CLI), *words, "--no-notices"],
            env=environment or self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"cdk {words[0]}: {(done.stdout + done.stderr)[-4000:]}"


def fitted(template: dict[str, Any], engines: Engines, scheduled_time: datetime) -> dict[str, Any]:
    """The template with what ministack cannot do mended; the product's own stays as it is.

    It refuses alarms on metric math, does not fill in `<aws.scheduler.scheduled-time>`,
    tells the function of one endpoint only, and runs it in a folder that is not /var/task.
    """
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in properties:
            properties.update(_first_metric(properties.pop("Metrics")))
        elif resource["Type"] == "AWS::Scheduler::Schedule":
            target = properties["Target"]
            assert "<aws.scheduler.scheduled-time>" in target["Input"]
            target["Input"] = target["Input"].replace(
                "<aws.scheduler.scheduled-time>", scheduled_time.isoformat()
            )
        elif resource["Type"] == "AWS::Lambda::Function":
            variables = properties["Environment"]["Variables"]
            assert variables["SFN_DIGEST_RULES"] == "/var/task/rules.toml"
            variables |= {
                "SFN_DIGEST_RULES": "rules.toml",
                "SFN_DIGEST_SETTLE_SECONDS": "0",
                "SLACK_API_URL": f"{engines.slack}/api/",
                "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API": engines.tags,
            }
    return template


def _first_metric(queries: list[dict[str, Any]]) -> dict[str, Any]:
    stat = next(query["MetricStat"] for query in queries if "MetricStat" in query)
    metric = stat["Metric"]
    return {
        "Namespace": metric["Namespace"],
        "MetricName": metric["MetricName"],
        "Dimensions": metric["Dimensions"],
        "Period": stat["Period"],
        "Statistic": stat["Stat"],
    }


def _quiet() -> Mapping[str, str]:
    """This Python first, and none of the CLI's remarks on Node."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "NODE_NO_WARNINGS": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
