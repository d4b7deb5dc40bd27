"""What redaction finds and what it takes for a secret: `python -m bench.redaction [--verbose]`.

Run it with PYTHONPATH=lambda_src:. as the Makefile does. Recall is the share of texts in which a
planted secret can no longer be read, by kind, on texts that tests/causes/planted.py writes from
seeds of its own. False alarms are counted over every text of the corpora that SFN_CORPUS names,
and in them over every text that their JSON holds: nothing in these is secret, so each
that changes is one. With --verbose the texts themselves are printed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import causes
from sfn_digest.causes import redact
from tests.causes.planted import Planted, planted, tokens

SEEDS = (11, 12, 13, 14)
ROUNDS = 250


@dataclass(slots=True)
class Recall:
    """Texts of one kind, and those whose secret can still be read."""

    texts: int = 0
    missed: list[Planted] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Texts whose secret is masked, in per cent."""
        return 100 * (1 - len(self.missed) / self.texts) if self.texts else 100.0


def recall(texts: Iterable[Planted]) -> dict[str, Recall]:
    """Recall by kind, and under "all"."""
    found: dict[str, Recall] = {}
    for text in texts:
        shown = text.shows(redact(text.text))
        for kind in (text.kind, "all"):
            counted = found.setdefault(kind, Recall())
            counted.texts += 1
            counted.missed += [text] if shown else []
    return found


def written(seeds: Sequence[int] = SEEDS, rounds: int = ROUNDS) -> Iterator[Planted]:
    """The texts that recall is measured on."""
    for seed in seeds:
        yield from planted(seed, rounds)
        yield from (text._replace(kind="tokens") for text in tokens(seed))


def false_alarms(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The texts that redaction changes, and what it makes of them."""
    return [(text, shown) for text in texts if (shown := redact(text)) != text]


def corpora(places: str) -> list[str]:
    """Every error, cause and text inside a cause of the corpora that SFN_CORPUS names so."""
    texts: dict[str, None] = {}
    for file in causes.corpora([places]):
        for row in causes.load(file):
            for name in ("error", "cause"):
                texts.update(dict.fromkeys(_unfolded(row.get(name) or "")))
    texts.pop("", None)
    return list(texts)


def _unfolded(value: Any) -> Iterator[str]:
    """A text, and the texts in the JSON that it is, to any depth."""
    if isinstance(value, str):
        yield value
        if value.lstrip().startswith(("{", "[", '"')):
            try:
                inner = json.loads(value, strict=False)
            except ValueError:
                return
            yield from _unfolded(inner)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _unfolded(each)


def speed(texts: Sequence[str], passes: int = 3) -> float:
    """Microseconds of one core for a text, the least of some passes."""
    taken = []
    for _ in range(passes):
        started = time.process_time()
        for text in texts:
            redact(text)
        taken.append(time.process_time() - started)
    return min(taken) / max(len(texts), 1) * 1e6


def rows(corpus: str | None) -> list[tuple[str, ...]]:
    """The table's rows: kind, texts, and in per cent what was masked, or changed for nothing."""
    found = recall(written())
    found["all"] = found.pop("all")
    shown: list[tuple[str, ...]] = [
        (kind, f"{each.texts:,}", f"{each.share:.2f} %") for kind, each in found.items()
    ]
    if corpus:
        texts = corpora(corpus)
        touched = len(false_alarms(texts))
        shown.append(
            (
                "false alarms on the corpora",
                f"{len(texts):,}",
                f"{100 * touched / len(texts):.2f} %",
            )
        )
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bench.redaction", description=__doc__)
    parser.add_argument("path", nargs="?", default=os.environ.get("SFN_CORPUS"))
    parser.add_argument("--verbose", action="store_true", help="print what was missed or touched")
    options = parser.parse_args(arguments)
    print(f"{'kind':<28}{'texts':>8}{'masked':>10}")
    for row in rows(options.path):
        print(f"{row[0]:<28}{row[1]:>8}{row[2]:>10}")
    if options.path:
        print(f"speed: {speed(corpora(options.path)):.1f} µs a text of the corpora")
    if options.verbose:
        _print_texts(options.path)
    return 0


def _print_texts(corpus: str | None) -> None:
    for text in recall(written())["all"].missed:
        print(f"missed ({text.kind}): {text.text!r}\n    {redact(text.text)!r}")
    for before, after in false_alarms(corpora(corpus)) if corpus else ():
        print(f"touched: {before[:400]!r}\n    {after[:400]!r}")


if __name__ == "__main__":
    sys.exit(main())
