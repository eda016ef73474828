"""What a format's reader hands over: entries before they have ids, and the file they are read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, decoded."""

    path: str
    """Relative to the FAQ's root with `/`, or the URL of a page."""
    text: str
    """The content with `\\n` line ends and no byte order mark; "" for binary formats."""
    data: bytes = b""
    """The bytes as they are, for binary formats."""
    language: str = ""
    """BCP 47 tag that the path gives away (`faq_es.md`, `es/faq.md`), or ""."""

    @property
    def stem(self) -> str:
        """The file's name without folder and extension."""
        name = self.path.rstrip("/").rsplit("/", 1)[-1]
        return name.rsplit(".", 1)[0] or name


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as found in a file: `Entry` without the parts that need the whole source."""

    question: str
    """Plain text, one line."""
    answer: str
    """Markdown."""
    line: int = 0
    """Where it starts, 1-based; 0 when unknown."""
    id: str = ""
    """The author's id, or ""."""
    alternates: tuple[str, ...] = ()
    """Other wordings."""
    tags: tuple[str, ...] = ()
    """Topics."""
    audience: str = ""
    """`everyone`, `vip`, `staff`, or "" for the default."""
    language: str = ""
    """BCP 47 tag or "" for that of the file."""
    updated: date | None = None
    """When the author last confirmed it."""
    anchor: str = ""
    """Fragment that leads to it within the file, without `#`."""
    source: str = ""
    """Address that people should see instead of the path, or ""."""
    whole_page: bool = False
    """True when the file is one article: its id then comes from the file's name."""
    discriminators: tuple[str, ...] = field(default=())
    """Values of a row that tell it from rows with the same question (an entity, a course)."""
    asks: str = ""
    """For half an entry: the name of its question, of which the wordings are the alternates. See `chatbots`."""
    says: str = ""
    """For half an entry: the name of its answer. With `asks` and without text it says that the two belong together."""
