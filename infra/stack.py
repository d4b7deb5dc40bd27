"""One Region's digest: the function, what asks for it, and what watches both."""

from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from infra.alarms import digest_alarms
from infra.function import digest_function
from infra.schedule import digest_schedule
from infra.settings import Settings


class DigestStack(cdk.Stack):
    """Everything that one Region of one account needs; `asset` is the Lambda's folder."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        asset: Path,
        region: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=cdk.Environment(region=region),
            description="sfn-digest: why Step Functions executions failed, posted to Slack",
        )
        digest = digest_function(self, settings, asset)
        schedule = digest_schedule(self, settings, digest)
        digest_alarms(self, settings, settings.topics_in(region), digest)
        outputs = {
            "FunctionName": digest.function.function_name,
            "ScheduleName": schedule.ref,
            "FailuresUrl": digest.failures.queue_url,
        }
        for output, value in outputs.items():
            cdk.CfnOutput(self, output, value=value)
