"""STS and IAM, of which the account knows who the caller is, and its own alias."""

from collections.abc import Mapping

from simulator.server.api import Operation, Params, Result


def identity_operations(account_id: str) -> Mapping[str, Operation]:
    """GetCallerIdentity of the account's one simulated role session."""

    def caller(params: Params) -> Result:  # noqa: ARG001 - it takes no arguments
        session = "assumed-role/sfn-digest/simulated"
        return {
            "Arn": f"arn:aws:sts::{account_id}:{session}",
            "UserId": "AROASIMULATED:simulated",
            "Account": account_id,
        }

    return {"GetCallerIdentity": caller}


def alias_operations(alias: str | None) -> Mapping[str, Operation]:
    """ListAccountAliases: an account has one alias at most."""

    def aliases(params: Params) -> Result:  # noqa: ARG001 - there is one page at most
        return {"AccountAliases": [] if alias is None else [alias], "IsTruncated": False}

    return {"ListAccountAliases": aliases}
