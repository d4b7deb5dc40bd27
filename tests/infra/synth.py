"""Synthesise the stack in all its shapes: `python -m tests.infra.synth FOLDER`.

A process of its own, since the CDK's kernel takes seconds to start: one for all tests.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs

from infra import reader_role
from infra.compliance import check
from infra.construct import SfnDigest
from infra.hub import HubStack
from infra.settings import read_settings
from infra.stack import DigestStack

RULES = "tests/infra/rules.toml"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SHAPES: Mapping[str, Mapping[str, str]] = {
    "Default": {},
    "Named": {"name": "payments"},
    "Secret": {"token-secret": "sfn-digest/slack", "tag": "team=data"},
    "SecretArn": {"token-secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"},
    "InOneRegion": {"regions": "eu-west-1", "alarm-topic": TOPIC, "time-zone": "Asia/Tokyo"},
    "Monthly": {"schedule": "cron(0 9 1 * ? *)", "memory": "1024", "log-retention-days": "30"},
    "Daily": {
        "schedule": "rate(1 day)",
        "time-zone": "Asia/Tokyo",
        "alarm-topic": TOPIC,
        "rules": RULES,
        "map-results": "results/orders,more-results",
        "child-role": "team/sfn-digest-reader",
        "window": "36h",
    },
    "Stream": {"collect": "stream", "rules": RULES, "alarm-topic": TOPIC},
    "StreamKey": {"collect": "stream", "key-arn": KEY, "child-role": "reader"},
    "Key": {"key-arn": KEY, "schedule": "rate(8 days)", "continuations": "0"},
    "ToHub": {"hub-bucket": "acme-sfn-digest", "name": "payments"},
    "ToHubInRegion": {"hub-bucket": "acme-sfn-digest", "regions": "eu-west-1"},
}
HUBS: Mapping[str, Mapping[str, str]] = {
    "Hub": {"hub": "o-a1b2c3d4e5", "alarm-topic": TOPIC, "rules": RULES, "name": "payments"},
    "HubKey": {
        "hub": "o-a1b2c3d4e5",
        "key-arn": KEY,
        "hub-bucket": "acme-sfn-digest",
        "hub-accounts": "111122223333=orders,444455556666/us-east-1",
        "schedule": "rate(1 day)",
        "hub-schedule": "cron(0 12 * * ? *)",
    },
}


def main(folder: Path) -> None:
    """Write each shape's template, and what cdk-nag says of a stack nobody explained."""
    asset = folder / "asset"
    asset.mkdir(parents=True)
    (asset / "handler.py").write_text("")
    context = json.loads(Path("cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(folder / "out"))
    for name, changes in SHAPES.items():
        settings = read_settings({**context, "channel": "C0123456789", **changes})
        region = settings.regions[0] if settings.regions else None
        DigestStack(app, name, settings=settings, asset=asset, region=region)
    for name, changes in HUBS.items():
        settings = read_settings({**context, "channel": "C0123456789", **changes})
        HubStack(app, name, settings=settings, asset=asset)
    SfnDigest(
        cdk.Stack(app, "Others"), "Digest", channel="C0123456789", language="ja", asset=str(asset)
    )
    check(app)
    app.synth()
    (folder / "unexplained").write_text(_unexplained(folder))
    reader_role.main(str(folder / "reader.json"), "tag=team=data")
    (folder / "wrong-tag").write_text(_refused(folder / "none.json", "tag=data"))


def _unexplained(folder: Path) -> str:
    app = cdk.App(outdir=str(folder / "bad"))
    sqs.Queue(cdk.Stack(app, "Bad"), "Queue")
    check(app)
    try:
        app.synth()
    except RuntimeError as stopped:
        return str(stopped)
    return ""


def _refused(file: Path, word: str) -> str:
    try:
        reader_role.main(str(file), word)
    except SystemExit as ended:
        return str(ended.code)
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
