"""Intents of a chatbot as entries: wordings on one side, responses to choose from on the other.

The lists that tutorials call `intents.json` hold both in one place. Rasa keeps them apart: wordings in `nlu`, responses
in a domain, and rules that lead from one to the other where names do not. Its parts become drafts with one half each,
which `join` puts together when every file has been read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.sources.assembly import Found
from knowledge.sources.drafts import Draft
from knowledge.sources.markup import answer_markdown, plain_text
from knowledge.sources.problems import Problem, ProblemLog, Severity
from knowledge.sources.questions import looks_like_question
from knowledge.sources.slugs import slug

_SMALL_TALK_NAMES = """
greet greeting greetings hello hi goodbye bye farewell thanks thank thank-you thankyou welcome affirm deny yes no
mood-great mood-unhappy bot-challenge nlu-fallback default-fallback fallback default noanswer no-answer out-of-scope
default-welcome-intent default-fallback-intent
"""
_OWN_SMALL_TALK = "Nothing has to be done: the bot has small talk of its own."
_SMALL_TALK = frozenset(_SMALL_TALK_NAMES.split())
_WORDINGS = ("patterns", "pattern", "examples", "utterances", "text", "questions")
_NAMES = ("tag", "intent", "name", "title")
_RASA = frozenset({"nlu", "responses", "rules", "stories", "intents", "slots", "forms", "session_config", "pipeline"})
_ANNOTATION = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")
_SLOT = re.compile(r"(?<!\{)\{[A-Za-z_]\w*\}(?!\})")


def is_small_talk(intent: str) -> bool:
    """Whether an intent is known by its name to be no question: the bot has small talk of its own."""
    return slug(intent) in _SMALL_TALK or intent.startswith(("chitchat/", "smalltalk/", "smalltalk."))


def intent_row(
    value: Mapping[str, object], log: ProblemLog, line_of: Callable[[object], int]
) -> Mapping[str, object] | None:
    """`{tag, patterns, responses}` as the row of an entry, an empty one for small talk; None when it is no intent."""
    responses = value.get("responses", value.get("response"))
    wordings = next((value[name] for name in _WORDINGS if isinstance(value.get(name), list)), None)
    if not isinstance(wordings, list) or not isinstance(responses, list | str):
        return None
    name = next((str(value[key]) for key in _NAMES if isinstance(value.get(key), str)), "")
    texts = [
        item if isinstance(item, str) else item.get("text", "") for item in wordings if isinstance(item, str | dict)
    ]
    if is_small_talk(name) or not any(texts):
        log.note("small-talk", f"“{name[:80]}” is small talk and left out.", _OWN_SMALL_TALK, line_of(value))
        return {}
    if isinstance(responses, list):
        if len(responses) > 1:
            what = f"of {len(responses)} responses of “{name[:80]}” the first is the answer."
            log.note("variants", what, "Put the best one first.", line_of(value))
        responses = next(iter(responses), "")
    return {"id": name, "questions": best_first([plain_text(text) for text in texts if text]), "answer": responses}


def best_first(wordings: Sequence[str]) -> list[str]:
    """The wordings, led by one that reads like a question: it is what people are shown."""
    found = [text for text in dict.fromkeys(wordings) if text]
    lead = next((text for text in found if looks_like_question(text)), "")
    return [lead, *(text for text in found if text != lead)] if lead else found


def rasa_halves(data: object, log: ProblemLog, line_of: Callable[[object], int]) -> list[Draft] | None:
    """What a file of a Rasa bot says of questions and answers, in halves; None when it is no such file."""
    if not isinstance(data, Mapping) or not _is_rasa(data):
        return None
    found = [*_wordings(data.get("nlu"), line_of), *_responses(data.get("responses"), line_of)]
    for part in ("rules", "stories"):
        found += _links(data.get(part))
    if not found:
        what = "is a part of a Rasa bot without questions and answers."
        log.note("no-entries", what, "Take it out of the FAQ, or leave it: it does no harm.", 1)
    return found


def _is_rasa(data: Mapping[str, object]) -> bool:
    nlu, responses = data.get("nlu"), data.get("responses")
    return (
        any(isinstance(item, Mapping) and ("intent" in item or "examples" in item) for item in _list(nlu))
        or (isinstance(responses, Mapping) and any(str(key).startswith("utter_") for key in responses))
        or any(
            isinstance(item, Mapping) and "steps" in item
            for item in [*_list(data.get("rules")), *_list(data.get("stories"))]
        )
        or ("version" in data and bool(_RASA & data.keys()))
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _wordings(nlu: object, line_of: Callable[[object], int]) -> Iterator[Draft]:
    for item in _list(nlu):
        if not isinstance(item, Mapping) or not isinstance(intent := item.get("intent"), str):
            continue  # a synonym, a lookup table, a regular expression
        examples = item.get("examples")
        if isinstance(examples, str):
            texts = [re.sub(r"^\s*[-*]\s*", "", line) for line in examples.split("\n")]
        else:
            texts = [str(one.get("text", "")) if isinstance(one, Mapping) else str(one) for one in _list(examples)]
        wordings = [plain_text(_ANNOTATION.sub(r"\1", text)) for text in texts]
        yield Draft("", "", line_of(item), alternates=tuple(text for text in wordings if text), asks=intent)


def _responses(responses: object, line_of: Callable[[object], int]) -> Iterator[Draft]:
    for name, variants in responses.items() if isinstance(responses, Mapping) else ():
        plain = [
            one for one in _list(variants) if isinstance(one, Mapping) and one.get("text") and not one.get("condition")
        ]
        if plain:
            chosen = next((one for one in plain if not one.get("channel")), plain[0])
            image = f"\n\n![]({chosen['image']})" if isinstance(chosen.get("image"), str) else ""
            answer = answer_markdown(str(chosen["text"])) + image
            yield Draft("", answer, line_of(chosen), says=str(name))


def _links(parts: object) -> Iterator[Draft]:
    """Rules and stories of one intent that is met by one response."""
    for item in _list(parts):
        steps = [
            step
            for step in _list(item.get("steps") if isinstance(item, Mapping) else None)
            if isinstance(step, Mapping)
        ]
        intents = [str(step["intent"]) for step in steps if isinstance(step.get("intent"), str)]
        said = [str(step["action"]) for step in steps if str(step.get("action", "")).startswith("utter_")]
        if len(intents) == len(said) == 1:
            yield Draft("", "", asks=intents[0], says=said[0])


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of the halves."""

    found: list[Found]
    """Drafts that were whole, and those that were put together; each belongs to the file of its answer."""
    problems: list[Problem]
    """What was left out, and why."""
    made: list[str]
    """The path of the answer's file, for every draft that was put together."""


def join(found: Sequence[Found]) -> Joined:
    """Put halves together: an intent's wordings with the response that a rule names, or that is called after it."""
    whole = [item for item in found if not (item.draft.asks or item.draft.says)]
    links = {item.draft.asks: item.draft.says for item in found if item.draft.asks and item.draft.says}
    answers = {item.draft.says: item for item in found if item.draft.says and not item.draft.asks}
    asked: dict[str, list[Found]] = {}
    for item in found:
        if item.draft.asks and not item.draft.says:
            asked.setdefault(item.draft.asks, []).append(item)
    made: list[Found] = []
    problems: list[Problem] = []
    for intent, parts in asked.items():
        answer = answers.get(f"utter_{intent}") or answers.get(links.get(intent, ""))
        wordings = best_first([text for part in parts for text in part.draft.alternates])
        if is_small_talk(intent.partition("@")[0]) or not wordings:
            continue
        if answer is None:
            problems.append(
                _left_out(parts[0], Severity.NOTE, f"the intent “{intent.partition('@')[0]}” has no response in words")
            )
        elif slot := _SLOT.search(answer.draft.answer):
            what = f"the response to “{intent}” has a gap, {slot[0]}, that only the Rasa bot can fill"
            problems.append(_left_out(answer, Severity.ERROR, what))
        else:
            group, _, _ = intent.rpartition("/")
            draft = replace(
                answer.draft,
                question=wordings[0],
                alternates=tuple(wordings[1:]),
                id=answer.draft.id or slug(intent),
                tags=(slug(group),) if group else (),
                language=parts[0].draft.language or parts[0].file.language,
                says="",
            )
            made.append(Found(answer.file, draft))
    return Joined([*whole, *made], problems, [item.file.path for item in made])


def _left_out(item: Found, severity: Severity, what: str) -> Problem:
    advice = "Write the answer out, or delete the intent."
    return Problem(severity, "no-answer", item.file.path, item.draft.line, f"{what}; it is left out.", advice)
