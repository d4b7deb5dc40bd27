"""The hub's S3 bucket: an account puts its report there, and the hub lists and reads them all."""

from collections.abc import Callable, Iterator
from typing import Any

from sfn_digest.aws.answers import Answer
from sfn_digest.aws.api import HubApi
from sfn_digest.aws.sessions import open_session
from sfn_digest.aws.ungoverned import Patience, TimedClients, ask
from sfn_digest.i18n.message import Message
from sfn_digest.model.stored import Listed

PAGES = 20
"""Of 1,000 names each: who writes more under one prefix is read so far."""


class HubBucket:
    """Every call raises AccountError where AWS refuses it or cannot be reached."""

    def __init__(self, name: str, clients: Callable[[], Any], patience: Patience) -> None:
        self._name = name
        self._clients = clients
        self._patience = patience

    def put(self, key: str, content: bytes) -> None:
        """Write an object, in place of an earlier one."""
        wanted = {"Key": key, "Body": content, "ContentType": "application/gzip"}
        self._ask(HubApi.PUT_OBJECT, "put_object", wanted, lambda _: None)

    def folders(self, under: str) -> list[str]:
        """The names that lie directly under a prefix, each with the prefix and a slash."""
        found: list[str] = []
        for page in self._pages(Prefix=under, Delimiter="/"):
            found += [each.text("Prefix") for each in page.structures_or_none("CommonPrefixes")]
        return found

    def objects(self, under: str, after: str) -> list[Listed]:
        """The objects under a prefix whose keys come after one, in the order of their keys."""
        found: list[Listed] = []
        for page in self._pages(Prefix=under, StartAfter=after):
            rows = page.structures_or_none("Contents")
            found += [Listed(each.text("Key"), each.whole("Size")) for each in rows]
        return found

    def get(self, key: str, most: int) -> bytes:
        """The first bytes of an object, so many at most."""
        wanted = {"Key": key, "Range": f"bytes=0-{most - 1}"}
        content: bytes = self._ask(
            HubApi.GET_OBJECT, "get_object", wanted, lambda answer: answer.body("Body")
        )
        return content

    def _pages(self, **wanted: str) -> Iterator[Answer]:
        token = ""
        for _ in range(PAGES):
            more = {"ContinuationToken": token} if token else {}
            page: Answer = self._ask(
                HubApi.LIST_BUCKET, "list_objects_v2", {**wanted, **more}, lambda answer: answer
            )
            yield page
            token = page.token("NextContinuationToken")
            if not token:
                return

    def _ask(self, api: HubApi, method: str, wanted: Any, read: Any) -> Any:
        missing = Message(
            "The hub's bucket {name}, or the object in it, does not exist: set hub-bucket to "
            "the bucket's name, which is in the outputs of the hub's stack.",
            name=self._name,
        )
        return ask(
            api,
            lambda: getattr(self._clients(), method)(Bucket=self._name, **wanted),
            read,
            self._clients().meta.region_name,
            missing,
            patience=self._patience,
        )


def open_hub(name: str, left: Callable[[], float]) -> HubBucket:
    """The bucket of this name, through clients that never wait longer than is left."""
    patience = Patience(left)
    return HubBucket(name, TimedClients(open_session(), "s3", "Amazon S3", patience), patience)
