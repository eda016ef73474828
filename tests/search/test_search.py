from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.embeddings import Embedder
from knowledge.entries import Entry
from knowledge.search import Hit, Outcome, Searcher, SearchResult, snapshot_in_memory
from tests.search.faq import ENTRIES


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("what time do you close on saturdays", "opening-hours"),
        ("retrun polcy for byccles", "returns"),
        ("how long is the guarantee for the battery", "warranty-battery"),
        ("how long is the guarantee for the frame", "warranty-frame"),
        ("can I leave my car at harbour", "parking-harbour"),
        ("parking northgate", "parking-north"),
        ("where do i park at the old mill", "parking-mill"),
        ("how much sealant goes into tubeless tyres", "care"),
        ("¿a qué hora abren?", "horario"),
    ],
)
def test_finds_the_entry(searcher: Searcher, query: str, expected: str):
    assert searcher.search(query).hits[0].entry.id == expected


def test_a_long_answer_is_quoted_where_it_answers(searcher: Searcher):
    hit = searcher.search("how much sealant goes into tubeless tyres").hits[0]
    assert "60 millilitres" in hit.passage
    assert "pressure washer" not in hit.passage


@pytest.mark.parametrize(
    "query", ["what is the capital of mongolia", "write a haiku about rain", "asdfgh", "who won the cup final"]
)
def test_what_the_faq_does_not_answer_is_not_answered(searcher: Searcher, query: str):
    assert searcher.search(query).outcome is not Outcome.ANSWER


def test_a_plain_question_is_answered_with_confidence(searcher: Searcher):
    result = searcher.search("what are your opening hours?")
    assert result.outcome is Outcome.ANSWER
    assert result.confidence > 0.8
    assert result.suggestions == ()


def test_hits_are_different_entries_in_order(searcher: Searcher):
    hits = searcher.search("bicycle", limit=4).hits
    assert len({hit.entry.id for hit in hits}) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


ASKERS = {"everyone": {"everyone"}, "vip": {"everyone", "vip"}, "staff": {"everyone", "vip", "staff"}, "": {"everyone"}}


@pytest.mark.parametrize("tags", [(), ("shop",), ("orders", "service")])
@pytest.mark.parametrize("asker", ASKERS)
def test_nobody_is_shown_an_entry_for_others(searcher: Searcher, asker: str, tags: tuple[str, ...]):
    for entry in ENTRIES:
        for text in (entry.question, *entry.alternates):
            result = searcher.search(text, audience=asker, tags=tags, limit=len(ENTRIES))
            assert {hit.entry.audience for hit in result.hits} <= ASKERS[asker]
            assert not tags or all(set(hit.entry.tags) & set(tags) for hit in result.hits)
            if entry.audience in ASKERS[asker] and (not tags or set(tags) & set(entry.tags)):
                assert result.hits[0].entry.id == entry.id


def test_a_hidden_entry_takes_no_place_and_gives_no_confidence(searcher: Searcher):
    hidden = searcher.search("What is the number of the priority line?", limit=len(ENTRIES))
    shown = searcher.search("What is the number of the priority line?", audience="vip")
    assert shown.outcome is Outcome.ANSWER
    assert hidden.outcome is not Outcome.ANSWER
    assert len(hidden.hits) == sum(entry.audience == "everyone" for entry in ENTRIES)


def test_language_leaves_out_entries_in_others(searcher: Searcher):
    found = searcher.search("horario de apertura", language="en-GB", limit=len(ENTRIES)).hits
    assert "horario" not in {hit.entry.id for hit in found}
    assert searcher.search("horario de apertura", language="es").hits[0].entry.id == "horario"


def test_what_is_unlikely_is_not_offered():
    entry = Entry("a", "Question?", "Answer.")
    hits = tuple(Hit(entry, "", score, 0.3) for score in (5.2, 4.8, 1.3))
    assert SearchResult("?", "v1", hits, 0.2, Outcome.SUGGEST).suggestions == hits[:2]
    assert SearchResult("?", "v1", hits, 0.9, Outcome.ANSWER).suggestions == ()


@pytest.mark.parametrize("query", ["", "   ", "?!", "🙂", "a" * 50_000, "the " * 5000])
def test_odd_queries_do_no_harm(searcher: Searcher, query: str):
    result = searcher.search(query)
    assert 0 <= result.confidence <= 1
    assert result.outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (Entry("only", "How do I pay?", "By card."),),
        (Entry("no-question", "", "Only an answer about cards."), Entry("no-answer", "How do I pay?", "")),
        (Entry("bare", "", ""), Entry("b", "How do I pay?", "By card.")),
    ],
)
def test_tiny_and_incomplete_faqs(embedder: Embedder, entries: tuple[Entry, ...]):
    result = Searcher(snapshot_in_memory(entries, embedder), embedder).search("how can I pay?")
    assert {hit.entry.id for hit in result.hits} <= {entry.id for entry in entries}
    assert bool(result.hits) == bool(entries)


def test_nothing_is_allowed(searcher: Searcher):
    result = searcher.search("opening hours", tags=("no such tag",))
    assert result.hits == ()
    assert result.outcome is Outcome.UNKNOWN
    assert result.confidence == 0


def test_the_order_of_entries_in_the_files_changes_nothing(embedder: Embedder, searcher: Searcher):
    turned = Searcher(snapshot_in_memory(ENTRIES[::-1], embedder, "turned"), embedder)
    for query in ("do you take cards", "is there parking", "shipping"):
        one, other = searcher.search(query), turned.search(query)
        assert one.hits[0].entry == other.hits[0].entry
        assert one.confidence == pytest.approx(other.confidence, abs=0.1)
        assert other.version == "turned"


def test_duplicate_entries_are_both_found(embedder: Embedder):
    twice = (ENTRIES[0], replace(ENTRIES[0], id="again"), ENTRIES[1])
    found = Searcher(snapshot_in_memory(twice, embedder), embedder).search("when are you open?").hits
    assert {hit.entry.id for hit in found[:2]} == {"opening-hours", "again"}


@pytest.mark.parametrize(
    ("before", "query"),
    [
        ("How long does delivery take?", "and the weather in Lisbon tomorrow?"),
        ("How do I return a bicycle that I bought?", "and who invented that novel?"),
    ],
)
def test_a_message_that_nothing_answers_is_not_vouched_for_by_the_one_before_it(
    searcher: Searcher, before: str, query: str
):
    assert searcher.search(before).outcome is Outcome.ANSWER
    assert searcher.search(query, history=[before]).outcome is not Outcome.ANSWER


def test_an_entry_without_the_words_of_a_follow_up_does_not_answer_it_again(searcher: Searcher):
    before = "What is the warranty on a battery?"
    assert searcher.search(before).outcome is Outcome.ANSWER
    assert searcher.search("and how heavy is it?", history=[before]).outcome is not Outcome.ANSWER
    assert searcher.search("and how long is it?", history=[before]).hits[0].entry.id == "warranty-battery"


def test_a_message_without_words_of_its_own_asks_what_the_one_before_it_does(searcher: Searcher):
    before = "There is a crack in my frame"
    (first, *_), result = searcher.search(before).hits, searcher.search("so what do I do now?", history=[before])
    assert result.hits[0].entry is first.entry
    assert result.outcome is Outcome.ANSWER


def test_a_follow_up_that_is_another_question_does_not_get_the_answer_of_before_again(searcher: Searcher):
    result = searcher.search("and when are you open then?", history=["How do I return a bicycle that I bought?"])
    assert result.hits[0].entry.id == "opening-hours"


def test_a_follow_up_is_found_with_its_history(searcher: Searcher):
    history = ("Is there parking at the Northgate store?", "thanks!")
    assert searcher.search("And at Harbour?", history=history).hits[0].entry.id == "parking-harbour"
    assert searcher.search("How can I pay?", history=history).hits[0].entry.id == "pay"


@pytest.fixture(scope="module")
def of_three_stores(embedder: Embedder) -> Searcher:
    """Entries that differ only in the store, or only in the thing."""
    things = {
        "parking": ("Is there parking at the {} store?", "You can leave your car behind the {} store."),
        "wifi": ("Does the {} store have wifi?", "Wifi is free at the {} store."),
        "coffee": ("Can I get a coffee at the {} store?", "There is a coffee machine in the {} store."),
    }
    entries = [
        Entry(f"{thing}-{store}", question.format(store), answer.format(store))
        for thing, (question, answer) in things.items()
        for store in ("Northgate", "Harbour", "Millbrook")
    ]
    return Searcher(snapshot_in_memory((*ENTRIES, *entries), embedder), embedder)


@pytest.mark.parametrize(
    ("history", "query", "expected"),
    [
        (("Is there parking at the Northgate store?", "And at Millbrook?"), "and wifi?", "wifi-Millbrook"),
        (("Is there parking at the Northgate store?", "and wifi?", "ok"), "what about coffee?", "coffee-Northgate"),
        (("We will come to the Harbour store on Friday", "with two children"), "and wifi?", "wifi-Harbour"),
    ],
)
def test_what_was_spoken_of_last_is_carried_through_the_conversation(
    of_three_stores: Searcher, history: tuple[str, ...], query: str, expected: str
):
    result = of_three_stores.search(query, history=history)
    assert (result.hits[0].entry.id, result.outcome) == (expected, Outcome.ANSWER)


def test_a_follow_up_is_searched_without_what_it_replaces(of_three_stores: Searcher):
    result = of_three_stores.search("And at Harbour?", history=("Does the Northgate store have wifi?",))
    assert (result.hits[0].entry.id, result.outcome) == ("wifi-Harbour", Outcome.ANSWER)
    assert "Northgate" not in result.query


def test_a_greeting_in_what_was_said_before_makes_no_difference(of_three_stores: Searcher):
    before = "Does the Northgate store have wifi?"
    plain, greeted = (of_three_stores.search("And at Harbour?", history=(b,)) for b in (before, f"Hello, {before}"))
    assert greeted == plain


def test_a_history_of_any_length_is_searched_with(searcher: Searcher):
    history = ("parking, " * 20_000, "and " + "mill, " * 20_000)
    assert searcher.search("and at Harbour?", history=history).hits
