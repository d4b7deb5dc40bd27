"""Random numbers by key: the same key gives the same number whatever else was drawn before.

So a world replayed under another Retry meets the same weather, attempt for attempt.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def draw(seed: int, *key: object) -> float:
    """A number in [0, 1) that depends on nothing but `seed` and `key`."""
    text = "|".join(map(str, (seed, *key)))
    digest = blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def between(low: float, high: float, seed: int, *key: object) -> float:
    """A number in [low, high)."""
    return low + (high - low) * draw(seed, *key)


def pick(options: Sequence[T], seed: int, *key: object) -> T:
    """One of `options`, each as likely as the next."""
    return options[int(draw(seed, *key) * len(options))]


def identifier(seed: int, *key: object) -> str:
    """A UUID-shaped identifier for `key`."""
    text = "|".join(map(str, (seed, *key)))
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"
