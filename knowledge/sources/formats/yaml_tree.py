"""YAML: flat or nested lists of entries, or `question: answer` pairs."""

from __future__ import annotations

import yaml

from knowledge.errors import SourceError
from knowledge.sources.chatbots import rasa_halves
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.problems import ProblemLog
from knowledge.sources.tree import TreeReader

_DEEPEST = 100
_MOST_ALIASES = 1_000

# libyaml where it is built in (ten times faster), with every scalar a string: `answer: Yes` is no boolean.
_Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(file: SourceFile, log: ProblemLog) -> list[Draft]:
    """Entries of every document of the file."""
    load_problem = _hostile(file)
    if load_problem:
        raise load_problem
    lines: dict[int, int] = {}
    drafts: list[Draft] = []
    try:
        loader = _Loader(file.text)
        try:
            while loader.check_node():
                data = _construct(loader.get_node(), lines, {})

                def line_of(value: object) -> int:
                    return lines.get(id(value), 0)

                halves = rasa_halves(data, log, line_of)
                drafts += TreeReader(file, log, line_of).read(data) if halves is None else halves
                lines.clear()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _source_error(file, error) from error
    return drafts


def _hostile(file: SourceFile) -> SourceError | None:
    """Reads the events first, without recursion: composing deeply nested nodes would exhaust the C stack."""
    depth = aliases = 0
    try:
        for event in yaml.parse(file.text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.AliasEvent):
                aliases += 1
            if depth > _DEEPEST:
                return SourceError(file.path, f"is nested deeper than {_DEEPEST} levels", _line(event))
            if aliases > _MOST_ALIASES:
                return SourceError(file.path, f"has more than {_MOST_ALIASES} aliases", _line(event))
    except yaml.YAMLError as error:
        return _source_error(file, error)
    return None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _construct(node: yaml.Node, lines: dict[int, int], done: dict[int, object]) -> object:
    """Plain lists, dicts and strings; remembers the line of every dict. An alias is the same object again."""
    if id(node) in done:
        return done[id(node)]
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        items: list[object] = []
        done[id(node)] = items
        items += [_construct(child, lines, done) for child in node.value]
        return items
    mapping: dict[str, object] = {}
    done[id(node)] = mapping
    lines[id(mapping)] = node.start_mark.line + 1
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            mapping[str(key.value)] = _construct(value, lines, done)
    return mapping


def _source_error(file: SourceFile, error: yaml.YAMLError) -> SourceError:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    return SourceError(
        file.path,
        f"is not well-formed YAML ({what}); check indentation and put quotes around text with a colon",
        mark.line + 1 if mark else None,
    )
