"""CSV, TSV, YAML, JSON and JSON Lines, under the names that people give to columns."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.sources.conftest import Read


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.yaml"])
def test_rows_of_our_own_names_load_as_they_are(read: Read, name: str) -> None:
    row = {
        "id": "pay-early",
        "question": "Can I pay early?",
        "alternates": ["pay sooner?", "early payment fee"],
        "answer": "Yes, **free**.",
        "tags": ["payments"],
        "audience": "vip",
        "language": "en",
        "updated": "2026-05-31T10:00:00Z",
    }
    (entry,) = read({name: json.dumps(row if name == "a.jsonl" else [row])}).entries
    assert (entry.id, entry.question) == ("pay-early", "Can I pay early?")
    assert entry.alternates == ("pay sooner?", "early payment fee")
    assert (entry.answer, entry.tags, entry.audience) == ("Yes, **free**.", ("payments",), "vip")
    assert (entry.language, entry.updated) == ("en", date(2026, 5, 31))


@pytest.mark.parametrize(
    "text",
    [
        "question,answer\nIs it free?,Yes.\n",
        "Question;Answer\nIs it free?;Yes.\n",
        "Q\tA\nIs it free?\tYes.\n",
        "Category|Title|Body\nMoney|Is it free?|Yes.\n",
        "FAQ ID,Question Text,Answer Text\n7,Is it free?,Yes.\n",
        "Frage;Antwort\nIs it free?;Yes.\n",
        "Pregunta,Respuesta\nIs it free?,Yes.\n",
        "Is it free?,Yes.\n",
    ],
)
def test_tables_with_any_sensible_header(read: Read, text: str) -> None:
    (entry,) = read({"faq.csv": text}).entries
    assert (entry.question, entry.answer) == ("Is it free?", "Yes.")


def test_a_table_with_several_languages_side_by_side(read: Read) -> None:
    reading = read(
        {
            "faq.csv": "id,Question (EN),question_fr,answer_en,Answer [FR],tags\n"
            "free,Is it free?,Est-ce gratuit ?,Yes.,Oui.,money\n"
            "new,Is it new?,,Yes.,,\n"
        }
    )
    assert [(entry.id, entry.language, entry.question, entry.answer) for entry in reading.entries] == [
        ("free", "en", "Is it free?", "Yes."),
        ("free-fr", "fr", "Est-ce gratuit ?", "Oui."),
        ("new", "en", "Is it new?", "Yes."),
    ]
    assert not reading.problems


def test_cells_with_line_breaks_keep_their_lines_apart(read: Read) -> None:
    reading = read({"faq.csv": 'q,a\nOne?,"first\nsecond"\nTwo?,x\nThree?,\n'})
    assert [(entry.line, entry.answer) for entry in reading.entries] == [(2, "first\nsecond"), (4, "x")]
    (problem,) = reading.errors
    assert (problem.code, problem.line) == ("no-answer", 5)


def test_html_in_a_cell_becomes_markdown(read: Read) -> None:
    reading = read(
        {
            "a.csv": "q,a\nWhere?,\"See <a target='_blank' href='https://a.example/x'>the <b>map</b></a>.\nNow.\"\n"
            'How?,"<p>Like <strong>this</strong>:</p><ul><li>one</li><li>two</li></ul>"\n'
        }
    )
    assert reading.entries[0].answer == "See [the **map**](https://a.example/x).\nNow."
    assert reading.entries[1].answer == "Like **this**:\n\n- one\n- two"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.csv", 'question,answer\nOne?,Yes.\nTwo?,"never closed\nThree?,x\n', 3),
        ("a.csv", "question,answer\nOne?,Yes, but.\n", 2),
        ("a.csv", "name,phone\nAnn,555\n", 1),
        ("a.csv", "question,answer,answer\nOne?,Yes.,No.\n", 1),
        ("a.json", '[{"question": "One?",\n "answer": }]', 2),
        ("a.jsonl", '{"question": "One?", "answer": "x"}\n{"question": \n', 2),
        ("a.yaml", "- question: One?\n  answer: [\n", 3),
        ("a.yaml", "- question: One?\n  answer: yes: no\n", 2),
    ],
)
def test_a_broken_file_gives_nothing_and_says_where(read: Read, name: str, text: str, line: int) -> None:
    reading = read({name: text, "whole.md": "# Whole\n\nText.\n"})
    assert [entry.question for entry in reading.entries] == ["Whole"]
    assert not reading.complete
    (problem,) = reading.errors
    assert (problem.code, problem.path, problem.line) == ("unreadable", name, line)


def test_nested_yaml_groups_are_tags_and_scalars_stay_text(read: Read) -> None:
    reading = read(
        {
            "faq.yml": "- installation:\n"
            "    - question: Does it install?\n"
            "      response: Yes\n"
            "- title: Common issues\n"
            "  questions:\n"
            "    - q: It does not!\n"
            "      a: |\n"
            "        Try\n"
            "        again.\n"
            "fr:\n".replace("fr:\n", "")
        }
    )
    assert [(entry.question, entry.answer, entry.tags, entry.line) for entry in reading.entries] == [
        ("Does it install?", "Yes", ("installation",), 2),
        ("It does not!", "Try\nagain.", ("common-issues",), 6),
    ]


def test_question_answer_pairs_and_languages_as_keys(read: Read) -> None:
    reading = read(
        {
            "pairs.yaml": "Money:\n  Is it free?: 'Yes'\n  How much is a year?: 12\nes:\n  '¿Es gratis?': 'Sí'\n",
            "both.json": json.dumps(
                [{"id": "x", "question": {"en": "Is it new?", "fr": "Nouveau ?"}, "answer": {"en": "Yes", "fr": "Oui"}}]
            ),
        }
    )
    assert {(entry.question, entry.answer, entry.language, entry.tags) for entry in reading.entries} == {
        ("Is it free?", "Yes", "", ("money",)),
        ("How much is a year?", "12", "", ("money",)),
        ("¿Es gratis?", "Sí", "es", ()),
        ("Is it new?", "Yes", "en", ()),
        ("Nouveau ?", "Oui", "fr", ()),
    }


def test_exports_of_help_desks(read: Read) -> None:
    reading = read(
        {
            "desk.json": json.dumps(
                {
                    "count": 1,
                    "articles": [
                        {
                            "id": 360001,
                            "title": "Resetting your password",
                            "body": "<p>Tap <b>Forgot</b>.</p>",
                            "locale": "en-us",
                            "label_names": ["sign in"],
                            "updated_at": "2026-01-02T03:04:05Z",
                            "html_url": "https://help.example/articles/360001",
                            "draft": False,
                        }
                    ],
                }
            ),
            "course.json": json.dumps(
                {
                    "course": "ml",
                    "documents": [{"text": "Jan 15.", "section": "General", "question": "When does it start?"}],
                }
            ),
        }
    )
    course, desk = reading.entries
    assert (course.question, course.answer, course.tags) == ("When does it start?", "Jan 15.", ("general",))
    assert (desk.id, desk.answer, desk.language) == ("360001", "Tap **Forgot**.", "en-US")
    assert (desk.tags, desk.updated, desk.source) == (
        ("sign-in",),
        date(2026, 1, 2),
        "https://help.example/articles/360001",
    )


def test_what_is_not_published_is_left_out_and_what_only_some_may_see_is_for_staff(read: Read) -> None:
    reading = read(
        {
            "desk.json": json.dumps(
                [
                    {"title": "New prices", "body": "Soon.", "draft": True},
                    {"title": "Old prices", "body": "Once.", "state": "archived"},
                    {"title": "Prices", "body": "Now.", "state": "published", "user_segment_id": None},
                    {"title": "Margins", "body": "Hm.", "draft": False, "user_segment_id": 7},
                ]
            )
        }
    )
    assert [(entry.question, entry.audience) for entry in reading.entries] == [
        ("Prices", "everyone"),
        ("Margins", "staff"),
    ]
    assert [problem.code for problem in reading.problems] == ["draft", "draft"]


def test_an_unknown_audience_is_an_error_and_only_staff_see_the_entry(read: Read) -> None:
    reading = read({"a.csv": "q,a,audience\nOne?,x,everybody else\n"})
    assert [entry.audience for entry in reading.entries] == ["staff"]
    assert [problem.code for problem in reading.errors] == ["audience"]


@pytest.mark.parametrize(
    "data",
    [
        [{"title": {"rendered": "Is it <i>free</i>?"}, "content": {"rendered": "<p>Yes.</p>"}, "status": "publish"}],
        {"qnaDocuments": [{"id": 1, "questions": ["Is it free?"], "answer": "Yes.", "metadata": []}]},
        {"data": [{"id": 1, "attributes": {"question": "Is it free?", "answer": "Yes."}}], "meta": {}},
        {"data": {"faqs": {"edges": [{"node": {"question": "Is it free?", "answer": "Yes."}}]}}},
        {"faq": {"title": "FAQ", "q1": "Is it free?", "a1": "Yes."}},
        {"page": {"faqQuestion1": "Is it free?", "faqAnswer1": "Yes.", "plan1": "Basic"}},
        {"item1.question": "Is it free?", "item1.answer": "Yes.", "item1.icon": "coin"},
        {"data": [{"paragraphs": [{"context": "Yes.", "qas": [
            {"question": "Is it free?",
             "answers": [{"text": "Yes.", "answer_start": 0}, {"text": "es", "answer_start": 1}]},
        ]}]}]},
    ],
)  # fmt: skip
def test_what_programs_export(read: Read, data: object) -> None:
    reading = read({"faq.json": json.dumps(data)})
    assert [(entry.question, entry.answer) for entry in reading.entries] == [("Is it free?", "Yes.")]
    assert not set(reading.entries[0].tags) & {"attributes", "edges", "node", "qas", "paragraphs"}


def test_several_questions_of_one_row_are_its_wordings(read: Read) -> None:
    (entry,) = read({"faq.json": json.dumps([{"questions": ["Is it free?", "Any fee?"], "answer": "Yes."}])}).entries
    assert (entry.question, entry.alternates) == ("Is it free?", ("Any fee?",))


@pytest.mark.parametrize("status", ["private", "future", "trash", "notpublished"])
def test_what_is_published_in_no_words_is_left_out(read: Read, status: str) -> None:
    assert not read({"faq.json": json.dumps([{"title": "Is it free?", "body": "Yes.", "status": status}])}).entries


def test_lines_are_found_however_deep_the_rows_lie(read: Read) -> None:
    rows = [{"node": {"fields": {"question": f"Is number {n} free?", "answer": "Yes."}}} for n in range(40)]
    text = json.dumps({"data": {"faqs": {"edges": rows}}}, indent=1)
    lines = text.split("\n")
    entries = read({"faq.json": text}).entries
    assert len(entries) == 40
    for entry in entries:
        assert entry.question in lines[entry.line - 1]


def test_rows_with_one_id_and_one_answer_are_wordings_of_one_question(read: Read) -> None:
    head = "Question\tAnswer\tSource\tMetadata\tQnaId\n"
    rows = (
        "How do I pay?\tBy card.\\n\\nIn C:\\new or cash.\tx\t\t1\npayment\tBy card.\\n\\nIn C:\\new or cash.\tx\t\t1\n"
    )
    reading = read({"faq.tsv": head + rows + "Is it free?\tYes.\tx\t\t2\nFor ever?\tNo.\tx\t\t2\n"})
    assert [(entry.id, entry.question, entry.alternates, entry.answer) for entry in reading.entries] == [
        ("1", "How do I pay?", ("payment",), "By card.\n\nIn C:\\new or cash."),
        ("2", "Is it free?", (), "Yes."),
        ("2-2", "For ever?", (), "No."),
    ]
    assert [problem.code for problem in reading.problems] == ["duplicate-id"]


def test_botpress_keeps_variants_per_language_and_switches_pairs_off(read: Read) -> None:
    def pair(name: str, **data: object) -> dict[str, object]:
        return {"id": name, "data": {"action": "text", "enabled": True, "redirectFlow": ""} | data}

    refund = pair(
        "refund",
        questions={"en": ["How do I get a refund?", "money back"], "fr": ["Puis-je être remboursé ?"]},
        answers={"en": ["Ask the shop.", "The shop does it."], "fr": ["Oui."]},
    )
    old = pair("old", enabled=False, questions={"en": ["Is it old?"]}, answers={"en": ["Yes."]})
    reading = read({"qna.json": json.dumps({"qnas": [refund, old]})})
    assert [(entry.question, entry.alternates, entry.answer, entry.language) for entry in reading.entries] == [
        ("How do I get a refund?", ("money back",), "Ask the shop.", "en"),
        ("Puis-je être remboursé ?", (), "Oui.", "fr"),
    ]
    assert [problem.code for problem in reading.problems] == ["draft"]


def test_custom_fields_of_salesforce(read: Read) -> None:
    table = "Id,Title,Question__c,Answer__c,PublishStatus\n1,PIN,How do I reset my PIN?,<p>Open the app.</p>,Online\n"
    reading = read({"faq.csv": table + "2,Old,Is it old?,Yes.,Archived\n"})
    assert [(entry.question, entry.answer) for entry in reading.entries] == [
        ("How do I reset my PIN?", "Open the app.")
    ]
