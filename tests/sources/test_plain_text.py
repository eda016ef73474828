"""Text files, laid out by hand."""

from __future__ import annotations

from tests.sources.conftest import Read

NUMBERED = """
                     Shop FAQ
                     ========

Table of Contents
1. General
1.1 Is it free?
2. Orders

------------------------------------------------------------
1. General
------------------------------------------------------------

1.1 Is it free?
Yes, for
all.

Really: see
    % shop --price
    # nothing

1.2 It does not
    start, why?

    Look at the log:
      # a comment
    3. is no question here

------------------------------------------------------------
2. Orders

2.1\tWhere is my order?

\tOn its way.

"""

MARKED = """Q:  What is it?

A:  A shop. It sells
    things.

    More of them every day.

Q:  Who
    owns it?
A:  We do.

Q: What is missing?

"""

INDENTED = """Why is it slow?

\tIt has much to do.
\tDoes that help?

Why is it
blue?

\tWe like it.

Is it new?

\tNo.
"""


def test_numbered_questions_with_a_table_of_contents(read: Read) -> None:
    reading = read({"faq.txt": NUMBERED})
    assert [(entry.question, entry.answer, entry.line) for entry in reading.entries] == [
        ("Is it free?", "Yes, for\nall.\n\nReally: see\n    % shop --price\n    # nothing", 14),
        ("It does not start, why?", "Look at the log:\n  \\# a comment\n3. is no question here", 22),
        ("Where is my order?", "On its way.", 32),
    ]
    assert not reading.problems


def test_q_and_a_with_hanging_indents(read: Read) -> None:
    reading = read({"Shop_FAQ.txt": MARKED})
    assert [(entry.question, entry.answer, entry.line) for entry in reading.entries] == [
        ("What is it?", "A shop. It sells\nthings.\n\nMore of them every day.", 1),
        ("Who owns it?", "We do.", 8),
    ]
    (error,) = reading.errors
    assert (error.line, "“What is missing?” has no answer" in error.message) == (12, True)


def test_questions_with_indented_answers(read: Read) -> None:
    assert [(entry.question, entry.answer) for entry in read({"faq.txt": INDENTED}).entries] == [
        ("Why is it slow?", "It has much to do.\nDoes that help?"),
        ("Why is it blue?", "We like it."),
        ("Is it new?", "No."),
    ]


def test_other_text_files_of_a_folder_are_left_out(read: Read) -> None:
    reading = read(
        {"robots.txt": "User-agent: *", "notes.txt": INDENTED, "faq.txt": "# FAQ\n\n## Is it free?\n\nYes.\n"}
    )
    assert [entry.question for entry in reading.entries] == ["Is it free?"]
    assert reading.complete
