"""A process that follows the knowledge base and searches it without a pause; prints one JSON line per search.

python following.py DATA_DIR QUESTION       until its standard input is closed
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from knowledge.index import KnowledgeBase
from knowledge.index.store import Store
from tests.index.faq import WordEmbedder


async def main(data_dir: str, question: str) -> None:
    base = KnowledgeBase(Store.open(data_dir=Path(data_dir)), WordEmbedder())
    base.follow()
    closed = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def client() -> None:
        while not closed.done():
            began = time.monotonic()
            result = await base.search(question, limit=50)
            answers = [[hit.entry.id, hit.entry.answer] for hit in result.hits]
            print(json.dumps({"began": began, "version": result.version, "answers": answers}), flush=True)
            await asyncio.sleep(0.06)

    await asyncio.gather(client(), client())
    await base.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
