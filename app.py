"""The CDK app: the settings in, one stack for each Region out."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import aws_cdk as cdk

sys.path.insert(0, str(Path(__file__).parent / "lambda_src"))

from infra.bundling import BundlingError, bundle
from infra.compliance import check
from infra.hub import HubStack
from infra.settings import Settings, read_settings
from infra.stack import DigestStack
from infra.values import SettingError
from infra.warnings import node_version, node_warning
from sfn_digest.config.names import stack_of


def main() -> None:
    """Synthesise; a wrong setting or a failed download ends it with one sentence."""
    app = cdk.App()
    try:
        settings = read_settings(app.node.get_all_context() or {})
        asset = settings.asset or bundle(rules=settings.rules)
    except (SettingError, BundlingError) as wrong:
        sys.exit(str(wrong))
    _stacks(app, settings, asset)
    _warn_of_node(app)
    check(app)
    app.synth()


def _stacks(app: cdk.App, settings: Settings, asset: Path) -> None:
    if not settings.regions:
        DigestStack(app, stack_of(settings.name, None), settings=settings, asset=asset)
    for region in settings.regions:
        name = stack_of(settings.name, region)
        DigestStack(app, name, settings=settings, asset=asset, region=region)
    if settings.hub:
        name, first = stack_of(settings.of_hub().name, None), next(iter(settings.regions), None)
        HubStack(app, name, settings=settings, asset=asset, region=first)


def _warn_of_node(app: cdk.App) -> None:
    if warning := node_warning(node_version(), datetime.now(UTC).date()):
        for stack in app.node.children:
            cdk.Annotations.of(stack).add_warning_v2("sfn-digest:node", warning)


main()
