"""A way to write an FAQ down in a test and read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.sources import SourceReading, read_source

Read = Callable[..., SourceReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read({"faq.md": "…", "more.csv": b"…"})` writes the files into a folder and reads it."""

    def write_and_read(files: dict[str, str | bytes], **options: str) -> SourceReading:
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_source(tmp_path, **options)

    return write_and_read
