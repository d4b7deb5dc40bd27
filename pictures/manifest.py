"""What each picture was drawn from, by its hash, so that a test can tell stale ones."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from pictures.drawn import Picture

FOLDER = Path("docs/pictures")
MANIFEST = Path(__file__).with_name("manifest.json")
_DRAWING = (Path(__file__).with_name("draw.mjs"), Path(__file__).with_name("package-lock.json"))


def of(pictures: Iterable[Picture]) -> Mapping[str, Mapping[str, str]]:
    """Give by each picture's name the hash of what it is drawn from."""
    drawing = sha256(b"".join(path.read_bytes() for path in _DRAWING)).hexdigest()
    return {each.name: {"drawn_from": _hash_of(each), "drawn_by": drawing} for each in pictures}


def with_files(listed: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """Add the hash of each picture's file."""
    return {
        name: {**each, "png": sha256((FOLDER / f"{name}.png").read_bytes()).hexdigest()}
        for name, each in listed.items()
    }


def _hash_of(picture: Picture) -> str:
    job = json.dumps(picture.job(), sort_keys=True, ensure_ascii=False)
    return sha256(job.encode()).hexdigest()
