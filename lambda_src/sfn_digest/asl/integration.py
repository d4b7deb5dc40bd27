"""What a Task state's Resource calls."""

_OPTIMISED = "states:::"


def integration_of(resource: object) -> str:
    """The integration of a Resource, spelled as execution histories spell it.

    >>> integration_of("arn:aws:states:::ecs:runTask.sync")
    'ecs:runTask.sync'
    >>> integration_of("arn:aws:lambda:eu-west-1:123456789012:function:f")
    'lambda'
    """
    text = str(resource)
    if _OPTIMISED in text:
        return text.split(_OPTIMISED, 1)[1]
    return "activity" if ":activity:" in text else "lambda"
