"""Draw every picture and write down what it was drawn from: `python -m pictures`."""

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from pictures import manifest
from pictures.drawn import pictures

_DRAW = Path(__file__).with_name("draw.mjs")
_RAW = Path("build/pictures")
_COLOURS = 64


def main() -> None:
    """Draw, make small, write the manifest."""
    sys.stderr.write("Reading the demo's week …\n")
    drawn = list(pictures())
    _RAW.mkdir(parents=True, exist_ok=True)
    manifest.FOLDER.mkdir(parents=True, exist_ok=True)
    jobs = [{**each.job(), "out": str(_RAW / f"{each.name}.png")} for each in drawn]
    subprocess.run(["node", _DRAW], input=json.dumps(jobs), text=True, check=True)
    for each in drawn:
        path = manifest.FOLDER / f"{each.name}.png"
        _make_small(_RAW / f"{each.name}.png", path)
        sys.stderr.write(f"{path}  {path.stat().st_size / 1024:.0f} KiB\n")
    listed = manifest.with_files(manifest.of(drawn))
    manifest.MANIFEST.write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def _make_small(raw: Path, path: Path) -> None:
    """A palette loses nothing that is seen of flat colours and text; the few that are bright are
    kept by looking at how far colours lie apart, not at how many pixels have them.
    """
    with Image.open(raw) as image:
        palette = image.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        palette.save(path, optimize=True)


if __name__ == "__main__":
    main()
