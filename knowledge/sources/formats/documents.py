"""DOCX and PDF, through markitdown (the optional extra `documents`)."""

from __future__ import annotations

import io
import re
import warnings
import zipfile

from knowledge.errors import SourceError
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats.markdown import read_body
from knowledge.sources.front_matter import FrontMatter
from knowledge.sources.markdown_entries import Page
from knowledge.sources.markdown_lines import NumberedLines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import is_faq_title

_MOST_UNPACKED = 200 * 1024 * 1024


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a document: headings, bold lines or lines that ask, as in Markdown. There are no line numbers."""
    try:
        from markitdown import StreamInfo  # optional, and slow to import
        from markitdown.converters import DocxConverter, PdfConverter
    except ImportError as error:
        raise SourceError(
            file.path, "is a document; install the extra that reads them: pip install 'concierge[documents]'"
        ) from error
    extension = "." + file.path.rsplit(".", 1)[-1].lower()
    if extension == ".docx":
        _refuse_bomb(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parsers beneath warn about fonts and deprecated parts
            converter = PdfConverter() if extension == ".pdf" else DocxConverter()  # type: ignore[no-untyped-call]
            converted = converter.convert(io.BytesIO(file.data), StreamInfo(extension=extension))
    except Exception as error:  # the parsers beneath raise whatever a broken file makes of them
        raise SourceError(
            file.path, f"can't be read as {extension[1:].upper()} ({type(error).__name__}); open it and save it again"
        ) from error
    text = str(converted.text_content).replace("\f", "\n\n")
    if not text.strip():
        raise SourceError(file.path, "holds no text (a scan?); export it with text, or write it as Markdown")
    if extension == ".pdf":
        text = _paragraphs(text)
    page = Page(FrontMatter(), is_faq_title(file.stem), file.language)
    texts = text.split("\n")
    return read_body(file, NumberedLines(texts, [0] * len(texts)), page, log)


def _refuse_bomb(file: SourceFile) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
                raise SourceError(file.path, "unpacks to more than 200 MB")
    except zipfile.BadZipFile as error:
        raise SourceError(file.path, "is not a DOCX file; open it and save it again") from error


def _paragraphs(text: str) -> str:
    """PDF text has a line per printed line: a line that asks stands alone, the others of a paragraph are joined."""
    paragraphs = re.split(r"\n\s*\n", text)
    out: list[str] = []
    for paragraph in paragraphs:
        current: list[str] = []
        for line in paragraph.split("\n"):
            if (
                line.rstrip().endswith(("?", "？"))
                and len(line) < 200
                and not (current and not current[-1].rstrip().endswith((".", "!", ":", ")")))
            ):
                if current:
                    out.append("\n".join(current))
                out.append(line.strip())
                current = []
            else:
                current.append(line.rstrip())
        if current:
            out.append("\n".join(current))
    return "\n\n".join(part for part in out if part.strip())
