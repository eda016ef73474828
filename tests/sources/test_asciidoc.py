"""AsciiDoc: sections, bold questions, lists of questions and answers, and what stands in an answer."""

from __future__ import annotations

from tests.sources.conftest import Read

FAQ = """= Frequently Asked Questions
:product: Penny
:toc:
include::header.adoc[]

== Paying

// nobody reads this
[[pay-early]]
=== Can I pay {product} early?

Yes, *always*. See link:early.adoc[the page], https://pay.example/x[this one^] or <<pay-late,below>>.

NOTE: It is `+free+`.

. Tap kbd:[Pay].
.. Confirm.
* Or menu:Plans[Pay].
+
[source,bash]
----
pay --early *now*
----

|===
|Plan |Fee

|Basic |1
|Pro |2
|===

=== Can I pay late?
image::late.png[A clock]
////
=== Is this a question?
////
No.footnote:[But ask.]

Old ways
--------

What is *this*?:: An old title.

Is this one?::
+
====
It is.
====
"""


def test_questions_and_what_stands_in_their_answers(read: Read) -> None:
    reading = read({"faq.adoc": FAQ})
    answers = {entry.question: entry.answer for entry in reading.entries}
    assert list(answers) == ["Can I pay Penny early?", "Can I pay late?", "What is this?", "Is this one?"]
    early = answers["Can I pay Penny early?"]
    assert early.startswith("Yes, **always**. See [the page](early.adoc), [this one](https://pay.example/x) or below.")
    assert "**Note:** It is `free`." in early
    assert "1. Tap **Pay**.\n   1. Confirm.\n" in early
    assert "- Or **Plans > Pay**." in early
    assert "```bash\npay --early *now*\n```" in early
    assert "| Plan | Fee |\n|---|---|\n| Basic | 1 |\n| Pro | 2 |" in early
    assert answers["Can I pay late?"] == "![A clock](late.png)\n\nNo. (But ask.)"
    assert (answers["What is this?"], answers["Is this one?"]) == ("An old title.", "It is.")
    assert not reading.problems


def test_lines_stay_those_of_the_file(read: Read) -> None:
    lines = FAQ.split("\n")
    for entry in read({"faq.adoc": FAQ}).entries:
        assert entry.question.split()[0] in lines[entry.line - 1]


def test_a_list_of_questions_says_so_itself(read: Read) -> None:
    text = "= Help\n\n[qanda]\nWhat is it?::\nA shop.\n\nIs it open?:: Yes.\n\n== Contact\n\nWrite to us.\n"
    entries = read({"help.adoc": text}).entries
    assert [(entry.question, entry.answer) for entry in entries] == [
        ("What is it?", "A shop."),
        ("Is it open?", "Yes."),
        ("Contact", "Write to us."),
    ]


def test_an_article_is_one_entry(read: Read) -> None:
    (entry,) = read({"returns.adoc": "= Returning a bicycle\n\nPack it.\n\n== What we pay\n\nThe parcel.\n"}).entries
    assert (entry.id, entry.question) == ("returns", "Returning a bicycle")
    assert entry.answer == "Pack it.\n\n## What we pay\n\nThe parcel."
