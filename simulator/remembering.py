"""What botocore works out again for each session, remembered for all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch


@contextmanager
def remembering_botocore() -> Iterator[None]:
    """Let botocore remember names of events, parameters of its own handlers, and models.

    They are always the same, and half of what opening a session costs.
    """
    # Loaded where they are used: what hands out the tests needs none of them.
    from botocore import hooks, loaders  # noqa: PLC0415

    alias: Any = vars(hooks.EventAliaser)["_alias_event_name"]
    loader, known = loaders.create_loader(), dict[str, str]()

    def aliased(self: Any, event_name: str) -> str:
        if event_name not in known:
            known[event_name] = alias(self, event_name)
        return known[event_name]

    with ExitStack() as stack:
        for place, remembered in {
            "botocore.hooks.EventAliaser._alias_event_name": aliased,
            "botocore.hooks.accepts_kwargs": cache(hooks.accepts_kwargs),
            "botocore.session.create_loader": lambda *_: loader,
        }.items():
            stack.enter_context(patch(place, remembered))
        yield
