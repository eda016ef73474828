"""What the history is worth: follow-ups found with it, beside the last message alone and everything said put together.

    [EVAL_DATA=<folder with the public data sets>] python -m tests.eval.followups [--practice] [--json]

Dialogues: `dialogues.jsonl` about the sample FAQ, written for this: follow-ups that lean on what was said, also through
several messages, changes of subject, and last messages that nothing answers. With EVAL_DATA also made ones about sixty
hotels of DSTC9 track 1: another hotel is asked about ("And at …?"), another thing about the same one ("and wifi?"),
both anew, a third thing, one about a hotel that was only named, one about the other hotel, or what nothing is known of.
"asked in full" is how far it could come: the question put with the name that is meant. A third of the hotels' entries
name none, so that nothing can tell whose they are. The constants in `knowledge/search/history.py` were chosen on
other dialogues, those of --practice: about a library, in `practice/`, and about sixty restaurants.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from knowledge.embeddings import Embedder, Vectors, load_embedder
from knowledge.entries import Entry
from knowledge.search import Searcher, SearchResult, snapshot_in_memory
from knowledge.search.evaluation import Question, read_questions
from knowledge.sources import read_source

DIALOGUES = Path(__file__).with_name("dialogues.jsonl")
PRACTICE = Path(__file__).with_name("practice")
SAMPLE = Path(__file__).parents[2] / "knowledge" / "sample"
PLACES, CONVERSATIONS = 60, 260

Ask = Callable[[Searcher, Question], SearchResult]
WAYS: dict[str, Ask] = {
    "last message only": lambda searcher, question: searcher.search(question.text),
    "all put together": lambda searcher, question: searcher.search(" ".join((*question.history, question.text))),
    "with the history": lambda searcher, question: searcher.search(question.text, history=question.history),
}

Things = dict[str, tuple[str, str, str]]
"""Thing: what its questions contain, how it is asked about first, how it is asked about after another."""
HOTEL: Things = {
    "parking": (r"\bparking\b", "Is there parking at {}?", "and is there parking?"),
    "pets": (r"\bpets?\b", "Can I bring my dog to {}?", "what about pets?"),
    "wifi": (r"wi-?fi|internet", "Do the rooms at {} have wifi?", "and wifi?"),
    "breakfast": (r"breakfast", "Is breakfast included at {}?", "does it include breakfast?"),
    "smoking": (r"smok", "Is smoking allowed at {}?", "can I smoke there?"),
    "gym": (r"gym|fitness", "Does {} have a gym?", "do they have a gym?"),
    "pool": (r"pool", "Is there a pool at {}?", "is there a pool too?"),
}
RESTAURANT: Things = {
    "delivery": (r"\bdeliver", "Does {} deliver?", "do they deliver?"),
    "takeaway": (r"take[ -]?(?:out|away)|carry ?out|\bto go\b", "Can I get takeout from {}?", "and takeout?"),
    "reservation": (r"reserv", "Do I need a reservation at {}?", "should I reserve?"),
    "alcohol": (r"alcohol|\bbar\b|wine|beer|liquor|drink", "Does {} serve alcohol?", "what about alcohol?"),
    "vegan": (r"vegan|vegetarian", "Are there vegan dishes at {}?", "is there anything vegan?"),
    "outside": (r"outdoor|outside|patio", "Can we sit outside at {}?", "can we sit outside there?"),
    "wifi": (r"wi-?fi|internet", "Is there wifi at {}?", "and wifi?"),
}
Made = Iterator[tuple[str, Question, str]]
"""The kind of a conversation, its last message with those before, and the same asked in full."""
ANOTHER = ("And at {}?", "what about {}?", "Same for {}?")


class Counting:
    """An embedder that counts how many queries it has to compute; those that were asked before are remembered."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.queries = 0
        self.known: set[str] = set()

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed(texts)

    def embed_query(self, text: str) -> Vectors:
        self.queries += text not in self.known
        return self._embedder.embed_query(text)

    async def aembed_query(self, text: str) -> Vectors:
        return self.embed_query(text)


def places(
    data: Path, domain: str, things: Things
) -> tuple[list[Entry], dict[str, list[Question]], dict[Question, str]]:
    """An FAQ of some places of DSTC9, conversations about them, and what they ask in full."""
    with (data / "dstc9_faq_12k.jsonl").open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["domain"] == domain]
    about: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    told: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for thing, (pattern, _, _) in things.items():
            if re.search(pattern, row["question"], re.IGNORECASE):
                about[row["entity"]][thing].add(row["id"])
            if re.search(pattern, f"{row['question']} {row['answer']}", re.IGNORECASE):
                told[row["entity"]].add(thing)
    chooser = random.Random(0)
    chosen = chooser.sample(sorted(about), PLACES)
    entries = [Entry(row["id"], row["question"], row["answer"]) for row in rows if row["entity"] in set(chosen)]
    found: dict[str, list[Question]] = defaultdict(list)
    full: dict[Question, str] = {}
    made = [_conversations(about, chosen, chooser, domain, things) for _ in range(CONVERSATIONS)]
    made += [_longer(about, told, chosen, chooser, domain, things) for _ in range(CONVERSATIONS)]
    for conversation in made:
        for kind, question, whole in conversation:
            found[kind].append(question)
            full[question] = whole
    return entries, found, full


def _conversations(
    about: dict[str, dict[str, set[str]]], chosen: list[str], chooser: random.Random, domain: str, things: Things
) -> Made:
    here, there = chooser.sample(chosen, 2)
    if both := sorted(about[here].keys() & about[there].keys()):
        thing = chooser.choice(both)
        opening = things[thing][1].format(here.title())
        asked = chooser.choice(ANOTHER).format(there.title())
        question = Question(asked, frozenset(about[there][thing]), (opening,))
        yield f"another {domain}", question, things[thing][1].format(there.title())
    if len(about[here]) > 1:
        thing, other = chooser.sample(sorted(about[here]), 2)
        opening = things[thing][1].format(here.title())
        question = Question(things[other][2], frozenset(about[here][other]), (opening, "thanks"))
        yield "another thing", question, things[other][1].format(here.title())
        other = chooser.choice(sorted(about[there]))
        anew = things[other][1].format(there.title())
        yield "a new question", Question(anew, frozenset(about[there][other]), (opening,)), anew


def _longer(
    about: dict[str, dict[str, set[str]]],
    told: dict[str, set[str]],
    chosen: list[str],
    chooser: random.Random,
    domain: str,
    things: Things,
) -> Made:
    """Conversations of more than two messages, and questions about what nothing is known of."""
    here, there = chooser.sample(chosen, 2)
    thing, between, other = chooser.sample(sorted(things), 3)
    opening, after = things[thing][1].format(here.title()), things[other][2]
    further = chooser.choice(ANOTHER).format(there.title())
    whole = things[other][1].format(here.title())
    if other in about[here]:
        expected = frozenset(about[here][other])
        yield "a third thing", Question(after, expected, (opening, things[between][2], "ok")), whole
        named = (f"We will be at {here.title()} on Friday", "with two children")
        yield "only named", Question(after, expected, named), whole
    elif other not in told[here]:
        yield "nothing answers", Question(after, frozenset(), (opening,)), whole
    if other in about[there]:
        question = Question(after, frozenset(about[there][other]), (opening, further))
        yield f"another {domain}'s thing", question, things[other][1].format(there.title())


def dialogues(file: Path) -> dict[str, list[Question]]:
    """The project's own."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    for row, question in zip(rows, read_questions(file), strict=True):
        kinds[f"own: {row['kind']}"].append(question)
    return kinds


def measure(
    searcher: Searcher, counting: Counting, questions: Sequence[Question], full: Mapping[Question, str]
) -> Iterator[dict[str, object]]:
    """The figures of each way."""
    ways = WAYS | ({"asked in full": lambda searcher, question: searcher.search(full[question])} if full else {})
    counting.known = {text for question in questions for text in question.history}
    for way, ask in ways.items():
        before = counting.queries
        results = [(ask(searcher, question), question.expected) for question in questions]
        found = [[hit.entry.id in expected for hit in result.hits] for result, expected in results]
        answered = [result.outcome == "answer" for result, _ in results]
        right = [told and places[:1] == [True] for told, places in zip(answered, found, strict=True)]
        yield {
            "way": way,
            "hit_at_1": sum(places[:1] == [True] for places in found) / len(found),
            "hit_at_5": sum(any(places) for places in found) / len(found),
            "answered_right": sum(right) / len(found),
            "answered_wrong": (sum(answered) - sum(right)) / len(found),
            "embeddings": (counting.queries - before) / len(found),
        }


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    parser.add_argument("--practice", action="store_true", help="the dialogues that constants are chosen on")
    options = parser.parse_args()
    embedder = Counting(load_embedder(""))
    faq, file = (PRACTICE / "faq.jsonl", PRACTICE / "dialogues.jsonl") if options.practice else (SAMPLE, DIALOGUES)
    entries = [entry for entry in read_source(faq).entries if entry.language in ("", "en")]
    sets: list[tuple[Sequence[Entry], dict[str, list[Question]], dict[Question, str]]]
    sets = [(entries, dialogues(file), {})]
    if data := os.environ.get("EVAL_DATA"):
        domain, things = ("restaurant", RESTAURANT) if options.practice else ("hotel", HOTEL)
        sets.append(places(Path(data), domain, things))
    else:
        print("EVAL_DATA is not set: the project's own dialogues only.", file=sys.stderr)
    for known, kinds, full in sets:
        searcher = Searcher(snapshot_in_memory(known, embedder), embedder)
        for kind, questions in kinds.items():
            for row in measure(searcher, embedder, questions, full):
                if options.json:
                    print(json.dumps({"dialogues": kind, "questions": len(questions)} | row), flush=True)
                else:
                    figures = "  ".join(f"{name} {row[name]:.3f}" for name in row if name != "way")
                    print(f"{kind:22}{len(questions):4}  {row['way']:18}  {figures}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
