"""Systems Manager's Parameter Store, of which the account keeps a few texts."""

from collections.abc import Mapping

from simulator.server.api import ApiError, Operation, Params, Result


def parameter_operations(parameters: Mapping[str, str]) -> Mapping[str, Operation]:
    """GetParameter of SecureStrings by name."""

    def get_parameter(params: Params) -> Result:
        name = str(params.get("Name", ""))
        if name not in parameters:
            raise ApiError("ParameterNotFound", f"There is no parameter {name}")
        value = parameters[name] if params.get("WithDecryption") else "AQICAHencrypted"
        return {"Parameter": {"Name": name, "Type": "SecureString", "Value": value, "Version": 1}}

    return {"GetParameter": get_parameter}
