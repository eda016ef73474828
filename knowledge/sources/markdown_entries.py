"""From the blocks of one Markdown document to drafts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sources.blocks import Block, parse_blocks, without_answer_mark
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.front_matter import FrontMatter
from knowledge.sources.languages import language_tag
from knowledge.sources.links import inline_references, reference_links
from knowledge.sources.markdown_lines import SUMMARY, NumberedLines
from knowledge.sources.markdown_settings import entry_alternates, entry_settings, heading_title, setting_tags
from knowledge.sources.markup import inline_html, plain_text
from knowledge.sources.outline import (
    Section,
    is_question_list,
    leaves,
    parts_to_take,
    question_levels,
)
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import (
    also_asked,
    asks,
    is_faq_title,
    is_related_title,
    looks_like_question,
    without_number,
)
from knowledge.sources.slugs import anchor, slug
from knowledge.sources.splitting import Piece, asks_in_bold, split
from knowledge.sources.values import audience_of, date_of


@dataclass(frozen=True, slots=True)
class Page:
    """What is known about a document besides its text."""

    matter: FrontMatter
    """Its front matter."""
    announced: bool = False
    """Whether its name or title says that it is a list of questions."""
    language: str = ""
    """BCP 47 tag from its path, used where the front matter has none."""


class MarkdownReader:
    """Reads one document."""

    def __init__(self, file: SourceFile, lines: NumberedLines, page: Page, log: ProblemLog) -> None:
        self._file, self._lines, self._page, self._log = file, lines, page, log
        self._references = reference_links(lines.texts)
        self._drafts: list[Draft] = []
        self._levels: frozenset[int] = frozenset()
        self._bold = False

    def read(self) -> list[Draft]:
        """All drafts, in document order."""
        root = self._outline(parse_blocks(self._lines.texts))
        title = self._page.matter.title
        top = root
        if not title and len(root.children) == 1 and root.words < 40 and root.children[0].level == 1:
            top = root.children[0]  # one heading over everything is the page's title
        elif title and len(root.children) == 1 and _same(root.children[0].title, title):
            top = root.children[0]  # the title is repeated as a heading
        announced = is_faq_title(title or top.title)
        part = None if announced else self._faq_section(top)
        if part is not None:
            if title:  # a help page with an FAQ at its end: the page is an answer too
                self._article(top, title, without=part)
            self._list(part, is_top=True)
        elif is_question_list(top, announced=announced or self._page.announced, titled=bool(title)):
            self._list(top, is_top=True)
        elif title or top is not root:
            self._article(top, title or top.title)
        elif root.children:
            for child in root.children:
                self._list(child) if is_question_list(child) else self._section(child)
        else:
            self._pieces(root, _title_of_name(self._file.stem))
        return self._drafts

    def _faq_section(self, top: Section) -> Section | None:
        """The part of a longer document that announces an FAQ in its heading (a README has one), or None."""
        for found in top.walk():
            if found is top or found.level < 2 or not is_faq_title(found.title) or asks(found.title):
                continue
            if self._page.announced and _asks_outside(top, found):
                return None  # one section of an FAQ
            if found.children or len(split(found.blocks, self._lines.texts, below_question=False)[1]) > 1:
                return found
        return None

    def _outline(self, blocks: list[Block]) -> Section:
        root = Section("", 0, -1)
        path = [root]
        pending_anchor = ""
        for block in blocks:
            if block.kind == "comment" and (found := re.search(r"<!--\s*anchor:\s*(\S+)\s*-->", block.text)):
                pending_anchor = found[1]
                continue
            if block.kind != "heading":
                path[-1].blocks.append(block)
                continue
            title, given = heading_title(block.text)
            while path[-1].level >= block.level:
                path.pop()
            section = Section(title, block.level, block.first, block.end, given, pending_anchor)
            path[-1].children.append(section)
            path.append(section)
            pending_anchor = ""
        return root

    def _list(self, section: Section, *, is_top: bool = False) -> None:
        """Everything below a section is questions or groups of them."""
        if is_top:
            self._levels = question_levels(section)
            below = [block for found in section.walk() for block in found.blocks]
            self._bold = any(block.kind == "paragraph" and asks_in_bold(block.text) for block in below)
        lead, pieces = self._split(section, asks(section.title))
        self._add_pieces(pieces, section)
        title = section.title or self._page.matter.title
        words = sum(len(block.text.split()) or 8 for block in lead if block.kind != "comment")
        # a sentence or two introduce the group; more than that is something a customer may need
        enough = 1 if asks(title) else 20 if is_top and self._page.matter.title else 40
        if title and words >= enough and not is_faq_title(title):
            self._add(title, section, self._text(lead))
        for child in section.children:
            self._section(child)

    def _section(self, section: Section) -> None:
        """One section of a list of questions: a group, a question, or links to elsewhere."""
        if is_related_title(section.title) and not asks(section.title):
            return
        if parts_to_take(section, self._levels):
            self._list(section)
            return
        if not section.children and self._split(section, looks_like_question(section.title))[1]:
            self._list(section)
            return
        answer = self._answer(section)
        if answer:
            self._add(section.title, section, answer)
        elif looks_like_question(section.title):
            self._no_answer(section.title, section.line)

    def _split(self, section: Section, below_question: bool) -> tuple[list[Block], list[Piece]]:
        return split(section.blocks, self._lines.texts, below_question=below_question, bold=self._bold)

    def _article(self, top: Section, title: str, *, without: Section | None = None) -> None:
        """The whole document is one answer, or (without headings) a run of bold questions."""
        if not leaves(top):  # headings over links to elsewhere are none
            lead, pieces = split(top.blocks, self._lines.texts, below_question=looks_like_question(title))
            if pieces and (len(pieces) > 1 or not lead):
                self._list(top, is_top=True)
                return
        if answer := self._answer(top, without):
            apart = set() if without is None else {id(found) for found in without.walk()}
            inner = [s.title for s in leaves(top) if id(s) not in apart and looks_like_question(s.title)]
            self._add(title, top, answer, alternates=inner, whole_page=True)
        elif without is None:
            self._log.warning(
                "empty-page",
                f"“{title[:80]}” has no text.",
                "Write the answer, or delete the file.",
                self._lines.number(max(top.line, 0)),
            )

    def _pieces(self, root: Section, title: str) -> None:
        """A document without headings and title."""
        lead, pieces = split(root.blocks, self._lines.texts, below_question=False)
        self._add_pieces(pieces, root)
        answer = self._text(lead)
        if not pieces and answer:
            self._log.warning(
                "no-title",
                f"has text but neither a title nor a question; its name makes it the answer to “{title}”.",
                "Give every answer a heading with its question.",
                self._lines.number(0),
            )
            self._add(title, root, answer, whole_page=True)

    def _add_pieces(self, pieces: list[Piece], section: Section) -> None:
        for piece in pieces:
            parts = (self._cleaned(piece.opening), self._text(piece.blocks))
            answer = without_answer_mark("\n\n".join(part for part in parts if part))
            if not answer:
                self._no_answer(piece.question, piece.first)
                continue
            self._add(piece.question, section, answer, line=piece.first, blocks=piece.blocks)

    def _no_answer(self, question: str, line: int) -> None:
        self._log.error(
            "no-answer",
            f"“{question[:80]}” has no answer.",
            "Write the answer under it, or delete the question.",
            self._lines.number(line),
        )

    def _add(
        self,
        question: str,
        section: Section,
        answer: str,
        *,
        line: int | None = None,
        blocks: tuple[Block, ...] | None = None,
        alternates: list[str] | None = None,
        whole_page: bool = False,
    ) -> None:
        if self._is_contents(answer):
            return
        matter = self._page.matter
        number = self._lines.number(max(section.line if line is None else line, 0))
        settings = entry_settings(section.blocks if blocks is None else blocks, number, self._log)
        other = [*(alternates or []), *entry_alternates(section.blocks if blocks is None else blocks)]
        own_heading = line is None and section.line >= 0
        page_id = matter.id if whole_page else ""
        question = without_number(plain_text(question)).strip()
        if not question or not answer.strip():
            self._log.warning("no-question", "has a heading without words.", "Write the question there.", number)
            return
        self._drafts.append(
            Draft(
                question=question,
                answer=answer,
                line=number,
                id=settings.get("id", "") or (section.id if own_heading else "") or page_id,
                alternates=tuple(dict.fromkeys([*other, *(matter.alternates if whole_page else ())])),
                tags=tuple(dict.fromkeys([*matter.tags, *setting_tags(settings)])),
                audience=audience_of(settings.get("audience", ""), self._log, number) or matter.audience,
                language=language_tag(settings.get("language", "")) or matter.language or self._page.language,
                updated=date_of(settings.get("updated", ""), self._log, number) or matter.updated,
                anchor=(section.id or section.anchor or anchor(section.title)) if section.line >= 0 else "",
                whole_page=whole_page,
            )
        )

    def _answer(self, section: Section, without: Section | None = None) -> str:
        """The text below a heading, sub-headings included; sections of links to elsewhere and `without` left out."""
        apart = set() if without is None else {id(found) for found in without.walk()}
        kept = [found for found in section.walk() if id(found) not in apart and not self._is_links_only(found, section)]
        parts: list[str] = []
        for found in kept:
            if found is not section:
                parts.append(f"{'#' * found.level} {found.title}")
            if text := self._text(found.blocks):
                parts.append(text)
        return "\n\n".join(parts) if any(self._text(found.blocks) for found in kept) else ""

    def _is_contents(self, answer: str) -> bool:
        """Whether it is links into the same page and nothing else: a table of contents."""
        own = ("#", self._file.path.rsplit("/", 1)[-1] + "#")
        addresses = [address for _, address in _LINKS.findall(answer)]
        bare = not re.sub(r"[\s\d.()|>*+-]", "", _LINKS.sub("", answer))
        return bool(addresses) and bare and all(address.startswith(own) for address in addresses)

    def _is_links_only(self, found: Section, top: Section) -> bool:
        return found is not top and not found.children and is_related_title(found.title)

    def _text(self, blocks: list[Block] | tuple[Block, ...]) -> str:
        """The Markdown of blocks as the author wrote it, without comments and `Also asked` lines."""
        texts: list[str] = []
        for block in blocks:
            if block.kind == "comment" or (block.kind == "paragraph" and also_asked(block.text)):
                continue
            texts.append("\n".join(self._lines.texts[block.first : block.end]).rstrip())
        while texts and re.fullmatch(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*", texts[-1]):
            texts.pop()  # a rule between two entries belongs to neither
        return self._cleaned("\n\n".join(texts))

    def _cleaned(self, text: str) -> str:
        text = inline_html(inline_references(text.replace(SUMMARY, ""), self._references))
        text = _BACK_TO_TOP.sub("", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n").rstrip()


_LINKS = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]*)\)")
_BACK_TO_TOP = re.compile(r"^[\s*_-]*\[[^\[\]\n]*(?:\bto top|⬆|↑|🔝)[^\[\]\n]*\]\(#[^()\n]*\)\**\s*$", re.I | re.M)


def _asks_outside(top: Section, part: Section) -> bool:
    inside = {id(found) for found in part.walk()}
    return any(asks(found.title) for found in top.walk() if found is not top and id(found) not in inside)


def _same(first: str, second: str) -> bool:
    return slug(first) == slug(second)


def _title_of_name(stem: str) -> str:
    """`late-payments_en` is "Late payments"."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"[._-][a-z]{2}$", "", stem)).strip()
    return words[:1].upper() + words[1:]
