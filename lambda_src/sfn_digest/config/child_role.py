"""The role that children of other accounts are read with: its name, which is the same in each."""

import re

from sfn_digest.errors import BadRequestError
from sfn_digest.i18n.sanitize import quoted

_NAME = re.compile(r"(?:[\w+=,.@-]+/){0,8}[\w+=,.@-]{1,64}", re.ASCII)
"""What IAM allows in a role's name, after its path if it has one."""


def parse_child_role(text: str) -> str | None:
    """The name of the role; None where there is none. Raises BadRequestError."""
    name = text.strip().removeprefix("/")
    if name and not _NAME.fullmatch(name):
        raise BadRequestError(
            f"child-role is {quoted(text)}, which is not the name of an IAM role: give its name "
            "alone, which is the same in every account, such as sfn-digest-reader."
        )
    return name or None
