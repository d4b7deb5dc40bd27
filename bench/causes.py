"""How well causes are named on labelled corpora: `python -m bench.causes [PATH ...] [--floor N]`.

Run it with PYTHONPATH=lambda_src:. as the Makefile does. A PATH is a corpus, or a folder of
corpora (*.jsonl); by default what SFN_CORPUS names, several parted as in PATH. Each line is
one failure: error, cause, event type, integration, `category` (the right label), `alt` (labels
also right), `nature` and `basis`. A table is shown for each corpus. With --floor the exit
status is 1 where in one of them the share of right categories over all rows is below N per
cent, or a nature is flipped (transient for permanent or the reverse).
"""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from sfn_digest.causes import Symptom, diagnose
from sfn_digest.model.executions import Diagnosis

Row = Mapping[str, Any]
_SPEED_CAUSES = 20_000
_ID = re.compile(r"[0-9a-f]{12,}")


@dataclass(slots=True)
class Score:
    """What was counted over some rows; `wrong` and `flipped` hold the rows themselves."""

    rows: int = 0
    right: int = 0
    unknown: int = 0
    wrong: list[tuple[Row, Diagnosis]] = field(default_factory=list)
    flipped: list[tuple[Row, Diagnosis]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Right categories in per cent."""
        return 100 * self.right / self.rows if self.rows else 100.0


def symptom_of(row: Row) -> Symptom:
    """The symptom that a row of the corpus describes."""
    return Symptom(
        row.get("error"), row.get("cause"), row.get("event_type"), row.get("integration")
    )


def measure(rows: Iterable[Row]) -> dict[str, Score]:
    """Scores by basis, and under "all"."""
    scores: dict[str, Score] = defaultdict(Score)
    for row in rows:
        diagnosis = diagnose(symptom_of(row))
        for score in (scores[row.get("basis", "-")], scores["all"]):
            _count(score, row, diagnosis)
    return dict(scores)


def _count(score: Score, row: Row, diagnosis: Diagnosis) -> None:
    score.rows += 1
    if diagnosis.cause in (row["category"], *(row.get("alt") or ())):
        score.right += 1
    else:
        score.wrong.append((row, diagnosis))
    score.unknown += diagnosis.cause == "unknown"
    if {diagnosis.nature, row.get("nature")} == {"transient", "permanent"}:
        score.flipped.append((row, diagnosis))


def groups(rows: Sequence[Row]) -> tuple[float, int, int]:
    """Purity of groups by label in per cent, groups, and groups that one text is split into.

    A text is split where the same error and cause, with other digits, come to two groups.
    """
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    texts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for digits in ("", "13579"):
            moved = {**row, "cause": _other_digits(row.get("cause"), digits)}
            group = diagnose(symptom_of(moved)).group
            if not digits:
                labels[group][row["category"]] += 1
            texts[(row["id"], "")].add(group)
    pure = sum(counter.most_common(1)[0][1] for counter in labels.values())
    split = sum(len(found) > 1 for found in texts.values())
    return 100 * pure / max(len(rows), 1), len(labels), split


def _other_digits(cause: str | None, digits: str) -> str | None:
    """The cause with the digits of its identifiers of eight and more hex digits changed."""
    if cause is None or not digits:
        return cause
    words = cause.split("-")
    return "-".join(
        word.translate(str.maketrans("02468", digits))
        if len(word) == 12 and word.isalnum()
        else word
        for word in words
    )


def speed(rows: Sequence[Row], count: int = _SPEED_CAUSES, passes: int = 3) -> float:
    """Seconds of one core for `count` causes, the rows taken over and over with other ids in them.

    The least of some passes: what the machine does beside it only ever adds.
    """
    symptoms = [
        symptom_of({**row, "cause": _renumbered(row.get("cause"), number)})
        for number, row in zip(range(count), cycle(rows), strict=False)
    ]
    return min(_pass(symptoms) for _ in range(passes))


def _renumbered(cause: str | None, number: int) -> str | None:
    """The cause with other ids, as each failure has its own; other words come again as they are."""
    return cause and _ID.sub(lambda found: f"1{number:0{len(found[0]) - 1}}", cause)


def _pass(symptoms: Sequence[Symptom]) -> float:
    started = time.process_time()
    for symptom in symptoms:
        diagnose(symptom)
    return time.process_time() - started


def corpora(places: Iterable[str]) -> list[Path]:
    """The files that are meant by files, folders and lists of them parted as in PATH."""
    paths = [Path(part) for place in places for part in place.split(os.pathsep) if part]
    return [
        file
        for path in paths
        for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])
    ]


def load(path: Path) -> list[Row]:
    """The rows of a corpus, one JSON object a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def rows_of(places: str | None) -> list[tuple[str, ...]]:
    """The rows of the README's table: corpus, failures, and what was named right and flipped."""
    found: list[tuple[str, ...]] = []
    for path in corpora([places or ""]):
        score = measure(load(path))["all"]
        shown = (path.stem, f"{score.rows}", f"{score.share:.1f} %", f"{len(score.flipped)}")
        found.append(shown)
    return found


def show(rows: Sequence[Row], scores: Mapping[str, Score], *, verbose: bool) -> None:
    """Prints the table."""
    print(f"{'basis':<16}{'rows':>6}{'right':>7}{'%':>8}{'unknown':>9}{'flipped':>9}")
    for basis, score in sorted(scores.items(), key=lambda item: (item[0] == "all", item[0])):
        counts = f"{score.rows:>6}{score.right:>7}{score.share:>8.1f}"
        print(f"{basis:<16}{counts}{score.unknown:>9}{len(score.flipped):>9}")
    purity, number, split = groups(rows)
    print(f"groups: {number}, purity {purity:.1f} %, texts split by other ids: {split}")
    print(f"speed: {_SPEED_CAUSES} causes in {speed(rows):.2f} s of one core")
    if verbose:
        for name in ("wrong", "flipped"):
            for row, diagnosis in getattr(scores["all"], name):
                right = f"{row['category']}/{row['nature']}"
                print(f"{name}: {row.get('id')} {row.get('error')} | {diagnosis.message[:110]}")
                print(f"    is {right}, got {diagnosis.cause}/{diagnosis.nature}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; see the module's text."""
    parser = argparse.ArgumentParser(prog="python -m bench.causes", description=__doc__)
    parser.add_argument("path", nargs="*", default=[os.environ.get("SFN_CORPUS", "")])
    parser.add_argument("--floor", type=float, default=None, help="least share right, in per cent")
    parser.add_argument("--verbose", action="store_true", help="print each row that is wrong")
    options = parser.parse_args(arguments)
    paths = corpora(options.path)
    if not paths:
        parser.error("name a corpus, or set SFN_CORPUS")
    low = False
    for path in paths:
        rows = load(path)
        scores = measure(rows)
        print(f"{path.name}:")
        show(rows, scores, verbose=options.verbose)
        low |= scores["all"].share < (options.floor or 0) or bool(scores["all"].flipped)
    return 1 if low and options.floor is not None else 0


if __name__ == "__main__":
    sys.exit(main())
