"""The packages of the command at a terminal, which the Lambda does not carry."""

from importlib.util import find_spec

from sfn_digest.errors import BadRequestError


def need(package: str, what: str) -> None:
    """Raise BadRequestError where the package that `what` needs is not installed."""
    if find_spec(package) is None:
        raise BadRequestError(
            f"{what} needs the Python package {package}, which the Lambda's packages lack: install "
            f"it with pip install {package}."
        )
