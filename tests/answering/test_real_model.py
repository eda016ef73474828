"""A real model, over the OpenAI protocol, that invents freely: nothing that it invents is sent.

`python -m tests.eval.grounding` asks 200 questions; this asks a few.
"""

from collections.abc import Iterator

import pytest

from core.answering import Answerer, AnswerKind, Question, load_model
from core.answering.usage import Usage
from tests.answering import llama_server
from tests.answering.faq import SearchInMemory, sample_faq
from tests.answering.independent import inventions

pytestmark = [pytest.mark.model, pytest.mark.skipif(bool(llama_server.missing()), reason=llama_server.missing() or "-")]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_server.serving() as address:
        yield address


async def test_it_answers_and_what_it_invents_is_not_sent(url: str) -> None:
    search = SearchInMemory(sample_faq())
    answerer = Answerer(search, load_model("smollm2", url), budget=120)
    for entry in list(search.entries.values())[:4]:
        answer = await answerer.answer(Question(entry.question))
        assert answer.kind is AnswerKind.ANSWER
        assert answer.text
        if answer.generated:
            assert inventions(answer, search.entries) == []
    assert answerer.spent.tokens_in > 0
    assert answerer.spent != Usage()
