"""A baseline of `make bench`: the bot that tutorials build from Bolt, LangChain and Chroma.

    KNOWLEDGE_PATH=… python tests/bench/tutorial.py --port N

It acknowledges first, looks the question up in the same FAQ with the same embedding model, and `say`s the answer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

sys.path.insert(0, str(Path(__file__).parents[2]))

from knowledge.embeddings.minilm import MiniLM
from knowledge.sources import read_source
from tests.bench.echo import answers, bolt, serve


class Embedding(Embeddings):
    """The built-in model behind LangChain's interface."""

    def __init__(self) -> None:
        self._model = MiniLM()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text).tolist()


def main() -> None:
    entries = read_source(Path(os.environ["KNOWLEDGE_PATH"])).entries
    store = Chroma.from_documents(
        [Document(f"{entry.question}\n{entry.answer}", metadata={"answer": entry.answer}) for entry in entries],
        Embedding(),
    )
    app = bolt()

    @app.event("message")
    async def reply(event: dict[str, Any], say: Any) -> None:
        ((found, score),) = await store.asimilarity_search_with_score(event["text"], k=1)
        text = found.metadata["answer"] if score < 1.5 else "I don't know; please ask a colleague."
        await say(text=text, metadata=answers(event))

    serve(app)


if __name__ == "__main__":
    main()
