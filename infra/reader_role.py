"""A role that one account's digest reads others with: `python -m infra.reader_role FILE [tag=…]`.

Writes a CloudFormation template for StackSets, which needs no credentials, no assets and no
bootstrap. The role reads, in every Region, what the digest's own function may read, and writes
nothing.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from sfn_digest.config.request import DEFAULT_TAG, parse_tag
from sfn_digest.errors import BadRequestError
from sfn_digest.model.executions import Tag

from .permissions import reads

ROLE = "sfn-digest-reader"
_NAME = "SfnDigestReader"
_SESSION = cdk.Duration.hours(1)
_READER = r"(\d{12}|arn:aws[\w-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+)"


def template(tag: Tag) -> dict[str, Any]:
    """The template; the tag is that of the state machines that may be read."""
    with tempfile.TemporaryDirectory() as out:
        app = cdk.App(outdir=out, analytics_reporting=False)
        synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        stack = cdk.Stack(
            app,
            _NAME,
            synthesizer=synthesizer,
            description="sfn-digest: lets one account read why tagged state machines failed here",
        )
        _role(stack, tag)
        app.synth()
        made: dict[str, Any] = json.loads((Path(out) / f"{_NAME}.template.json").read_text())
    for resource in made["Resources"].values():
        resource.pop("Metadata", None)
    return made


def _role(stack: cdk.Stack, tag: Tag) -> None:
    reader = cdk.CfnParameter(
        stack,
        "Reader",
        allowed_pattern=_READER,
        description="Who reads: the ARN of the role or user that runs the report, or the number of "
        "an account whose IAM policies decide",
    )
    name = cdk.CfnParameter(
        stack, "RoleName", default=ROLE, description="The role's name, the same in all accounts"
    )
    role = iam.Role(
        stack,
        "Role",
        role_name=name.value_as_string,
        assumed_by=iam.ArnPrincipal(reader.value_as_string),
        inline_policies={
            "ReadFailedExecutions": iam.PolicyDocument(statements=reads(stack, tag, region="*"))
        },
        max_session_duration=_SESSION,
        description="Lets sfn-digest read failed executions of tagged state machines",
    )
    cdk.CfnOutput(stack, "RoleArn", value=role.role_arn)


def main(file: str, *given: str) -> None:
    """Write the template to a file; a wrong word ends it with one sentence."""
    named = dict(each.partition("=")[::2] for each in given)
    if unknown := sorted(named.keys() - {"tag"}):
        sys.exit(f"{unknown[0]} is not a setting of this template: give tag=KEY=VALUE, or nothing.")
    try:
        tag = parse_tag(named.get("tag", DEFAULT_TAG))
    except BadRequestError as wrong:
        sys.exit(str(wrong))
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(template(tag), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
