"""An agent exported from Dialogflow ES: for each intent one file with its responses, and one per language with what
users say.

They become halves that `chatbots.join` puts together, as the parts of a Rasa bot do. An export is a ZIP archive of
`agent.json`, `intents/<name>.json`, `intents/<name>_usersays_<language>.json` and `entities/…`; it is read unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from knowledge.sources.chatbots import best_first, is_small_talk
from knowledge.sources.drafts import Draft, SourceFile
from knowledge.sources.languages import language_tag
from knowledge.sources.markup import answer_markdown, plain_text
from knowledge.sources.problems import ProblemLog
from knowledge.sources.slugs import slug

_USER_SAYS = re.compile(r"(.+)_usersays_([A-Za-z]{2,3}(?:-[\w-]+)?)")
_PARTS = (
    {"supportedLanguages", "defaultTimezone"},  # agent.json
    {"isOverridable", "isEnum"},  # entities/<name>.json
    {"value", "synonyms"},  # entities/<name>_entries_<language>.json, of each
    {"action", "customAnswers"},  # customSmalltalkResponses_<language>.json, of each
)
_UNPACKED = "Nothing has to be done."
_LINE_END = re.compile(r"(?<!\n)[ \t]*\n(?!\n)")
"""A line ends where its writer ended it: these texts are no Markdown."""
_TEXT = {"0", "simple_response"}


def dialogflow_halves(
    data: object, file: SourceFile, log: ProblemLog, line_of: Callable[[object], int]
) -> list[Draft] | None:
    """What a file of an exported agent says of questions and answers, in halves; None when it is no such file."""
    said = _USER_SAYS.fullmatch(file.stem)
    if said is not None and isinstance(data, list) and all(isinstance(one, Mapping) and "data" in one for one in data):
        intent, language = said[1], language_tag(said[2])
        # The second says: where the response has no language of its own, it is that of all.
        return [
            Draft("", "", alternates=_wordings(data), language=language, asks=f"{intent}@{language}"),
            Draft("", "", asks=f"{intent}@{language}", says=f"utter_{intent}@"),
        ]
    if isinstance(data, Mapping) and _is_intent(data):
        return list(_of_intent(data, file, log, line_of))
    first = data[0] if isinstance(data, list) and data else data
    if isinstance(first, Mapping) and any(part <= first.keys() for part in _PARTS):
        log.note("no-entries", "is a part of a Dialogflow agent without questions and answers.", _UNPACKED, 1)
        return []
    return None


def _is_intent(data: Mapping[str, object]) -> bool:
    responses = data.get("responses")
    return (
        isinstance(data.get("name"), str)
        and isinstance(responses, list)
        and any(isinstance(one, Mapping) and "messages" in one for one in responses)
        and ("fallbackIntent" in data or "webhookUsed" in data)
    )


def _of_intent(
    data: Mapping[str, object], file: SourceFile, log: ProblemLog, line_of: Callable[[object], int]
) -> Iterator[Draft]:
    name, line = str(data["name"]), line_of(data)
    events = [str(one.get("name")) for one in _mappings(data.get("events"))]
    if is_small_talk(name) or data.get("fallbackIntent") or "WELCOME" in events:
        log.note("small-talk", f"“{name[:80]}” is small talk and left out.", "The bot has small talk of its own.", line)
        return
    if data.get("contexts"):
        what = f"“{name[:80]}” is said in the middle of a dialogue and left out."
        log.note("dialogue", what, "Write an entry of its own where it is worth one.", line)
        return
    if data.get("webhookUsed"):
        what = f"“{name[:80]}” is answered by a program (a webhook) and left out."
        log.warning("no-answer", what, "Write the answer out, or delete the intent.", line)
        return
    answers = _answers(data)
    embedded = _wordings(data.get("userSays"))
    for number, (language, answer) in enumerate(answers.items()):
        if gap := _gap(answer, data):
            what = f"the response to “{name[:80]}” has a gap, {gap}, that only the agent can fill; it is left out."
            log.error("no-answer", what, "Write the answer out, or delete the intent.", line)
        elif embedded:  # exports of the time when it was called API.AI
            own = slug(name)
            yield Draft(embedded[0], answer, line, id=own, alternates=embedded[1:], language=language)
            return
        else:
            own = f"{slug(name)}-{language}" if number else slug(name)
            yield Draft("", answer, line, id=own, language=language, says=f"utter_{file.stem}@{language}")


def _wordings(said: object) -> tuple[str, ...]:
    """What users say: pieces of text, some of which stand for a parameter. Templates (`@sys.date`) are no wording."""
    texts = [
        plain_text("".join(str(piece.get("text", "")) for piece in _mappings(one.get("data"))))
        for one in _mappings(said)
        if not one.get("isTemplate")
    ]
    return tuple(best_first(texts))


def _answers(data: Mapping[str, object]) -> dict[str, str]:
    """The answer per language: the texts that go to every platform, else those for the first; then links of cards."""
    by_language: dict[str, list[Mapping[str, object]]] = {}
    for response in _mappings(data.get("responses")):
        for message in _mappings(response.get("messages")):
            by_language.setdefault(language_tag(str(message.get("lang") or "")), []).append(message)
    found = {}
    for language, messages in by_language.items():
        platforms = dict.fromkeys(str(message.get("platform") or "") for message in messages)
        said = {
            platform: [text for one in messages if (one.get("platform") or "") == platform and (text := _text(one))]
            for platform in sorted(platforms, key=bool)
        }
        texts = next((texts for texts in said.values() if texts), [])
        answer = "\n\n".join(dict.fromkeys(texts))
        links = [link for one in messages for link in _links(one) if link.rpartition("(")[2][:-1] not in answer]
        if answer:
            found[language] = "\n\n".join([answer, *dict.fromkeys(links)])
    return found


def _text(message: Mapping[str, object]) -> str:
    """The words of a message; of several variants the first."""
    if str(message.get("type", "0")) not in _TEXT:
        return ""
    said = message.get("speech") or message.get("displayText") or message.get("textToSpeech") or ""
    first = next(iter(said), "") if isinstance(said, list) else said
    return _LINE_END.sub("  \n", answer_markdown(str(first)))


def _links(message: Mapping[str, object]) -> Iterator[str]:
    for button in _mappings(message.get("buttons")):
        opens = button.get("openUrlAction")
        address = opens.get("url") if isinstance(opens, Mapping) else button.get("postback")
        label = plain_text(str(button.get("text") or button.get("title") or ""))
        if isinstance(address, str) and re.fullmatch(r"https?://[^\s()]+", address) and label:
            yield f"[{label}]({address})"


def _gap(answer: str, data: Mapping[str, object]) -> str:
    """A parameter that stands in the answer, or ""."""
    for response in _mappings(data.get("responses")):
        for parameter in _mappings(response.get("parameters")):
            name = str(parameter.get("name") or "")
            if name and (found := re.search(rf"\$\{{?{re.escape(name)}(?![\w-])", answer)):
                return found[0]
    return ""


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
