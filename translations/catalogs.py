"""The catalogs: one a language, as text that people edit and as what gettext reads."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translations.extract import PACKAGE

CATALOGS: tuple[Path, ...] = tuple(sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po")))

_ALIKE = 0.75
"""How much of an English sentence stays the same when it is only edited."""


def read(path: Path) -> Catalog:
    """Read a catalog; its language is the name of its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def updated(old: Catalog, now: Catalog) -> tuple[Catalog, list[tuple[str, str]]]:
    """Give a catalog with the messages said now, and those whose English was only edited.

    An edited message, given as it was and as it is, keeps its translation; a new one has none.
    """
    said = {msgid(each): each for each in now if each.id}
    known = {msgid(each): each for each in old if each.id}
    edited = dict(_edited(known.keys() - said.keys(), said.keys() - known.keys()))
    catalog = Catalog(locale=old.locale)
    for name, each in said.items():
        translated = known.get(edited.get(name, name))
        if translated:
            catalog.add(each.id, translated.string, flags={*each.flags, *translated.flags})
        else:
            catalog.add(each.id, flags=each.flags)
    return catalog, sorted((was, now) for now, was in edited.items())


def msgid(message: Message) -> str:
    """Give a message's own name: the singular, where it has two."""
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _edited(gone: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pair new msgids with those gone that they resemble most, each with one at most."""
    left = set(gone)
    for now in sorted(new):
        alike = [was for was in left if placeholders(was) == placeholders(now)]
        best = max(alike, key=lambda was: _likeness(was, now), default=None)
        if best is not None and _likeness(best, now) >= _ALIKE:
            left.discard(best)
            yield now, best


def _likeness(was: str, now: str) -> float:
    return SequenceMatcher(None, was, now).ratio()


def placeholders(template: str) -> frozenset[str]:
    """Give the names of the values in a template."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def written(catalog: Catalog) -> bytes:
    """Give a catalog's text: sorted, and without dates, so that only what was said changes it."""
    file = BytesIO()
    write_po(file, _bare(catalog), omit_header=True, width=100)
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in _headers(catalog))
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Give what gettext reads; the same catalog always gives the same bytes."""
    file = BytesIO()
    write_mo(file, _bare(catalog))
    return file.getvalue()


class _Bare(Catalog):
    """A catalog whose header tells no date and no tool."""

    @property  # type: ignore[misc]
    def mime_headers(self) -> list[tuple[str, str]]:
        return list(_headers(self))


def _bare(catalog: Catalog) -> Catalog:
    bare = _Bare(locale=catalog.locale)
    for message in sorted((each for each in catalog if each.id), key=msgid):
        bare.add(message.id, message.string, flags=message.flags)
    return bare


def _headers(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield "Language", str(catalog.locale)
    yield "Content-Type", "text/plain; charset=utf-8"
    yield "Plural-Forms", catalog.plural_forms


def unfinished(catalog: Catalog) -> list[str]:
    """Give the messages without a translation, or with one that is to be looked at."""
    return [msgid(each) for each in catalog if each.id and (each.fuzzy or not _has_text(each))]


def _has_text(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)
