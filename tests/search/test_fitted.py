"""The packaged numbers fit the code that reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.embeddings import Embedder
from knowledge.search import Searcher, snapshot_in_memory
from knowledge.search.coefficients import answers, coefficients, threshold
from knowledge.search.confidence import FEATURES
from knowledge.search.corpus import Traits
from knowledge.search.evaluation import evaluate, read_questions
from knowledge.search.evidence import SIGNALS
from knowledge.search.head import softmax, train_head
from knowledge.search.offtopic import offtopic_sentences, offtopic_vectors
from knowledge.sources import read_source

SAMPLE = Path(__file__).parents[2] / "knowledge" / "sample"


def test_there_is_a_number_for_every_signal_and_feature():
    fitted = coefficients()
    assert fitted.ranking.shape == (4 * len(SIGNALS),)
    assert fitted.centre.shape == fitted.scale.shape == (len(FEATURES),)
    assert all(network.hidden.shape[0] == len(FEATURES) for network in (*fitted.networks, *fitted.scope))
    assert 0 < fitted.suggest_from < fitted.answer_from < 1


def _traits(wordings: float, answered: float) -> Traits:
    return Traits(70, wordings, answered, wordings > 2, (0.5, 0.1, 0.8, 0.1))


def test_entries_with_answers_and_few_wordings_need_more_confidence():
    fitted = coefficients()
    assert threshold(fitted, _traits(1, 1.0)) > threshold(fitted, _traits(3, 1.0))
    assert not answers(fitted, _traits(1, 1.0), 0.35, 1.0)
    assert answers(fitted, _traits(3, 1.0), 0.35, 0.0)


def test_with_many_wordings_being_in_scope_decides():
    fitted = coefficients()
    unsure, in_scope = 0.15, 0.5
    assert answers(fitted, _traits(100, 0.0), unsure, in_scope)
    assert not answers(fitted, _traits(100, 0.0), unsure, 0.1)
    assert not answers(fitted, _traits(10, 0.0), unsure, in_scope)
    between = [answers(fitted, _traits(wordings, 0.0), unsure, 0.6) for wordings in (20, 30, 40, 60, 80)]
    assert between == sorted(between)
    sure, outside = 0.6, 0.2  # like one entry, but asking for something that none of them answers
    assert not answers(fitted, _traits(100, 0.0), sure, outside)
    assert answers(fitted, _traits(10, 0.0), sure, outside)


def test_packaged_vectors_are_those_of_the_sentences(embedder: Embedder):
    packaged = offtopic_vectors(embedder)
    assert len(packaged) == len(offtopic_sentences())
    assert packaged[:3] == pytest.approx(embedder.embed(offtopic_sentences()[:3]), abs=2e-3)


def test_the_classifier_learns_what_tells_entries_apart():
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 6)
    centres = generator.standard_normal((10, 32))
    noise = 3.0 * generator.standard_normal((60, 32)) * (np.arange(32) >= 16)  # half of the directions say nothing
    vectors = centres[labels] * (np.arange(32) < 16) + noise
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    weights = train_head(vectors[::2], labels[::2], 10)
    assert weights is not None
    head = np.mean(softmax(vectors[1::2] @ weights).argmax(axis=1) == labels[1::2])
    neighbour = np.mean(labels[::2][(vectors[1::2] @ vectors[::2].T).argmax(axis=1)] == labels[1::2])
    assert head > neighbour


def test_there_is_no_classifier_without_wordings_to_learn_from():
    assert train_head(np.eye(5, dtype=np.float32), np.arange(5), 5) is None


def test_the_sample_faq_is_answered_and_refused_as_its_golden_questions_say(embedder: Embedder):
    entries = [entry for entry in read_source(SAMPLE).entries if entry.language in ("", "en")]
    searcher = Searcher(snapshot_in_memory(entries, embedder), embedder)
    evaluation = evaluate(
        read_questions(SAMPLE / "golden.csv"), searcher, threshold=searcher.threshold, audience="staff"
    )
    assert evaluation.hit_at_5 is not None
    assert evaluation.hit_at_5 >= 0.95
    assert evaluation.in_scope_accuracy is not None
    assert evaluation.in_scope_accuracy >= 0.8
    assert evaluation.refusal_recall is not None
    assert evaluation.refusal_recall >= 0.75
