"""Stale pictures fail here, without a browser: `make pictures` draws them again."""

from pictures import manifest
from pictures.drawn import pictures
from tests.pictures.test_pictures import TOLD


def test_every_picture_is_drawn_from_what_is_shown_today() -> None:
    told = {name: {k: v for k, v in each.items() if k != "png"} for name, each in TOLD.items()}
    assert told == manifest.of(pictures()), "the pictures are stale: run `make pictures`"
