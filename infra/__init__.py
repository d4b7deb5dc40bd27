"""What is deployed: one stack a Region, a module a concern.

The wheel holds this folder as `sfn_digest_cdk`, for CDK apps of others, so its modules import each
other relatively:

    from sfn_digest_cdk import SfnDigest

    SfnDigest(self, "Digest", channel="C0123456789")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .construct import SfnDigest as SfnDigest

__all__ = ["SfnDigest"]


def __getattr__(name: str) -> object:
    """The construct, loaded when it is asked for: the CDK takes seconds to load."""
    if name != "SfnDigest":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .construct import SfnDigest  # noqa: PLC0415 - as said

    return SfnDigest
