"""Practice FAQs: public data sets turned into FAQs of many shapes, with questions in and out of their scope.

The weights of ranking and confidence must hold on FAQs that nobody has seen. So they are fitted over FAQs that differ
in what matters: none, a few or a hundred wordings per entry; with and without answers; 17 to 12,000 entries; far and
near out of scope. Questions are split in halves by a hash: one half is fitted on, the other is measured on.

Used: CLINC150 (CC-BY-3.0), BANKING77 and its out-of-scope split (CC-BY-4.0), HINT3 (ODbL), the DataTalks.Club FAQ,
DSTC9 track 1 (Apache-2.0) and the sample FAQ. Only fitted numbers leave this folder, no text.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge.embeddings import Embedder
from knowledge.entries import Entry
from knowledge.search.evaluation import Question, read_questions
from knowledge.sources import read_source

Part = Literal["fit", "test"]
SAMPLE = Path(__file__).parents[2] / "sample"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PracticeFaq:
    """One FAQ with its questions."""

    name: str
    """Unique; says what was done ("clinc150, 3 alternates")."""
    family: str
    """The data set that it was made of: what is left out together when generality is measured."""
    entries: tuple[Entry, ...]
    """The FAQ."""
    questions: tuple[Question, ...]
    """Questions of the part asked for; those without an expected entry are out of scope."""


def practice_faqs(folder: Path, part: Part, embedder: Embedder) -> Iterator[PracticeFaq]:
    """Make every FAQ. folder: the public data sets. embedder: finds paraphrases among DSTC9's questions."""
    for faq in (*_clinc(folder), *_banking(folder), *_hint(folder), *_courses(folder), *_sample(folder)):
        yield _part(faq, part)
    for faq in _dstc(folder, embedder):
        yield _part(faq, part)


def _part(faq: PracticeFaq, part: Part) -> PracticeFaq:
    wanted = 0 if part == "fit" else 1
    asked = tuple(question for question in faq.questions if _hash(question.text, 2) == wanted)
    if part == "fit" and not all(question.expected for question in asked):
        # Practised, but not measured: it is too easily refused.
        asked = (*asked, *_outside(text for text in _nonsense() if not _hash(text, 2)))
    return replace(faq, questions=asked)


def _nonsense() -> Iterator[str]:
    """What asks nothing: one word over and over, letters and digits at random, words without a sentence."""
    chooser = random.Random(9)
    small = ("the", "a", "of", "and", "to", "is", "ok", "test", "la", "1")
    for word in small:
        for times in (1, 6, 60, 600):
            yield " ".join([word] * times)
    for length in (4, 7, 12, 60, 3000):
        for letters in ("asdfjkl", "abcdefghijklmnopqrstuvwxyz", "0123456789"):
            yield "".join(chooser.choices(letters, k=length))
    for count in (3, 6, 12, 200):
        for _ in range(3):
            yield " ".join(chooser.choices(small, k=count))


def _hash(text: str, buckets: int) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest()[:8], 16) % buckets


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_intent(rows: Iterable[Row]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        groups[row["intent"]].append(row["text"])
    return groups


def _entries(wordings: Mapping[str, Sequence[str]], alternates: int | None) -> tuple[Entry, ...]:
    """One entry per intent: a random wording is its question, `alternates` others (None: all) its alternates."""
    chooser = random.Random(1000 if alternates is None else alternates)
    entries = []
    for intent, texts in wordings.items():
        shuffled = chooser.sample(list(texts), len(texts))
        kept = shuffled[1:] if alternates is None else shuffled[1 : alternates + 1]
        entries.append(Entry(intent, shuffled[0], "", tuple(kept)))
    return tuple(entries)


def _named(name: str, alternates: int | None) -> str:
    return name if alternates is None else f"{name}, {alternates} alternates"


def _outside(texts: Iterable[str]) -> list[Question]:
    return [Question(text, frozenset()) for text in texts]


def _clinc(folder: Path) -> Iterator[PracticeFaq]:
    rows = _rows(folder, "clinc150_dev.csv")
    known = _by_intent(row for row in rows if row["split"] == "train")
    inside = [(row["text"], row["intent"]) for row in rows if row["split"] == "val"]
    outside = _outside(row["text"] for row in rows if row["split"].startswith("oos"))
    questions = [Question(text, frozenset({intent})) for text, intent in inside]
    for count in (None, 0, 1, 3, 5, 10):
        yield PracticeFaq(_named("clinc150", count), "clinc", _entries(known, count), (*questions, *outside))
    for seed in (0, 1):
        chosen = set(random.Random(seed).sample(sorted(known), 50))
        third = {intent: texts for intent, texts in known.items() if intent in chosen}
        asked = [Question(text, frozenset({intent} & chosen)) for text, intent in inside]
        for count in (0, 3, None):
            name = _named(f"clinc150 third {seed}", count)
            yield PracticeFaq(name, "clinc", _entries(third, count), (*asked, *outside))


def _banking(folder: Path) -> Iterator[PracticeFaq]:
    rows = _rows(folder, "banking77_train.csv")
    scoped = _rows(folder, "banking77_oos_dev.csv")
    known = _by_intent(row for row in rows if _hash(row["text"], 5))
    questions = [Question(row["text"], frozenset({row["intent"]})) for row in rows if not _hash(row["text"], 5)]
    outside = _outside(row["text"] for row in scoped if row["scope"] == "ood-oos")
    for count in (None, 0, 1, 3, 5, 10):
        yield PracticeFaq(_named("banking77", count), "banking", _entries(known, count), (*questions, *outside))
    # One wording in sixteen of this split carries another label than BANKING77 gives it. Without them the fit is no
    # better where its family is left out; of the questions (test) .52 are then refused instead of .45.
    known = _by_intent(row for row in scoped if row["split"] == "train" and row["scope"] == "in_scope")
    questions = [
        Question(row["text"], frozenset({row["intent"]} if row["scope"] == "in_scope" else ()))
        for row in scoped
        if row["split"] == "valid"
    ]
    for count in (None, 0, 3, 10):
        yield PracticeFaq(_named("banking77 near", count), "banking", _entries(known, count), tuple(questions))


def _hint(folder: Path) -> Iterator[PracticeFaq]:
    rows = _rows(folder, "hint3_train.csv")
    for bot in sorted({row["bot"] for row in rows}):
        groups = _by_intent(row for row in rows if row["bot"] == bot)
        held = set(random.Random(1).sample(sorted(groups), max(2, len(groups) // 5)))
        known = {
            intent: [text for text in texts if _hash(text, 10) >= 3] or texts[:1]
            for intent, texts in groups.items()
            if intent not in held
        }
        questions = [
            Question(text, frozenset({intent} - held))
            for intent, texts in groups.items()
            for text in texts
            if intent in held or text not in known[intent]
        ]
        questions += _outside(row["text"] for row in rows if row["bot"] != bot and _hash(row["text"], 12) == 0)
        for count in (None, 2):
            yield PracticeFaq(_named(f"hint3 {bot}", count), "hint", _entries(known, count), tuple(questions))


def _courses(folder: Path) -> Iterator[PracticeFaq]:
    with (folder / "dtc_faq_documents.jsonl").open(encoding="utf-8") as file:
        documents = {row["id"]: row for row in map(json.loads, file)}
    asked = _rows(folder, "dtc_faq_queries.csv")
    outside = _outside(row["text"] for row in _rows(folder, "clinc150_dev.csv") if row["split"].startswith("oos"))
    everything = {
        key: Entry(key, row["question"], row["text"], tags=(row["course"], row["section"]))
        for key, row in documents.items()
    }
    for course in sorted({row["course"] for row in documents.values()}):
        entries = [entry for entry in everything.values() if entry.tags[0] == course]
        ids = {entry.id for entry in entries}
        held = {key for key in ids if _hash(key, 7) == 0}
        questions = [(row["question"], row["document"]) for row in asked if row["course"] == course]
        whole = [Question(text, frozenset({key})) for text, key in questions if key in ids]
        less = [Question(text, frozenset({key} - held)) for text, key in questions if key in ids]
        yield PracticeFaq(f"dtc {course}", "dtc", tuple(entries), (*whole, *outside))
        kept = tuple(entry for entry in entries if entry.id not in held)
        yield PracticeFaq(f"dtc {course} less a seventh", "dtc", kept, (*less, *outside[:50]))
    together = tuple(Question(row["question"], frozenset({row["document"]})) for row in asked)
    yield PracticeFaq("dtc, no course filter", "dtc", tuple(everything.values()), together)


def _sample(folder: Path) -> Iterator[PracticeFaq]:
    entries = [entry for entry in read_source(SAMPLE).entries if entry.audience == "everyone"]
    ids = {entry.id for entry in entries}
    golden = [q for q in read_questions(SAMPLE / "golden.csv") if q.expected <= ids]
    far = [
        row["text"]
        for row in _rows(folder, "clinc150_dev.csv")
        if row["split"].startswith("oos")
        or (row["split"] == "val" and row["domain"] in {"travel", "kitchen_and_dining", "home", "auto_and_commute"})
    ]
    outside = _outside(random.Random(3).sample(far, 350))

    def faq(name: str, kept: Sequence[Entry], asked: Iterable[tuple[str, str]]) -> PracticeFaq:
        known = {entry.id for entry in kept}
        own = [Question(text, frozenset({key} & known)) for text, key in asked]
        fair = [replace(question, expected=question.expected & known) for question in golden]
        return PracticeFaq(f"sample, {name}", "sample", tuple(kept), (*own, *fair, *outside))

    wordings = [(text, entry.id) for entry in entries for text in entry.alternates]
    yield faq("whole", entries, ())
    yield faq("no alternates", [replace(entry, alternates=()) for entry in entries], wordings)
    yield faq("questions only", [replace(entry, alternates=(), answer="") for entry in entries], wordings)
    for fold in (0, 1):
        less = [replace(entry, alternates=entry.alternates[fold::2]) for entry in entries]
        asked = [(text, entry.id) for entry in entries for text in entry.alternates[1 - fold :: 2]]
        yield faq(f"half of the alternates {fold}", less, asked)
    kept = [replace(entry, alternates=entry.alternates[:1]) for entry in entries if _hash(entry.id, 4)]
    yield faq(
        "less a quarter",
        kept,
        [pair for pair in wordings if pair[0] not in {e.alternates[0] for e in kept if e.alternates}],
    )


def _dstc(folder: Path, embedder: Embedder) -> Iterator[PracticeFaq]:
    """Entries that differ only in the entity; a question is another entity's wording with the name exchanged."""
    with (folder / "dstc9_faq_12k.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    entries = [Entry(row["id"], row["question"], row["answer"], tags=(row["domain"],)) for row in rows]
    of_entity = defaultdict(list)
    for row in rows:
        of_entity[row["entity"]].append(row)
    chooser = random.Random(5)
    pool = chooser.sample([row for row in rows if row["domain"] in {"hotel", "restaurant", "attraction"}], 2500)
    bare = [_nameless(row) for row in pool]
    vectors = embedder.embed(bare)
    questions = []
    for number, row in enumerate(pool[:800]):
        similar = vectors @ vectors[number]
        others = [
            at
            for at in np.argsort(-similar)[1:40]
            if pool[at]["domain"] == row["domain"]
            and pool[at]["entity"] != row["entity"]
            and bare[at] != bare[number]
            and similar[at] > 0.72
        ]
        if not others:
            continue
        other = pool[chooser.choice(others[:8])]
        name = row["entity"].title() if row["entity"].isupper() else row["entity"]
        text = re.sub(re.escape(other["entity"]), name, other["question"], flags=re.IGNORECASE)
        if name.lower() not in text.lower():
            text = f"{text.rstrip('?/ .')} at {name}?"
        siblings = of_entity[row["entity"]]
        alike = embedder.embed([_nameless(sibling) for sibling in siblings]) @ embedder.embed([_nameless(other)])[0]
        right = {sibling["id"] for sibling, cosine in zip(siblings, alike, strict=True) if cosine >= 0.8}
        questions.append(Question(text, frozenset(right | {row["id"]})))
    yield PracticeFaq("dstc9", "dstc9", tuple(entries), tuple(questions))
    # What is left are the same question about other entities, and other questions about the same.
    held = {key for question in questions if not _hash(question.text, 7) for key in question.expected}
    kept = tuple(entry for entry in entries if entry.id not in held)
    less = tuple(replace(question, expected=question.expected - held) for question in questions)
    yield PracticeFaq("dstc9 less a seventh", "dstc9", kept, less)


def _nameless(row: Row) -> str:
    return re.sub(re.escape(row["entity"]), "it", row["question"], flags=re.IGNORECASE)
