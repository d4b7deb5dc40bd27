"""Files uploaded to the simulated workspace: an address for the bytes, then the sharing."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.server.slack_channel import Channels, SlackRefusalError, decoded
from simulator.server.transport import Response

UPLOAD = "upload/"
"""Where the bytes of a file go, after the address of the workspace."""


@dataclass(slots=True)
class SlackFile:
    """A file: its bytes are None until they have come."""

    id: str
    name: str
    length: int
    alt: str
    content: bytes | None = None


@dataclass(slots=True)
class Files:
    """What was uploaded, and how it is shared in a channel."""

    channels: Channels
    held: dict[str, SlackFile] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def upload_url(self, params: Mapping[str, Any], url: str) -> dict[str, Any]:
        """files.getUploadURLExternal: an address to send the bytes to."""
        length = int(params.get("length") or 0)
        if not params.get("filename") or length <= 0:
            raise SlackRefusalError("invalid_arguments")
        with self.lock:
            file = SlackFile(
                id=f"F{len(self.held)}",
                name=str(params["filename"]),
                length=length,
                alt=str(params.get("alt_txt") or ""),
            )
            self.held[file.id] = file
        return {"upload_url": f"{url}{UPLOAD}{file.id}", "file_id": file.id}

    def receive(self, file_id: str, content: bytes) -> Response:
        """Take the bytes, if they are as many as was said."""
        file = self.held.get(file_id)
        if file is None or len(content) != file.length:
            return Response(400, "text/plain", b"error")
        file.content = content
        return Response(200, "text/plain", b"OK")

    def share(self, params: Mapping[str, Any], bot_id: str) -> dict[str, Any]:
        """files.completeUploadExternal: the files as one message in the channel or thread."""
        named = [self.held.get(each["id"]) for each in decoded(params["files"])]
        files = [file for file in named if file is not None and file.content is not None]
        if len(files) < len(named) or not files:
            raise SlackRefusalError("file_not_found")
        self.channels.share(
            str(params["channel_id"]),
            bot_id,
            thread=params.get("thread_ts"),
            files=tuple((file.name, file.content or b"") for file in files),
        )
        return {"files": [{"id": file.id, "title": file.name} for file in files]}
