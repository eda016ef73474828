"""Embedding models: the built-in one, LangChain's, and the memory of queries."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from tokenizers import Tokenizer

from knowledge.embeddings import Embedder, load_embedder
from knowledge.embeddings import minilm as minilm_module
from knowledge.embeddings.int8 import int8_graph
from knowledge.embeddings.langchain import LangChainEmbedder
from knowledge.embeddings.minilm import MiniLM
from knowledge.embeddings.remembered import Remembered
from knowledge.errors import EmbeddingError
from tests.contract.driver import eventually
from tests.index.faq import WordEmbedder


def test_the_built_in_model_knows_what_means_the_same(minilm: Embedder) -> None:
    refund, money, dog = minilm.embed(["How do I get a refund?", "I want my money back", "My dog likes the beach"])

    assert refund @ money > 0.4 > refund @ dog


def test_vectors_are_float32_of_length_one_in_the_order_of_the_texts(minilm: Embedder) -> None:
    texts = [f"{'long ' * (number % 7)}question number {number}" for number in range(40)] + ["question number 0"]

    vectors = minilm.embed(texts)

    assert vectors.dtype == np.float32
    assert vectors.shape == (41, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts[:8], vectors, strict=False):
        np.testing.assert_array_equal(vector, minilm.embed_query(text))  # whatever else was embedded with it
    np.testing.assert_array_equal(vectors[0], vectors[40])


@pytest.mark.parametrize("text", ["", " ", "😀", "x" * 100_000, "word " * 20_000, "\x00"])
def test_any_text_has_a_vector(minilm: Embedder, text: str) -> None:
    assert np.isfinite(minilm.embed_query(text)).all()


def test_int8_arithmetic_stays_near_the_packaged_model_in_float32(minilm: Embedder) -> None:
    packaged = minilm_module._packaged(*minilm_module._MODEL)
    session = onnxruntime.InferenceSession(str(packaged), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(minilm_module._packaged(*minilm_module._TOKENIZER)))
    tokenizer.no_padding()
    texts = ["How do I get a refund?", "My card was stolen in Lisbon", "opening hours", "¿Cuándo abren los domingos?"]
    for text, vector in zip(texts, minilm.embed(texts), strict=True):
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = session.run(["last_hidden_state"], inputs)[0][0].mean(axis=0)
        assert vector @ mean / np.linalg.norm(mean) > 0.97


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x08\x09"])
def test_another_file_is_not_taken_for_the_model(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"matrices|ONNX"):
        int8_graph(data, 256)


def test_no_texts_have_no_vectors(minilm: Embedder) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_threads_may_share_a_model(minilm: Embedder) -> None:
    texts = [f"question {number} about {topic}" for number in range(10) for topic in ("refunds", "cards")]
    alone = [minilm.embed([text])[0] for text in texts]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: minilm.embed([text])[0], texts))

    np.testing.assert_allclose(together, alone, atol=1e-6)


async def test_an_event_loop_is_given_the_same_vectors_many_at_once(minilm: Embedder) -> None:
    texts = [f"{'long ' * (number % 9)}question number {number}" for number in range(60)] + ["", "😀", "word " * 9_000]

    vectors = await asyncio.gather(*(minilm.aembed_query(text) for text in texts))

    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(vector, minilm.embed_query(text))


async def test_who_no_longer_waits_for_a_vector_disturbs_nobody(minilm: Embedder) -> None:
    gone = [asyncio.ensure_future(minilm.aembed_query(f"gone {number}")) for number in range(4)]
    stays = asyncio.ensure_future(minilm.aembed_query("who stays"))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()

    np.testing.assert_array_equal(await stays, minilm.embed_query("who stays"))
    assert all(isinstance(one, asyncio.CancelledError) for one in await asyncio.gather(*gone, return_exceptions=True))


def test_a_process_may_end_while_vectors_are_computed() -> None:
    program = """
import asyncio
from knowledge.embeddings import load_embedder
model = load_embedder()
async def main():
    tasks = [asyncio.ensure_future(model.aembed_query(f"question {number}")) for number in range(40)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


async def test_a_model_that_nobody_uses_any_more_is_let_go() -> None:
    model = MiniLM()
    await model.aembed_query("question")
    seen = weakref.ref(model)
    del model

    async def look() -> bool:  # the thread that told the result may hold it for another moment
        gc.collect()
        return seen() is None

    await eventually(look, bool)


async def test_a_failing_model_is_an_embedding_error_on_an_event_loop_too() -> None:
    class WithoutSuchATerm(MiniLM):
        def _encoded(self, query: str) -> SimpleNamespace:
            return SimpleNamespace(ids=[10**9])

    with pytest.raises(EmbeddingError, match=r"^the built-in embedding model failed: .*out of data bounds"):
        await WithoutSuchATerm().aembed_query("question")


async def test_a_query_is_embedded_once_while_it_is_remembered() -> None:
    class Counting(WordEmbedder):
        queries = 0

        def embed_query(self, text: str) -> np.ndarray:
            self.queries += 1
            return super().embed_query(text)

        async def aembed_query(self, text: str) -> np.ndarray:
            return self.embed_query(text)

    model = Counting()
    remembered = Remembered(model, size=2)

    first = remembered.embed_query("a")
    assert remembered.embed_query("a") is await remembered.aembed_query("a") is first
    assert model.queries == 1
    remembered.embed_query("b")
    await remembered.aembed_query("c")  # forgets "a"
    remembered.embed_query("a")
    assert model.queries == 4


def test_langchain_embeddings_are_normalised() -> None:
    embedder = LangChainEmbedder("fake:model", DeterministicFakeEmbedding(size=16))

    vectors = embedder.embed(["one", "two"])

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(embedder.embed_query("one"), vectors[0], atol=1e-6)
    np.testing.assert_allclose(asyncio.run(embedder.aembed_query("one")), vectors[0], atol=1e-6)


def test_a_failing_vendor_is_an_embedding_error_of_one_line() -> None:
    class Broken(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise ConnectionError("no route\nto host")

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    embedder = LangChainEmbedder("vendor:model", Broken())

    for call in (lambda: embedder.embed(["x"]), lambda: embedder.embed_query("x")):
        with pytest.raises(EmbeddingError, match=r"^the embedding model vendor:model failed: no route$"):
            call()


@pytest.mark.parametrize("name", ["nonsense", "nobody:model", "cohere:model"])
def test_an_unknown_model_says_what_to_do(name: str) -> None:
    with pytest.raises(EmbeddingError, match=rf"EMBEDDING_MODEL={name}") as caught:
        load_embedder(name)

    assert "\n" not in str(caught.value)
