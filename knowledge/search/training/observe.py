"""What the search sees of each practice question: the raw material of both fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Embedder, Vectors
from knowledge.search.corpus import Corpus, Traits
from knowledge.search.evidence import Evidence, gather
from knowledge.search.exact import snapshot_in_memory
from knowledge.search.training.practice import PracticeFaq

PER_FAQ = 700
"""Questions that are looked at per FAQ."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One question."""

    evidence: Evidence
    """Candidates and signals."""
    right: NDArray[np.bool_]
    """Which candidates are expected, shape [candidates]."""
    in_scope: bool
    """Whether any entry is expected."""
    offtopic: float
    """Highest similarity with off-topic talk."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One practice FAQ."""

    name: str
    """Its name."""
    family: str
    """The data set it was made of."""
    traits: Traits
    """What kind of FAQ it is."""
    observations: tuple[Observation, ...]
    """Its questions."""


def observe(faq: PracticeFaq, embedder: Embedder, offtopic: Vectors) -> Observed:
    """Run every question (at most `PER_FAQ`, evenly over the file) up to the point where fitted numbers are needed."""
    corpus = Corpus(snapshot_in_memory(faq.entries, embedder))
    questions = faq.questions[:: max(1, -(-len(faq.questions) // PER_FAQ))]
    observations = []
    for question in questions:
        vector = embedder.embed_query(question.text)
        evidence = gather(corpus, question.text, vector, None)
        right = np.array([corpus.entries[row].id in question.expected for row in evidence.rows], dtype=bool)
        far = float((offtopic @ vector).max())
        observations.append(Observation(evidence, right, bool(question.expected), far))
    return Observed(faq.name, faq.family, corpus.traits, tuple(observations))
