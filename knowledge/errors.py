"""What can go wrong with knowledge.

    KnowledgeError
    ├── SourceError          a file can't be read as an FAQ (carries file, line and what to do)
    ├── ReloadRefused        the gate said no; the old version goes on serving (carries the reasons)
    ├── ReloadBusy           another reload is running (carries who and since when)
    ├── NoSuchVersion        a version that was never built, or was cleaned up
    ├── EmbeddingError       the embedding model is unknown or failed
    └── IndexUnavailable     Chroma can't be reached, or answered with an error

Vendor exceptions are mapped to these once, where the vendor is called.
"""


class KnowledgeError(Exception):
    """Base of everything that the knowledge layer raises on purpose."""


class SourceError(KnowledgeError):
    """A source can't be read; the message names the file, the line where known, and what to do."""

    def __init__(self, path: str, message: str, line: int | None = None) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


class ReloadRefused(KnowledgeError):
    """The new version did not pass the gate; nothing changed."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


class ReloadBusy(KnowledgeError):
    """A reload is running already; this one did not start."""


class NoSuchVersion(KnowledgeError):
    """The version asked for does not exist."""


class EmbeddingError(KnowledgeError):
    """The embedding model is not known, or failed."""


class IndexUnavailable(KnowledgeError):
    """Chroma did not answer, or answered with an error."""
