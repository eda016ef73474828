"""What the classifier learns from: sentences written by hand, sentences put together from frames, and typing errors.

`sentences/*.csv` (text, label, lang, kind) are whole messages. `frames/*.yaml` hold sentences with slots and what may
stand in them; each frame is filled a few times. Of each written message there is a copy with typing errors. Whatever is
drawn is drawn with a fixed seed.
"""

from __future__ import annotations

import csv
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

HERE: Final = Path(__file__).parent
_FILLED: Final = {"human": 8, "other": 8}
"""How often each frame is filled."""
_SLOT: Final = re.compile(r"\{(\w+)\}")
_FILLED_WEIGHT, _MISTYPED_WEIGHT = 0.4, 0.3
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_LONG: Final = 80
_JOINTS: Final = (", ", " and ", " ", ", so ", " - ")
_EVERY: Final = 3
"""One in so many long words of a mistyped copy is mistyped."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message to learn from."""

    text: str
    """What it says."""
    human: bool
    """Whether it asks for a person."""
    group: int
    """Messages of one group are never on both sides of a cross-validation; -1: not validated with at all."""
    counted: bool
    """Whether it counts in validation: it was written by hand, as it stands."""
    weight: float
    """How much it counts in training."""
    source: str
    """Name of its file."""


def examples() -> list[Example]:
    """All messages to learn from, always in the same order."""
    written = list(_written())
    draw = random.Random(5)
    found: list[Example] = []
    for group, (text, human, source) in enumerate(written):
        found.append(Example(text, human, group, True, 1.0, source))
        wrong = _mistyped(text, draw)
        if wrong != text:
            found.append(Example(wrong, human, group, False, _MISTYPED_WEIGHT, source))
    for text, human, source in _filled(random.Random(7)):
        found.append(Example(text, human, -1, False, _FILLED_WEIGHT, source))
    return found


def digest() -> str:
    """A hash of all files that are learnt from."""
    paths = sorted([*HERE.glob("sentences/*.csv"), *HERE.glob("frames/*.yaml"), HERE / "examples.py"])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _written() -> list[tuple[str, bool, str]]:
    rows: dict[str, tuple[str, bool, str]] = {}
    for path in sorted(HERE.glob("sentences/*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                rows[row["text"]] = (row["text"], row["label"] == "human", path.stem)
    return list(rows.values())


def _filled(draw: random.Random) -> list[tuple[str, bool, str]]:
    found: dict[str, tuple[str, bool, str]] = {}
    for path in sorted(HERE.glob("frames/*.yaml")):
        raw = yaml.safe_load(path.read_text("utf-8"))
        slots: dict[str, list[str]] = raw["slots"]
        for label, times in _FILLED.items():
            for frame in raw[label]:
                for _ in range(times if _SLOT.search(frame) else 1):
                    text = _SLOT.sub(lambda slot: str(draw.choice(slots[slot.group(1)])), frame)  # noqa: B023
                    text = " ".join(text.split())
                    found[text] = (text, label == "human", path.stem)
        for first, second, human in _pairs(list(found.values()), path.stem, draw):
            text = f"{first}{draw.choice(_JOINTS)}{second}"
            found[text] = (text, human, path.stem)
    return list(found.values())


def _pairs(filled: list[tuple[str, bool, str]], source: str, draw: random.Random) -> Iterator[tuple[str, str, bool]]:
    """Long messages: two that ask for nobody, or one that does after one that does not."""
    others = [text for text, human, of in filled if of == source and not human]
    humans = [text for text, human, of in filled if of == source and human]
    for _ in range(_LONG * (3 if not humans else 1)):
        yield draw.choice(others), draw.choice(others), False
        if humans:
            yield draw.choice(others), draw.choice(humans), True


def _mistyped(text: str, draw: random.Random) -> str:
    def wrong(match: re.Match[str]) -> str:
        word = match.group()
        if draw.randrange(_EVERY):
            return word
        at = draw.randrange(1, len(word) - 1)
        match draw.randrange(3):
            case 0:
                return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            case 1:
                return word[:at] + word[at + 1 :]
            case _:
                return word[:at] + word[at] + word[at:]

    return _LONG_WORD.sub(wrong, text)
