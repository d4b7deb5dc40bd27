"""The account's alias, which says more to people than twelve digits: pleasant, never needed."""

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sfn_digest.aws.answers import UnreadableAnswerError, answered
from sfn_digest.aws.sessions import RoleCredentials, open_session
from sfn_digest.i18n.sanitize import clean

LONGEST = 63
"""Characters of an alias (IAM user guide)."""

_SECONDS = 2


def read_alias(region: str, role: RoleCredentials | None = None) -> str | None:
    """The account's alias, by one call that is not tried again.

    None where there is none, and also where it may not be asked or IAM cannot be reached, as
    from a subnet without a way out: nobody is to wait for it, or to read why it is missing.
    """
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
    )
    try:
        client = open_session(region, role).client("iam", config=config)
        aliases = answered(
            client.list_account_aliases, lambda answer: answer.texts("AccountAliases")
        )
    except (BotoCoreError, ClientError, UnreadableAnswerError, ValueError):
        return None
    return clean(aliases[0], LONGEST) if aliases else None
