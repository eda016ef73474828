"""Folders, encodings, ids and duplicates."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SourceError
from knowledge.sources import read_source
from knowledge.sources.languages import language_of_path
from tests.sources.conftest import Read

FAQ = "# FAQ\n\n## Où est ma commande ?\n\nÀ l’entrepôt.\n\n## Combien ça coûte ?\n\n5 €.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(read: Read, encoding: str, line_end: str) -> None:
    reading = read({"faq.md": FAQ.replace("\n", line_end).encode(encoding)})
    assert [entry.question for entry in reading.entries] == ["Où est ma commande ?", "Combien ça coûte ?"]
    assert [entry.answer for entry in reading.entries] == ["À l’entrepôt.", "5 €."]
    assert [problem.code for problem in reading.problems] == (["encoding"] if encoding == "cp1252" else [])


def test_other_alphabets_in_old_encodings(read: Read) -> None:
    text = "# Вопросы\n\n## Где мой заказ?\n\nОн уже в пути, мы отправили его вчера вечером.\n\n"
    text += "## Сколько это стоит?\n\nПять рублей.\n"
    reading = read({"faq.md": text.encode("cp1251")})
    assert [entry.question for entry in reading.entries] == ["Где мой заказ?", "Сколько это стоит?"]


def test_binary_data_under_a_text_name_fails_the_file(read: Read) -> None:
    reading = read({"a.md": b"\x89PNG\r\n\x1a\n\x00\x00\x01", "b.md": "# B\n\nText.\n"})
    assert [(file.path, file.outcome) for file in reading.files] == [("a.md", "failed"), ("b.md", "read")]
    assert not reading.complete


def test_what_is_no_faq_is_left_out_by_its_name(read: Read) -> None:
    faq = "# Security\n\nText.\n"
    reading = read(
        {
            "README.md": faq,
            "LICENSE.md": faq,
            "golden.csv": "question,expected\nq,a\n",
            "golden_es.jsonl": "{}",
            "phrases.yaml": "a: b",
            "_config.yml": "a: b",
            "logo.png": b"\x89PNG",
            ".hidden.md": faq,
            "node_modules/x/y.md": faq,
            "security.md": faq,
            "deep/er/security_es.md": faq,
        }
    )
    assert [file.path for file in reading.files if file.outcome == "read"] == ["deep/er/security_es.md", "security.md"]
    assert [(entry.path, entry.language) for entry in reading.entries] == [
        ("deep/er/security_es.md", "es"),
        ("security.md", ""),
    ]
    assert not reading.problems


def test_a_single_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("# X\n\n## FAQ\n\n### Is it free?\n\nYes.\n")
    assert [entry.question for entry in read_source(file).entries] == ["Is it free?"]


def test_links_out_of_the_folder_are_not_followed(read: Read, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.md").write_text("# Outside\n\nText.\n")
    (tmp_path / "link.md").symlink_to(tmp_path.parent / "outside.md")
    assert [entry.path for entry in read({"a.md": "# A\n\nText.\n"}).entries] == ["a.md"]


def test_nothing_there(read: Read, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_source(tmp_path / "nowhere")
    assert [problem.code for problem in read({"notes.txt": "x"}).errors] == ["empty"]


def test_ids_do_not_depend_on_the_order_of_files(read: Read) -> None:
    reading = read(
        {
            "cards.md": "# FAQ\n\n## How do I start?\n\nA card.\n\n## Why?\n\nBecause.\n",
            "loans.md": "# FAQ\n\n## How do I start?\n\nA loan.\n\n## ¿Dónde?\n\nAquí.\n",
        }
    )
    assert [entry.id for entry in reading.entries] == [
        "cards-how-do-i-start",
        "why",
        "loans-how-do-i-start",
        "donde",
    ]


def test_an_id_taken_twice_is_renamed_and_reported(read: Read) -> None:
    reading = read({"a.csv": "id,q,a\nx,One?,1\nx,Two?,2\nx-2,Three?,3\n"})
    assert len({entry.id for entry in reading.entries}) == 3
    assert reading.entries[0].id == "x"
    assert "duplicate-id" in {problem.code for problem in reading.problems}


def test_long_ids_stay_short_and_distinct(read: Read) -> None:
    start = "how do I " + "really " * 30
    ids = [entry.id for entry in read({"a.csv": f"q,a\n{start} start?,1\n{start} stop?,2\n"}).entries]
    assert len(set(ids)) == 2
    assert all(len(id_) <= 64 for id_ in ids)


def test_the_same_question_and_answer_is_one_entry(read: Read) -> None:
    reading = read(
        {
            "a.yaml": "- {q: Is it free?, a: Yes., tags: x, alternates: [cost?]}\n",
            "b.yaml": "- {q: is it FREE, a: ' Yes. ', tags: y, alternates: [price?]}\n- {q: Is it free?, a: No.}\n",
        }
    )
    first, second = reading.entries
    assert (first.path, first.alternates, first.tags) == ("a.yaml", ("cost?", "price?"), ("x", "y"))
    assert second.answer == "No."
    assert [(problem.code, problem.path, problem.line) for problem in reading.problems] == [("merged", "b.yaml", 1)]


def test_different_ids_are_never_merged(read: Read) -> None:
    reading = read({"a.csv": "id,q,a\nx,One?,1\ny,One?,1\n"})
    assert [entry.id for entry in reading.entries] == ["x", "y"]


def test_text_that_utf8_cannot_hold_is_made_storable(read: Read) -> None:
    reading = read({"a.json": '[{"question": "One\\ud800?", "answer": "a\\u0000b\\udfff"}]'})
    (entry,) = reading.entries
    assert entry.content_hash
    assert "\0" not in entry.answer


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("faq_es.md", "es"),
        ("faq._en.md", "en"),
        ("faq.pt-BR.md", "pt-BR"),
        ("faq.pt-br.md", "pt-BR"),
        ("faq-de.csv", "de"),
        ("es.yaml", "es"),
        ("fr/pay/faq.md", "fr"),
        ("i18n/zh-Hant/faq.md", "zh-Hant"),
        ("faq_it.md", "it"),
        ("it/faq.md", ""),
        ("hr/faq.md", ""),
        ("what-is-it.md", ""),
        ("my-id.md", ""),
        ("faq.md", ""),
    ],
)
def test_the_language_that_a_path_gives_away(path: str, language: str) -> None:
    assert language_of_path(path) == language
