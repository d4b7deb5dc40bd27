"""Who may do what in the simulated workspace."""

from dataclasses import dataclass

SCOPES = {
    "chat.delete": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "conversations.info": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "usergroups.list": "usergroups:read",
}
"""The scope that a method needs; the others need none."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who may post, and where: one bot token, its scopes, the IDs of its channels.

    `archived` channels take no messages, and of `not_joined` ones the bot is no member.
    `groups` are the user groups: the handle and the ID of each.
    """

    token: str = "xoxb-simulated"
    channels: tuple[str, ...] = ("C0SFNDIGEST",)
    scopes: frozenset[str] = frozenset(SCOPES.values())
    bot_id: str = "B0DIGEST"
    user_id: str = "U0DIGEST"
    team_id: str = "T0SIMULATED"
    team: str = "simulated"
    archived: frozenset[str] = frozenset()
    not_joined: frozenset[str] = frozenset()
    groups: tuple[tuple[str, str], ...] = ()
