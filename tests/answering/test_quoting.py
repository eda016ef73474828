"""Without a model: the entry word for word, or the honest admission that there is none."""

from core.answering import Answer, Answerer, AnswerKind, Question
from core.conversation import Turn
from core.posts import Speaker
from knowledge.errors import IndexUnavailable
from tests.answering.listed import DEVICES, FEES, LOUNGE, MANUAL, REFUNDS, ListedSearch


def said(text: str) -> Turn:
    return Turn(0.0, Speaker.CUSTOMER, "Ada", text)


async def test_the_best_entry_is_quoted_word_for_word_with_its_source() -> None:
    answer = await Answerer(ListedSearch()).answer(Question("how long does a refund take"))
    assert answer.kind is AnswerKind.ANSWER
    assert answer.text == REFUNDS.answer
    assert [(source.entry_id, source.title, source.location) for source in answer.sources] == [
        ("refunds", REFUNDS.question, "refunds.md#how-long")
    ]
    assert answer.entries[0] == "refunds"
    assert not answer.generated
    assert answer.tokens_in == answer.tokens_out == 0


async def test_an_unsure_question_is_met_with_up_to_three_questions_and_no_text() -> None:
    answer = await Answerer(ListedSearch()).answer(Question("remove my thing how"))
    assert answer.kind is AnswerKind.SUGGEST
    assert answer.text == ""
    assert answer.sources == ()
    assert 1 <= len(answer.suggestions) <= 3
    assert answer.suggestions[0].entry_id == DEVICES.id


async def test_what_the_faq_does_not_know_is_not_answered() -> None:
    answer = await Answerer(ListedSearch()).answer(Question("sing me opera"))
    assert (answer.kind, answer.text, answer.sources, answer.suggestions) == (AnswerKind.UNKNOWN, "", (), ())


async def test_an_entry_without_an_answer_is_never_quoted() -> None:
    answer = await Answerer(ListedSearch()).answer(Question("what is a zebra"))
    assert answer.text != ""
    assert answer.sources[0].entry_id == FEES.id  # the next best that says something


async def test_the_faq_being_away_is_an_answer_and_not_an_exception() -> None:
    search = ListedSearch()
    search.problem = IndexUnavailable("gone")
    answerer = Answerer(search)
    assert await answerer.answer(Question("how long does a refund take")) == Answer(AnswerKind.UNAVAILABLE)
    assert await answerer.draft(Question("how long does a refund take")) == Answer(AnswerKind.UNAVAILABLE)
    search.problem = None
    assert (await answerer.answer(Question("how long does a refund take"))).kind is AnswerKind.ANSWER


async def test_small_talk_is_named_and_not_searched() -> None:
    search = ListedSearch()
    answer = await Answerer(search).answer(Question("Hello!"))
    assert (answer.kind, answer.small_talk) == (AnswerKind.SMALL_TALK, "greeting")
    assert search.queries == []


async def test_a_follow_up_is_searched_with_what_it_refers_to() -> None:
    search = ListedSearch()
    answer = await Answerer(search).answer(Question("how long?", (said("I want a refund, does it take time"),)))
    assert "refund" in search.queries[0]
    assert answer.sources[0].entry_id == "refunds"


async def test_a_question_that_stands_alone_is_searched_alone_whatever_was_said_before() -> None:
    search = ListedSearch()
    question = "What is the late fee on the last order that I made with you people?"
    await Answerer(search).answer(Question(question, (said("how long does a refund take"),)))
    assert search.queries == [question]


async def test_the_same_question_is_searched_once() -> None:
    search = ListedSearch()
    answerer = Answerer(search)
    first = await answerer.answer(Question("What is the late fee?"))
    assert await answerer.answer(Question("  what is the  LATE fee?")) == first
    assert len(search.queries) == 1


async def test_a_new_version_of_the_faq_is_asked_again() -> None:
    search = ListedSearch()
    answerer = Answerer(search)
    await answerer.answer(Question("What is the late fee?"))
    search.version, search.entries = "v2", (REFUNDS,)
    assert FEES.answer not in (await answerer.answer(Question("What is the late fee?"))).text
    search.version, search.entries = "v1", (FEES,)
    assert (await answerer.answer(Question("What is the late fee?"))).text == FEES.answer


async def test_answers_never_cross_from_one_audience_to_another() -> None:
    answerer = Answerer(ListedSearch())
    assert (await answerer.answer(Question("Where is the lounge?", audience="vip"))).text == LOUNGE.answer
    other = await answerer.answer(Question("Where is the lounge?"))
    assert LOUNGE.answer not in other.text
    assert "lounge" not in other.entries


async def test_what_was_said_in_one_conversation_does_not_answer_another() -> None:
    search = ListedSearch()
    answerer = Answerer(search)
    with_history = await answerer.answer(Question("how long?", (said("how does a refund take"),)))
    assert with_history.kind is AnswerKind.ANSWER
    assert (await answerer.answer(Question("how long?"))).kind is not AnswerKind.ANSWER


async def test_a_short_question_that_is_sure_alone_is_searched_once_whatever_was_said_before() -> None:
    search = ListedSearch()
    answerer = Answerer(search)
    first = await answerer.answer(Question("What is the late fee?", (said("how do I remove a device"),)))
    assert first.text == FEES.answer
    assert await answerer.answer(Question("What is the late fee?")) == first
    assert await answerer.answer(Question("what is the late fee?", (said("how long does a refund take"),))) == first
    assert len(search.queries) == 1


async def test_a_short_question_that_is_unsure_is_searched_with_what_was_said_before() -> None:
    search = ListedSearch()
    answerer = Answerer(search)
    await answerer.answer(Question("for a device?"))
    await answerer.answer(Question("for a device?", (said("how do I remove one"),)))
    assert len(search.queries) == 2


async def test_nothing_is_kept_while_the_faq_is_away() -> None:
    search = ListedSearch()
    search.problem = IndexUnavailable("gone")
    answerer = Answerer(search)
    await answerer.answer(Question("What is the late fee?"))
    search.problem = None
    assert (await answerer.answer(Question("What is the late fee?"))).kind is AnswerKind.ANSWER


async def test_a_draft_is_the_best_guess_and_may_use_what_is_for_staff() -> None:
    answerer = Answerer(ListedSearch())
    assert (await answerer.draft(Question("reverse that fee"))).text == MANUAL.answer
    unsure = Question("a refund thing")
    assert (await answerer.answer(unsure)).kind is not AnswerKind.ANSWER
    draft = await answerer.draft(unsure)
    assert draft.kind is AnswerKind.ANSWER
    assert draft.sources[0].entry_id == "refunds"
    assert (await answerer.draft(Question("zzz"))).kind is AnswerKind.UNKNOWN


async def test_there_is_no_summary_without_a_model() -> None:
    assert await Answerer(ListedSearch()).summary([said("hello")]) == ""
