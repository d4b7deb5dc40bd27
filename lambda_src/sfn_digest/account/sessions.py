"""boto3's session: where every client of the room gets its Region from."""

import os

import boto3


def open_session(region: str | None = None) -> boto3.Session:
    """A session in `region`, or else in the Region that AWS's variables or the profile name.

    It may have no Region, which its clients then complain of. Raises ProfileNotFound.
    """
    # boto3 does not look at AWS_REGION, which AWS's command line and other SDKs put first.
    return boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
