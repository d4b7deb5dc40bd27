"""The only room that speaks to AWS: tagged machines, counts, executions, histories.

It shares the quotas of its calls with production, so every call goes through a governor.
"""

from sfn_digest.aws.account import Account, open_account
from sfn_digest.aws.child_executions import ChildRoles
from sfn_digest.aws.histories import event_from_boto
from sfn_digest.aws.usage import ApiUsage

__all__ = ["Account", "ApiUsage", "ChildRoles", "event_from_boto", "open_account"]
