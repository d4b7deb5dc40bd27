"""The digest for plain CloudFormation: `python -m infra.template FOLDER [NAME=VALUE …]`.

Writes a template and the function's zip, which need neither Node nor the CDK where they are
deployed. The settings are docs/deploy.md's; the channel, the token's parameter excepted, is a
parameter of the template, and so is where the zip lies.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import aws_cdk as cdk

from sfn_digest.config import names
from sfn_digest.config.names import stack_of

from .bundling import BundlingError, bundle, defaults
from .settings import NAMES, Settings, read_settings
from .stack import DigestStack
from .values import SettingError
from .warnings import settings_warnings

TEMPLATE, ZIP = "sfn-digest.template.json", "sfn-digest.zip"
_ANY_CHANNEL = "C0000000000"
"""Stands for the channel until it is a parameter."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "Channel": {
        "Type": "String",
        "AllowedPattern": names.CHANNEL_ID.pattern,
        "Description": "The Slack channel's ID, such as C0123456789",
    },
    "CodeBucket": {
        "Type": "String",
        "Description": "The S3 bucket of this Region that holds the function's zip",
    },
    "CodeKey": {
        "Type": "String",
        "Default": ZIP,
        "Description": "The zip's key in the bucket; another one for each version",
    },
}


def write_template(folder: Path, settings: Settings, asset: Path) -> None:
    """Write the template and the zip of the asset into a folder; the same input, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    template = parametrized(_synthesized(settings, asset))
    (folder / TEMPLATE).write_text(json.dumps(template, indent=1) + "\n", encoding="utf-8")
    _zip(asset, folder / ZIP)


def _synthesized(settings: Settings, asset: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as out:
        app = cdk.App(outdir=out, analytics_reporting=False)
        DigestStack(
            app,
            stack_of(settings.name, None),
            settings=settings,
            asset=asset,
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        app.synth()
        template: dict[str, Any] = json.loads(
            (Path(out) / f"{stack_of(settings.name, None)}.template.json").read_text()
        )
    return template


def parametrized(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with the channel and the place of the code as its parameters."""
    resources = json.loads(json.dumps(template["Resources"]))
    for resource in resources.values():
        resource.pop("Metadata", None)
        if resource["Type"] == "AWS::Lambda::Function":
            properties = resource["Properties"]
            properties["Code"] = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
            variables = properties["Environment"]["Variables"]
            if names.CHANNEL in variables:
                variables[names.CHANNEL] = {"Ref": "Channel"}
    return {**template, "Parameters": dict(PARAMETERS), "Resources": resources}


def _zip(asset: Path, file: Path) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as opened:
        for path in sorted(each for each in asset.rglob("*") if each.is_file()):
            info = ZipInfo(path.relative_to(asset).as_posix(), _LONG_AGO)
            info.external_attr, info.compress_type = _READABLE, ZIP_DEFLATED
            with path.open("rb") as source, opened.open(info, "w") as target:
                shutil.copyfileobj(source, target)


def main(folder: str, *given: str) -> None:
    """Write them with the settings that are given over cdk.json's; ends with one sentence."""
    try:
        settings = read_settings({**defaults(), "channel": _ANY_CHANNEL, **_told(given)})
        for _, warning in settings_warnings(settings):
            sys.stderr.write(f"{warning}\n")
        asset = settings.asset or bundle(rules=settings.rules)
    except (SettingError, BundlingError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        sys.exit(2)
    write_template(Path(folder), settings, asset)


def _told(given: Sequence[str]) -> dict[str, str]:
    """The settings by name. Raises SettingError."""
    values = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or name not in NAMES:
            raise SettingError(
                f"“{each}” is not a setting: give NAME=VALUE, such as window=7d; "
                "docs/deploy.md lists them all."
            )
        values[name] = value
    return values


if __name__ == "__main__":
    main(*sys.argv[1:])
