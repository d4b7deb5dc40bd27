"""Lambda, of which the account tells how a few functions are configured."""

from collections.abc import Mapping

from simulator.server.api import ApiError, Operation, Params, Result, required

Functions = Mapping[str, Mapping[str, str]]
"""The environment of each function, by the function's name."""


def function_operations(functions: Functions, account_id: str) -> Mapping[str, Operation]:
    """GetFunctionConfiguration of functions by name."""

    def get_configuration(params: Params) -> Result:
        name = required(params, "FunctionName")
        if name not in functions:
            raise ApiError(
                "ResourceNotFoundException", f"Function not found: {name}", http_status=404
            )
        return {
            "FunctionName": name,
            "Role": f"arn:aws:iam::{account_id}:role/sfn-digest",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "Environment": {"Variables": dict(functions[name])},
        }

    return {"GetFunctionConfiguration": get_configuration}
