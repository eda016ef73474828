"""AsciiDoc, turned into Markdown line by line. Nothing is included, and no macro does anything."""

from __future__ import annotations

import re

from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats.markdown import read_body
from knowledge.sources.front_matter import split_front_matter
from knowledge.sources.leftovers import LIST_BREAK
from knowledge.sources.markdown_entries import Page
from knowledge.sources.markdown_lines import NumberedLines, read_lines
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import asks, is_faq_title

_TITLE = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":(!?[\w-]+!?):(.*)")
_BLOCK_ATTRIBUTES = re.compile(r"\[(?!\[\w+\]\])[^\[\]]*\]|\[\[[^\[\]]*\]\]")
_DIRECTIVE = re.compile(r"(?:include|ifdef|ifndef|ifeval|endif|toc|video|audio)::.*")
_CODE_FENCE = re.compile(r"(-{4,}|\.{4,}|`{3,})(\w*)\s*")
_OTHER_FENCE = re.compile(r"={4,}|\*{4,}|_{4,}|--|\+{4,}|\s*\+\s*")
_COMMENT_FENCE = re.compile(r"/{4,}\s*")
_TABLE_FENCE = re.compile(r"[|,!]={3,}\s*")
_UNDERLINE = re.compile(r"(-{3,}|={3,}|~{3,}|\^{3,})\s*")
_BULLET = re.compile(r"\s*(\*{1,5}|-)\s+(?=\S)")
_NUMBER = re.compile(r"\s*(\.{1,5}|\d{1,3}\.)\s+(?=\S)")
_TERM = re.compile(r"(\S.*?)(?:::{1,3}|;;)(?:\s+(.*))?")
_NOTE = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
_NOTE_BLOCK = re.compile(r"\[(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\b.*\]")
_QUESTIONS = re.compile(r"^\[qanda\b", re.MULTILINE)
_DROPPED = "\x04"
"""Stands for a line that would part the rows of a table."""
_BLOCK_TITLE = re.compile(r"\.(?=[^\s.])(.+)")

_INLINE = (
    (re.compile(r"image::?(\S{1,1000}?)\[([^\[\],]{0,500})[^\[\]]{0,500}\]"), r"![\2](\1)"),
    (re.compile(r"(?:link:|xref:|mailto:)(\S{1,1000}?)\[\s{0,9}([^\[\],]{1,500})(?:,[^\[\]]{0,500})?\]"), r"[\2](\1)"),
    (re.compile(r"(?<![\w(:])(https?://[^\s\[\]<>]{1,1000})\[\s{0,9}([^\[\]^]{1,500})\^?\]"), r"[\2](\1)"),
    (re.compile(r"(?:link:|xref:)(\S{1,1000}?)\[\]"), r"[\1](\1)"),
    (re.compile(r"(https?://[^\s\[\]<>]{1,1000})\[\]"), r"\1"),
    (re.compile(r"<<[^<>,]{0,500},\s{0,9}([^<>]{1,500})>>"), r"\1"),
    (re.compile(r"<<#?([^<>,]{1,500})>>"), r"\1"),
    (re.compile(r"(?:kbd|btn):\[([^\[\]]{0,200})\]"), r"**\1**"),
    (re.compile(r"menu:([^\[\]]{1,200})\[([^\[\]]{0,200})\]"), r"**\1 > \2**"),
    (re.compile(r"footnote(?:ref)?:\w{0,50}\[([^\[\]]{0,1000})\]"), r" (\1)"),
    (re.compile(r"\[\[[\w-]{1,200}\]\]|\[#[\w-]{1,200}\](?=[*_#`])"), ""),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,300}?)(?<=[^\s*])\*(?![\w*])"), r"**\1**"),
    (re.compile(r"\s\+$"), "  "),
)


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of an AsciiDoc file: sections, bold questions, lists of questions and answers."""
    matter, body, taken = split_front_matter(file.text, file.path, log)
    lines = read_lines(_Converter().markdown(body), matter.values, taken)
    kept = [(text, number) for text, number in zip(lines.texts, lines.numbers, strict=True) if text != _DROPPED]
    lines = NumberedLines([text for text, _ in kept], [number for _, number in kept])
    title = matter.title or next((text[2:] for text in lines.texts if text.startswith("# ")), "")
    announced = is_faq_title(title) or is_faq_title(file.stem) or bool(_QUESTIONS.search(body))
    page = Page(matter, announced, file.language)
    return read_body(file, lines, page, log)


class _Converter:
    """Keeps the number of lines, so that problems point at the right place."""

    def __init__(self) -> None:
        self._attributes: dict[str, str] = {}
        self._fence = ""
        self._language = ""
        self._columns = 0

    def markdown(self, text: str) -> str:
        lines = text.split("\n")
        out: list[str] = []
        for number, line in enumerate(lines):
            level = 0 if self._fence else self._underlined(lines, number)
            if level < 0:
                out.append("")  # the underline itself
            elif level:
                out.append(f"{'#' * level} {self._inline(line)}")
            else:
                out.append(self._line(line))
        return "\n".join(out) + ("\n```" if self._fence[:1] in ("-", ".") else "")

    def _underlined(self, lines: list[str], number: int) -> int:
        """The level of a title that is underlined on the next line, -1 for that line, 0 for any other."""

        def level(at: int) -> int:
            if at + 1 >= len(lines) or not (rule := _UNDERLINE.fullmatch(lines[at + 1])):
                return 0
            alone = at == 0 or not lines[at - 1].strip() or lines[at - 1].startswith("[")
            fits = abs(len(lines[at].strip()) - len(rule[1])) <= 2 and re.match(r"\w", lines[at])
            return "=-~^".index(rule[1][0]) + 1 if alone and fits else 0

        return level(number) or (-1 if number and level(number - 1) else 0)

    def _line(self, line: str) -> str:
        if self._fence:
            return self._inside(line)
        if found := _CODE_FENCE.fullmatch(line):
            self._fence = found[1]
            language, self._language = found[2] or self._language, ""
            return f"```{language}"
        if _COMMENT_FENCE.fullmatch(line) or _TABLE_FENCE.fullmatch(line):
            self._fence, self._columns = line.strip(), 0
            return ""
        if found := _NOTE_BLOCK.fullmatch(line):
            return f"{LIST_BREAK}**{found[1].capitalize()}:**{LIST_BREAK}"
        if line.startswith("//") or _OTHER_FENCE.fullmatch(line) or _DIRECTIVE.fullmatch(line):
            return ""
        if found := _ATTRIBUTE.fullmatch(line):
            self._attributes[found[1]] = found[2].strip()
            return ""
        if _BLOCK_ATTRIBUTES.fullmatch(line):
            parts = line.strip("[]").split(",")
            self._language = parts[1].strip() if parts[0] in ("source", "source%linenums", "") and parts[1:] else ""
            return ""
        return self._text(line)

    def _text(self, line: str) -> str:
        if found := _TITLE.fullmatch(line):
            return f"{'#' * len(found[1])} {self._inline(found[2].rstrip().removesuffix(f' {found[1]}'))}"
        if found := _BULLET.match(line):
            return f"{'  ' * (len(found[1]) - 1)}- {self._inline(line[found.end() :])}"
        if found := _NUMBER.match(line):
            depth = len(found[1]) if found[1][0] == "." else 1
            return f"{'   ' * (depth - 1)}1. {self._inline(line[found.end() :])}"
        if found := _NOTE.match(line):
            return f"**{found[1].capitalize()}:** {self._inline(line[found.end() :])}"
        if (found := _TERM.fullmatch(line)) and "://" not in found[1]:
            term, text = self._inline(found[1]), self._inline(found[2] or "")
            term = term.replace("**", "")  # it becomes bold as a whole
            if asks(term):
                return f"{LIST_BREAK}**{term}**{LIST_BREAK}{LIST_BREAK}{text}"
            return f"{LIST_BREAK}- **{term}**: {text}"
        if found := _BLOCK_TITLE.fullmatch(line):
            return f"*{self._inline(found[1])}*{LIST_BREAK}"
        return self._inline(line)

    def _inside(self, line: str) -> str:
        if line.strip() == self._fence:
            code, self._fence = self._fence[0] in "-.`", ""
            return "```" if code else ""
        if self._fence[0] in "-.`":
            return line
        if self._fence[0] == "/":
            return ""
        return self._row(line)

    def _row(self, line: str) -> str:
        """A row of a table; one with a single cell is an item of a list: its table has a line for each cell."""
        cells = [
            self._inline(cell.strip())
            for cell in re.split(r"(?:(?<=\s)|^)(?:\d{0,3}[.+]?\d{0,3}[<^>.]{0,4}[aehlmsdv]?)?\|", line)
        ]
        cells = [cell for cell in cells[1:] or cells if cell]
        if not cells:
            return _DROPPED
        if len(cells) < 2:
            return f"- {cells[0]}"
        row = f"| {' | '.join(cells)} |"
        if self._columns == 0:
            self._columns = len(cells)
            row = f"{LIST_BREAK}{row}{LIST_BREAK}|{'---|' * len(cells)}"
        return row

    def _inline(self, text: str) -> str:
        parts = re.split(r"(`[^`]+`)", text)
        return "".join(
            re.sub(r"^`\+(.*)\+`$", r"`\1`", part) if index % 2 else self._plain(part)
            for index, part in enumerate(parts)
        )

    def _plain(self, text: str) -> str:
        text = re.sub(r"\{([\w-]+)\}", lambda match: self._attributes.get(match[1], match[0]), text)
        for form, new in _INLINE:
            text = form.sub(new, text)
        return text
