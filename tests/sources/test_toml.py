"""TOML, as static site generators keep their data."""

from __future__ import annotations

from tests.sources.conftest import Read

FAQ = '''# shown on /faq
[[section]]
title = "Billing & co"

  [[section.item]]
  question = "Is it free?"
  answer = """
Yes:

- for *one* person
"""

  [[section.item]]
  question = 'Can I pay by card ("chip & PIN")?'
  answer = 'Yes.'
  updated = 2026-03-01

[[section]]
title = "Rest"
  [[section.item]]
  q = "Where is it?"
'''


def test_tables_of_questions_are_entries_with_their_sections_as_tags(read: Read) -> None:
    reading = read({"data/faq.toml": FAQ, "config.toml": 'title = "x"\n', "hugo.de.toml": "x = 1"})
    assert [(entry.question, entry.answer, entry.tags, entry.line) for entry in reading.entries] == [
        ("Is it free?", "Yes:\n\n- for *one* person", ("billing-co",), 6),
        ('Can I pay by card ("chip & PIN")?', "Yes.", ("billing-co",), 14),
    ]
    assert str(reading.entries[1].updated) == "2026-03-01"
    (error,) = reading.errors
    assert (error.path, error.line) == ("data/faq.toml", 21)
    assert "“Where is it?” has no answer" in error.message


def test_a_broken_file_is_told_with_its_line(read: Read) -> None:
    (error,) = read({"faq.toml": '[[faq]]\nquestion = "a?"\nanswer = yes\n'}).errors
    assert (error.line, error.code) == (3, "unreadable")
    assert "not well-formed TOML" in error.message
