"""Which files of a folder are part of the FAQ, and in what format: told by their names alone."""

from __future__ import annotations

import re

from knowledge.sources.questions import is_faq_title

FORMATS = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mdx": "markdown",
    ".yaml": "yaml", ".yml": "yaml",
    ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".toml": "toml", ".qna": "qna",
    ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".txt": "text",
    ".rst": "rst",
    ".adoc": "asciidoc", ".asciidoc": "asciidoc",
    ".docx": "document", ".pdf": "document",
}  # fmt: skip

PAGES_FILE = "pages.txt"
"""The list of web addresses that belong to the FAQ, one per line."""

_NOT_FAQ = re.compile(
    r"golden[\w.-]*\.(?:csv|jsonl)|phrases[\w.-]*\.ya?ml|(?i:readme)(?:\.[\w-]+)*|"
    # in capitals they are about the repository; `security.md` is a topic
    r"(?:LICEN[SC]E|CHANGELOG|CONTRIBUTING|CODE_OF_CONDUCT|SECURITY|AUTHORS|NOTICE|SUMMARY)(?:[._-][\w.-]*)?|"
    r"_config\.ya?ml|_sidebar\.md|_navbar\.md|_category_\.(?:json|ya?ml)|(?:mkdocs|antora|crowdin|netlify)[\w.-]*\.ya?ml|"
    r"(?:config|hugo|params|menus?|theme|book|netlify|pyproject|Cargo|wrangler|fly|vercel)(?:\.[\w-]+)?\.toml|"
    r"(?:package|package-lock|tsconfig|sidebars|composer)\.json|(?:404|search|sitemap)\.html"
)
_NOT_FAQ_FOLDERS = frozenset(
    [
        "node_modules",
        "__pycache__",
        "_site",
        "_includes",
        "_layouts",
        "_sass",
        "vendor",
        "dist",
        "build",
        "venv",
    ]
)


def format_of(name: str) -> str:
    """Format of a file by its extension, "" if it has none that is read."""
    return FORMATS.get(re.sub(r"^.*(?=\.)", "", name.lower()), "")


def is_faq_file(name: str) -> bool:
    """Whether a file found in a folder is read: a known extension, and neither hidden nor a README nor a golden set.

    Of text files only those are that are called an FAQ: a folder of a website has others.
    """
    if format_of(name) == "text" and not is_faq_title(name.rpartition(".")[0]):
        return False
    return bool(format_of(name)) and not name.startswith((".", "~$")) and not _NOT_FAQ.fullmatch(name)


def is_faq_folder(name: str) -> bool:
    """Whether a folder is looked into."""
    return not name.startswith(".") and name not in _NOT_FAQ_FOLDERS
