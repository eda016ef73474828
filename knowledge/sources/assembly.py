"""Drafts of all files to entries: ids, defaults, duplicates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from knowledge.entries import Entry
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.links import rebase
from knowledge.sources.markup import storable
from knowledge.sources.problems import Problem, Severity
from knowledge.sources.slugs import slug


@dataclass(frozen=True, slots=True)
class Found:
    """A draft and the file it was found in."""

    file: SourceFile
    draft: Draft


def assemble(found: list[Found], base_url: str = "") -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Entries with unique ids, and what was noticed about duplicates.

    The rule: the same question with the same answer is one entry (the first keeps its place and takes over the
    others' alternates and tags), unless the author gave them different ids. The same question with different
    answers stays as several entries; `knowledge.check` calls that a contradiction.
    """
    problems: list[Problem] = []
    kept = _merged(found, problems)
    ids = _ids(kept, problems)
    return tuple(_entry(item, id_, base_url) for item, id_ in zip(kept, ids, strict=True)), tuple(problems)


def _entry(found: Found, id_: str, base_url: str) -> Entry:
    file, draft = found.file, found.draft
    fragment = f"#{draft.anchor}" if draft.anchor and not draft.whole_page else ""
    question = storable(draft.question)
    return Entry(
        id=storable(id_),
        question=question,
        answer=storable(rebase(draft.answer, file.path, base_url)),
        alternates=tuple(
            dict.fromkeys(text for item in draft.alternates if (text := storable(item)) and text != question)
        ),
        tags=tuple(storable(tag) for tag in draft.tags),
        audience=draft.audience or "everyone",
        language=draft.language or file.language,
        updated=draft.updated,
        source=storable(draft.source or f"{file.path}{fragment}"),
        path=file.path,
        line=draft.line,
    )


def normal(text: str) -> str:
    """A question as it is compared: lower case, words only."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _wordings_united(found: list[Found]) -> list[Found]:
    """Rows of one file with the same id and answer are wordings of one question, as QnA Maker exports them."""
    united: dict[object, Found] = {}
    for number, item in enumerate(found):
        draft = item.draft
        key = (item.file.path, draft.id, draft.answer, draft.language, draft.audience) if draft.id else number
        if key in united and united[key].draft.question != draft.question:
            first = united[key].draft
            alternates = (*first.alternates, draft.question, *draft.alternates)
            more = tuple(dict.fromkeys(text for text in alternates if text != first.question))
            united[key] = replace(united[key], draft=replace(first, alternates=more))
        else:
            united[number if key in united else key] = item
    return list(united.values())


def _merged(found: list[Found], problems: list[Problem]) -> list[Found]:
    kept: list[Found] = []
    places: dict[tuple[str, ...], int] = {}
    for item in _wordings_united(found):
        draft = item.draft
        key = (
            normal(draft.question) or draft.question,
            " ".join(draft.answer.split()),
            draft.audience,
            draft.language or item.file.language,
            *draft.discriminators,
        )
        first = kept[places[key]] if key in places else None
        if first is None or (draft.id and first.draft.id and draft.id != first.draft.id):
            places.setdefault(key, len(kept))
            kept.append(item)
            continue
        kept[places[key]] = replace(
            first,
            draft=replace(
                first.draft,
                id=first.draft.id or draft.id,
                alternates=tuple(dict.fromkeys(first.draft.alternates + draft.alternates)),
                tags=tuple(dict.fromkeys(first.draft.tags + draft.tags)),
            ),
        )
        problems.append(
            Problem(
                Severity.NOTE,
                "merged",
                item.file.path,
                draft.line,
                f"“{draft.question[:80]}” stands in {first.file.path} (line {first.draft.line}) too, with the same "
                "answer; they are one entry.",
                "Delete one of them.",
            )
        )
    return kept


def _ids(kept: list[Found], problems: list[Problem]) -> list[str]:
    """The author's ids; for the rest the shortest name that nothing else has, whatever the order of files."""
    ids = [item.draft.id for item in kept]
    taken: set[str] = set()
    for index, id_ in enumerate(ids):
        if id_ and id_ in taken:
            ids[index] = ""
            number = 2
            while f"{id_}-{number}" in taken:
                number += 1
            ids[index] = f"{id_}-{number}"
            problems.append(
                Problem(
                    Severity.WARNING,
                    "duplicate-id",
                    kept[index].file.path,
                    kept[index].draft.line,
                    f"the id “{id_}” is taken by another entry; this one is “{ids[index]}”.",
                    "Give each entry an id of its own.",
                )
            )
        if ids[index]:
            taken.add(ids[index])
    for form in (_short, _with_stem, _with_path):
        open_places = [index for index, id_ in enumerate(ids) if not id_]
        names = {index: form(kept[index]) for index in open_places}
        uses = Counter(names.values())
        for index, name in names.items():
            if name and uses[name] == 1 and name not in taken:
                ids[index] = name
        taken |= {id_ for id_ in ids if id_}
    counters: Counter[str] = Counter()
    for index, id_ in enumerate(ids):
        if id_:
            continue
        name = _with_path(kept[index]) or "entry"
        candidate = name
        while candidate in taken:
            counters[name] += 1
            candidate = f"{name}-{counters[name] + 1}"
        ids[index] = candidate
        taken.add(candidate)
    return ids


def _short(found: Found) -> str:
    return slug(found.file.stem) if found.draft.whole_page else slug(found.draft.question)


def _with_stem(found: Found) -> str:
    if found.draft.whole_page:
        folder, _, _ = found.file.path.rpartition("/")
        return slug(f"{folder.rsplit('/', 1)[-1]}-{found.file.stem}")
    return slug(f"{found.file.stem}-{found.draft.question}")


def _with_path(found: Found) -> str:
    if found.draft.whole_page:
        return slug(found.file.path)
    return slug(f"{found.file.path}-{found.draft.question}")
