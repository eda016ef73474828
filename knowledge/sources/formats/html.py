"""HTML: schema.org FAQPage where there is one, else headings, `dl`, `details` and accordions of the main content."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from bs4 import BeautifulSoup, Tag

from knowledge.errors import SourceError
from knowledge.sources.blocks import CLOSED
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.formats.markdown import read_body
from knowledge.sources.front_matter import FrontMatter, split_front_matter
from knowledge.sources.html_markdown import html_to_markdown, refuse_unclosed
from knowledge.sources.languages import language_tag
from knowledge.sources.markdown_entries import Page
from knowledge.sources.markdown_lines import SUMMARY
from knowledge.sources.positions import Positions
from knowledge.sources.problems import ProblemLog
from knowledge.sources.questions import asks, is_faq_title
from knowledge.sources.tree import TreeReader
from knowledge.sources.values import date_of

_DEEPEST = 200
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_FURNITURE = (
    "nav, header nav, footer, aside, [role=navigation], [aria-hidden=true], .breadcrumb, .breadcrumbs, .sidebar, .toc, "
    # Zendesk, Intercom, Confluence: votes, dates, comments, attachments
    ".article-votes, .article-author, .article-meta, .article-comments, .comments, .article-relatives, "
    ".article-footer, .article-more-questions, .reactions, .intercom-reaction-picker, .page-metadata, .pageSection, "
    ".toc-macro, .expand-control-icon"
)
_FOLDS = (
    ".expand-control-text, [role=button][aria-controls], .accordion-title, .accordion-header, .accordion-button, "
    ".toggle-title, .ui-accordion-header, .schema-faq-question"
)
"""Titles of what unfolds, in Confluence, Elementor, Bootstrap, jQuery UI, Yoast."""
_MAIN = "main, [role=main], article, .article-body, .article__body, #main-content, #content"


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of an HTML page or fragment. Line numbers are those of the headings."""
    matter, body, taken = split_front_matter(file.text, file.path, log)
    refuse_unclosed(body)
    _refuse_absurd_nesting(body, file.path)
    try:
        soup = BeautifulSoup(body, "html.parser")
        language = language_tag(soup.html.get("lang")) if soup.html else ""
        file = replace(file, language=language or file.language)
        if drafts := _structured_data(soup, file, log) or _microdata(soup):
            return [
                replace(draft, tags=(*matter.tags, *draft.tags), language=draft.language or file.language)
                for draft in drafts
            ]
        return _content(soup, file, matter, log, taken)
    except RecursionError as error:
        raise SourceError(file.path, "is nested too deeply to be a page for people") from error


def _refuse_absurd_nesting(html: str, path: str) -> None:
    """Counts open tags roughly, in one pass, before anything recursive sees them."""
    depth = 0
    for match in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>", html):
        name = match[2].lower()
        if (
            name
            in ("br", "img", "hr", "input", "meta", "link", "p", "li", "td", "tr", "dt", "dd", "source", "col", "wbr")
            or match[3]
        ):
            continue  # never or seldom closed
        depth += -1 if match[1] else 1
        depth = max(depth, 0)
        if depth > _DEEPEST:
            raise SourceError(
                path, f"has more than {_DEEPEST} tags open at once", html.count("\n", 0, match.start()) + 1
            )


def _structured_data(soup: BeautifulSoup, file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of the `application/ld+json` blocks that are an FAQPage or QAPage."""
    drafts: list[Draft] = []
    for script in soup.find_all("script", type="application/ld+json"):
        text = script.string or ""
        if not re.search(r"\b(?:FAQPage|QAPage)\b", text):
            continue
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            log.warning(
                "structured-data",
                "has an FAQPage block that is not well-formed JSON; the text of the page was read instead.",
                "Put the block right; search engines ignore it as well.",
                script.sourceline or 0,
            )
            continue
        line = script.sourceline or 0
        drafts += TreeReader(file, log, lambda _, line=line: line).read(_faq_pages(data))  # type: ignore[misc]
    return [replace(draft, tags=()) for draft in drafts]


def _faq_pages(data: object) -> list[object]:
    """The questions of the FAQPage objects in a JSON-LD value, however they are wrapped."""
    waiting, found = [data], list[object]()
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if "FAQPage" in str(value.get("@type")) or "QAPage" in str(value.get("@type")):
                entity = value.get("mainEntity", [])
                found += entity if isinstance(entity, list) else [entity]
            else:
                waiting += [item for item in value.values() if isinstance(item, list | dict)]
    return found


def _microdata(soup: BeautifulSoup) -> list[Draft]:
    drafts: list[Draft] = []
    for item in soup.select('[itemtype$="schema.org/Question"]'):
        name, text = item.select_one("[itemprop=name]"), item.select_one("[itemprop=text]")
        if name and text:
            question, answer = " ".join(name.get_text(" ").split()), html_to_markdown(text)
            if question and answer:
                drafts.append(Draft(question, answer, item.sourceline or 0, anchor=str(item.get("id") or "")))
    return drafts


def _content(soup: BeautifulSoup, file: SourceFile, matter: FrontMatter, log: ProblemLog, taken: int) -> list[Draft]:
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    if not matter.updated and (
        meta := soup.select_one("meta[property='article:modified_time'], meta[name='last-modified']")
    ):
        matter = replace(matter, updated=date_of(str(meta.get("content") or ""), log, meta.sourceline or 0))
    content: Tag = (soup.select(_MAIN) or [soup.body or soup])[0]
    positions = Positions()
    for found in content.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "button", "b", "strong", "p"]):
        positions.add(found.get_text(" "), (found.sourceline or 0) + taken, str(found.get("id") or ""))
    for furniture in content.select(_FURNITURE):
        furniture.decompose()
    _unwrap_layout(content)
    _mark_questions(soup, content)
    heading = content.find("h1")
    first = " ".join(heading.get_text(" ").split()) if heading else ""
    if not matter.title and not first and title and content.find(["h2", "h3", "summary", "dt"]) is None:
        matter = replace(matter, title=re.split(r"\s+[|–—·»-]\s+", title)[0])
    announced = is_faq_title(title) or is_faq_title(first) or is_faq_title(matter.title or file.stem)
    lines = positions.numbered(html_to_markdown(content))
    return read_body(file, lines, Page(matter, announced, file.language), log)


def _unwrap_layout(content: Tag) -> None:
    """Tables that only arrange a page (they hold tables, headings or lists, or a single cell) are boxes, no tables."""
    for table in content.find_all("table"):
        if table.find(["table", "ul", "ol", "dl", *_HEADINGS]) or len(table.find_all(["td", "th"], limit=2)) == 1:
            parts = [tag for tag in table.find_all(["tbody", "tr", "td", "th"]) if tag.find_parent("table") is table]
            for tag in [table, *parts]:
                tag.name = "div"


def _mark_questions(soup: BeautifulSoup, content: Tag) -> None:
    """Writes `summary`, `dt` and the questions of accordions as the paragraphs that the Markdown reader knows."""
    marked = content.find_all(["summary", "dt"])
    questions = content.select('[class*="question" i]:not(ul):not(ol):not(section)')
    answers = content.select('[class*="answer" i]')
    if len(questions) >= 2 and len(questions) == len(answers):
        marked += [tag for tag in questions if not tag.find(["h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"])]
    known = {id(tag) for tag in marked}
    folds = [tag for tag in content.select(_FOLDS) if asks(tag.get_text(" ")) and not tag.find_parent(_HEADINGS)]
    marked += [tag for tag in folds if id(tag) not in known and not tag.find([*_HEADINGS, "summary", "dt"])]
    for tag in marked:
        if tag.parent is None:  # inside one that was marked
            continue
        if tag.name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            continue
        text = " ".join(tag.get_text(" ").split())
        paragraph = soup.new_tag("p")
        paragraph.string = f"{SUMMARY}{text}"
        tag.replace_with(paragraph)
    for tag in content.find_all(["details", "dl", "dd"]):
        if tag.name == "details":
            end = soup.new_tag("p")
            end.string = CLOSED
            tag.append(end)
        tag.name = "div"
