"""How well the detector reads labelled sentences: precision, recall, F1, and the ones it misreads."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import ConfigurationError
from core.routing.human_request import HumanRequestDetector, Verdict

HUMAN: Final = "human"
OTHER: Final = "other"
LEFT_OUT: Final = "grey"
_LABELS: Final = (HUMAN, OTHER, LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of an evaluation file."""

    text: str
    """What a customer wrote."""
    human: bool
    """Whether it asks for a human."""
    line: int = 0
    """Line of the file on which the row ends, 1-based."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A sentence that was not read as labelled."""

    row: Labelled
    """The row."""
    verdict: Verdict
    """What the detector made of it."""


@dataclass(frozen=True, slots=True)
class RoutingReport:
    """What an evaluation found. "Positive" means: a human is wanted."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    misread: tuple[Misread, ...]
    """Every misread sentence, in the order of the file."""
    latency_ms: tuple[float, float, float]
    """p50, p95 and maximum of one `detect`, milliseconds."""

    @property
    def precision(self) -> float:
        """Of those taken for requests, the share that are; 1 when none was taken for one."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """Of the requests, the share that was found; 1 when there is none."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def evaluate(rows: Iterable[Labelled], detector: HumanRequestDetector) -> RoutingReport:
    """Read every row with the detector and count."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    misread: list[Misread] = []
    took: list[float] = []
    for row in rows:
        start = time.perf_counter()
        verdict = detector.detect(row.text)
        took.append((time.perf_counter() - start) * 1_000)
        counts[row.human, verdict.wants_human] += 1
        if row.human != verdict.wants_human:
            misread.append(Misread(row, verdict))
    took.sort()
    latency = (took[len(took) // 2], took[int(len(took) * 0.95)], took[-1]) if took else (0.0, 0.0, 0.0)
    return RoutingReport(
        counts[True, True], counts[False, True], counts[True, False], counts[False, False], tuple(misread), latency
    )


def read_rows(path: Path) -> list[Labelled]:
    """The rows of a CSV file with the columns `text` and `label` (human, other, grey); grey ones are left out.

    Raises:
        ConfigurationError: the file can't be read, lacks a column, or holds another label.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in ("text", "label") if name not in (reader.fieldnames or ())]
            if missing:
                raise ConfigurationError(
                    f"{path}:1: no column {' and '.join(missing)}; the first line must name the columns text,label"
                )
            return [
                Labelled(row["text"] or "", label == HUMAN, reader.line_num)
                for row in reader
                if (label := _label(path, reader.line_num, row["label"])) != LEFT_OUT
            ]
    except OSError as error:
        raise ConfigurationError(f"{path}: can't be read ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path}: can't be read as CSV ({error}); save it as UTF-8 CSV") from error


def _label(path: Path, line: int, value: str | None) -> str:
    label = (value or "").strip().lower()
    if label not in _LABELS:
        raise ConfigurationError(f"{path}:{line}: label is {label!r}; use {', '.join(_LABELS)}")
    return label


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
