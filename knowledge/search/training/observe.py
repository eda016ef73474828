"""What the search sees of each practice question: the raw material of both fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Embedder, Vectors
from knowledge.search.corpus import Corpus, Traits
from knowledge.search.evaluation import Question
from knowledge.search.evidence import Evidence, gather
from knowledge.search.exact import snapshot_in_memory
from knowledge.search.training.practice import PracticeFaq

PER_FAQ = 700
"""Questions in scope that are looked at per FAQ, and as many out of scope, which are fewer."""


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
    """Run the questions (at most `PER_FAQ` of a kind, evenly spread) up to where fitted numbers are needed."""
    corpus = Corpus(snapshot_in_memory(faq.entries, embedder))
    observations = []
    inside = [question for question in faq.questions if question.expected]
    outside = [question for question in faq.questions if not question.expected]
    for question in (*_spread(inside), *_spread(outside)):
        vector = embedder.embed_query(question.text)
        evidence = gather(corpus, question.text, vector, None)
        right = np.array([corpus.entries[row].id in question.expected for row in evidence.rows], dtype=bool)
        far = float((offtopic @ vector).max())
        observations.append(Observation(evidence, right, bool(question.expected), far))
    return Observed(faq.name, faq.family, corpus.traits, tuple(observations))


def _spread(questions: Sequence[Question]) -> Sequence[Question]:
    return questions[:: max(1, -(-len(questions) // PER_FAQ))]
