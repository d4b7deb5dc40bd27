"""cdk-nag over the whole app, and the written reason for each finding that stays.

A finding is acknowledged where it arises, by its exact id (a wildcard names its resource),
so that a new one of the same rule still stops the synth.
"""

import aws_cdk as cdk
from constructs import IConstruct


def check(app: cdk.App) -> None:
    """Let cdk-nag's AwsSolutions pack stop the synth of anything it finds in `app`."""
    from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - others' apps may do without it

    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def acknowledge(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Let the findings with these ids stand under `construct`, each for its reason."""
    for finding, reason in reasons.items():
        rule = cdk.Acknowledgment(id=finding, reason=reason)
        cdk.Validations.of(construct).acknowledge(rule)
