"""Slack's rich text, in which nothing is markup: the place for text that others wrote.

Also a link's only place: URLs are made from ARNs that were checked, or are AWS's own.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from slack_sdk.models.blocks import (
    Block,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextSectionElement,
)

from sfn_digest.model.machine_tags import handle_of, slack_owner
from sfn_digest.model.report import MachineReport
from sfn_digest.report import console, leading
from sfn_digest.report import presenter as view
from sfn_digest.report.shown import Shown
from sfn_digest.report.wording import leading_sentences as words

Part: TypeAlias = (
    RichTextElementParts.Text
    | RichTextElementParts.Link
    | RichTextElementParts.User
    | RichTextElementParts.UserGroup
)

BOLD = {"bold": True}
CODE = {"code": True}
ITALIC = {"italic": True}

_LINK_LIMIT = 600
"""A name of the greatest length in a script that URLs quote is shown without its link."""


def text(words: str, style: dict[str, bool] | None = None) -> Part:
    """Give plain words."""
    return RichTextElementParts.Text(text=words, style=style)


def link(url: str | None, words: str, style: dict[str, bool] | None = None) -> Part:
    """Give words that lead somewhere; without an address they stand as code."""
    if url is None or len(url) > _LINK_LIMIT:
        return text(words, style or CODE)
    return RichTextElementParts.Link(url=url, text=words, style=style)


def machine_link(machine: MachineReport, texts: Shown) -> Part:
    """Give a state machine's name, which leads to its page of the console."""
    return link(console.machine_url(machine.arn), texts.name(machine.name), BOLD)


def execution_link(arn: str, texts: Shown) -> Part:
    """Give an execution's name, which leads to its page of the console."""
    return link(console.execution_url(arn), texts.name(view.execution_name(arn)))


def owner_parts(machine: MachineReport, texts: Shown) -> list[Part]:
    """Name a machine's owner, who is mentioned where that is wanted."""
    handle = handle_of(machine.owner) or ""
    named = texts.handles.get(handle, machine.owner)
    owner = slack_owner(named) if texts.mentions else None
    if owner is None:
        known = leading.about(machine, "", texts)
        return [text(known)] if known else []
    mention: Part = (
        RichTextElementParts.UserGroup(usergroup_id=owner.id)
        if owner.group
        else RichTextElementParts.User(user_id=owner.id)
    )
    before, _, after = texts.translate(words.about("\0")).partition("\0")
    return [text(before), mention, text(after)]


def runbook_parts(machine: MachineReport, texts: Shown) -> list[Part]:
    """Lead to a machine's runbook, where it has one."""
    if not machine.runbook:
        return []
    return [text(" "), link(machine.runbook, texts.translate(words.RUNBOOK))]


def said(parts: Sequence[Part]) -> str:
    """Give what the parts say, as plain text."""
    return "".join(getattr(part, "text", None) or "" for part in parts)


def header(title: str) -> Block:
    """Give a heading."""
    return HeaderBlock(text=PlainTextObject(text=title, emoji=False))


def section(parts: Sequence[Part]) -> RichTextElement:
    """Give a paragraph."""
    return RichTextSectionElement(elements=parts)


def bullets(rows: Sequence[Sequence[Part]]) -> RichTextElement:
    """Give a list."""
    return RichTextListElement(style="bullet", elements=[section(row) for row in rows])


def preformatted(code: str) -> RichTextElement:
    """Give code to be copied."""
    return RichTextPreformattedElement(elements=[text(code)])


def rich(elements: Sequence[RichTextElement]) -> Block:
    """Give a block of rich text."""
    return RichTextBlock(elements=elements)


def titled(title: str, groups: Iterable[tuple[str, Sequence[Sequence[Part]]]]) -> Block:
    """Give lists under their title, each under a heading of its own where it has one."""
    elements = [section([text(title, BOLD)])]
    for heading, rows in groups:
        elements += [section([text(heading, ITALIC)])] if heading else []
        elements.append(bullets(rows))
    return rich(elements)
