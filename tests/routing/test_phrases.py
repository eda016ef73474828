"""Operators' phrases file: what it may hold, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.routing import HumanRequestDetector, Phrases, PhrasesError, load_phrases
from core.routing.topics import TopicAction, default_topics


def write(folder: Path, text: str) -> Path:
    path = folder / "phrases.yaml"
    path.write_text(text, "utf-8")
    return path


def test_it_is_read_from_the_folder_of_the_faq(tmp_path: Path) -> None:
    write(tmp_path, "human: [the concierge desk]\nnot_human:\n  - agent of the month\n")
    assert load_phrases(tmp_path) == Phrases(("the concierge desk",), ("agent of the month",))


def test_a_folder_without_one_has_no_phrases(tmp_path: Path) -> None:
    assert load_phrases(tmp_path) == Phrases()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "human:\nnot_human:\n", "topics:\n"])
def test_an_empty_file_or_key_is_no_mistake(tmp_path: Path, text: str) -> None:
    assert load_phrases(write(tmp_path, text)) == Phrases()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("human: talk to us\n", 1, "expected a list"),
        ("human:\n  - ok then\n  - {a: b}\n", 3, "expected a phrase"),
        ("human:\n  - '!!!'\n", 2, "holds no word"),
        ("human: [a]\nhumans: [b]\n", 2, "unknown key 'humans'"),
        ("human: [a]\nhuman: [b]\n", 2, "second time"),
        ("- a\n- b\n", 1, "expected `key: value`"),
        ("human: [a\n\nnot_human: [b]\n", 3, "not YAML"),
        ("topics:\n  fraud:\n    action: shout\n", 3, "use page or offer"),
        ("topics:\n  fraud:\n    phrase: [a]\n", 3, "unknown key 'phrase'"),
        ("topics:\n  fraud: yes\n", 2, "expected `key: value`"),
        ("human: [\x07]\n", 1, "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PhrasesError) as caught:
        load_phrases(path)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert says in str(caught.value)


def test_a_missing_or_undecodable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PhrasesError, match="can't be read"):
        load_phrases(tmp_path / "none.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"human: [\xff\xfe]")
    with pytest.raises(PhrasesError, match="save it as UTF-8"):
        load_phrases(bad)


def test_phrases_go_before_the_grammar() -> None:
    detector = HumanRequestDetector(
        Phrases(human=("ring the bell", "butler*"), not_human=("talk to an agent of change",))
    )
    assert detector.detect("Please RING the bell").wants_human
    assert detector.detect("where are the butlers").wants_human
    assert detector.detect("I want to talk to an agent").wants_human
    assert not detector.detect("I want to talk to an agent of change").wants_human
    assert detector.detect("I want to talk to an agent of change. Now ring the bell").evidence == "ring the bell"


def test_topics_are_extended_changed_and_added(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "topics:\n  fraud: [skimmed my card]\n  legal: {action: page}\n"
        "  chargeback: {action: page, wording: topic_fraud, phrases: [charge ... back]}\n  outage: [site is down]\n",
    )
    topics = {t.name: t for t in load_phrases(path).applied_to(default_topics())}
    before = {t.name: t for t in default_topics()}
    assert topics["fraud"].phrases == (*before["fraud"].phrases, "skimmed my card")
    assert topics["legal"].action is TopicAction.PAGE
    assert topics["legal"].phrases == before["legal"].phrases
    assert (topics["chargeback"].action, topics["chargeback"].wording) == (TopicAction.PAGE, "topic_fraud")
    assert (topics["outage"].action, topics["outage"].wording) == (TopicAction.OFFER, "topic_outage")
