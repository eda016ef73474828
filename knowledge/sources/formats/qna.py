"""`.qna` files of Microsoft's Bot Framework: `# ? question`, other wordings as a list, the answer in a fence.

Their format: https://learn.microsoft.com/azure/bot-service/file-format/bot-builder-qna-file-format
"""

from __future__ import annotations

import re
from textwrap import dedent

from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.markup import answer_markdown, plain_text
from knowledge.sources.problems import ProblemLog
from knowledge.sources.slugs import slug

_QUESTION = re.compile(r"[ \t]*#+[ \t]*\?[ \t]*(.*)")
_FENCE = re.compile(r"[ \t]*(```+)[ \t]*\w*[ \t]*$")
_SECTION = re.compile(r"[ \t]*\*{2,3}(\w+):?\*{2,3}:?[ \t]*$")
_ITEM = re.compile(r"[ \t]*[-*+][ \t]+(.*)")


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of a `.qna` file. Comments, prompts and references to other files are left out; filters become tags."""
    lines = file.text.split("\n")
    starts: list[int] = []
    fence = False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            fence = not fence
        elif not fence and _QUESTION.match(line):
            starts.append(number)
    drafts = []
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        draft = _pair(lines[start:end], start + 1, log)
        drafts += [draft] if draft is not None else []
    return drafts


def _pair(lines: list[str], first: int, log: ProblemLog) -> Draft | None:
    match = _QUESTION.match(lines[0])
    asked = [match[1] if match else ""]
    tags: list[str] = []
    answer: list[str] = []
    section, fence, done = "", False, False
    for line in lines[1:]:
        if _FENCE.match(line):
            done, fence = done or fence, not fence
        elif fence and not done:
            answer.append(line)
        elif named := _SECTION.match(line):
            section = named[1].lower()
        elif item := _ITEM.match(line):
            if section == "filters":
                tags.append(slug(item[1].partition("=")[2]))
            elif not section and not done:
                asked.append(item[1])
    questions = [text for text in dict.fromkeys(plain_text(text) for text in asked) if text]
    if not questions:
        return None
    text = answer_markdown(dedent("\n".join(answer)).strip("\n"))
    if not text:
        what = f"“{questions[0][:80]}” has no answer."
        log.error("no-answer", what, "Write the answer in a fence under it, or delete the question.", first)
        return None
    return Draft(questions[0], text, first, alternates=tuple(questions[1:]), tags=tuple(tag for tag in tags if tag))
