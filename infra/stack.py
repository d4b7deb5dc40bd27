"""One Region's digest: the function, what asks for it, and what watches both."""

from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from .construct import SfnDigest
from .settings import Settings


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
        synthesizer: cdk.IStackSynthesizer | None = None,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=cdk.Environment(region=region),
            synthesizer=synthesizer,
            description="sfn-digest: why Step Functions executions failed, posted to Slack",
        )
        # By this name the construct leaves no trace in the names of what it makes.
        digest = SfnDigest.of(self, "Default", settings, asset)
        outputs = {
            "FunctionName": digest.function.function_name,
            "ScheduleName": digest.schedule.ref,
            "FailuresUrl": digest.failures.queue_url,
        }
        for output, value in outputs.items():
            cdk.CfnOutput(self, output, value=value)
