"""The hub's bucket in memory: what accounts send, and what the hub finds."""

from sfn_digest.model.stored import Listed


class MemoryReports:
    """Objects by their keys."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        """See aws.hub_bucket.HubBucket."""
        self.kept[key] = content

    def folders(self, under: str) -> list[str]:
        """See aws.hub_bucket.HubBucket."""
        below = (key.removeprefix(under).split("/") for key in self.kept if key.startswith(under))
        return sorted({f"{under}{parts[0]}/" for parts in below if len(parts) > 1})

    def objects(self, under: str, after: str) -> list[Listed]:
        """See aws.hub_bucket.HubBucket."""
        keys = sorted(key for key in self.kept if key.startswith(under) and key > after)
        return [Listed(key, len(self.kept[key])) for key in keys]

    def get(self, key: str, most: int) -> bytes:
        """See aws.hub_bucket.HubBucket."""
        return self.kept[key][:most]
