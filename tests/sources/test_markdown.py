"""Markdown as it is found in the wild: what is a question, what is a group, what is part of an answer."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.sources.conftest import Read


def questions(read: Read, text: str, name: str = "faq.md") -> dict[str, str]:
    reading = read({name: dedent(text)})
    assert reading.complete, reading.problems
    return {entry.question: entry.answer for entry in reading.entries}


VARIETIES = {
    "headings under a title": (
        """
        # FAQ

        Everything about shipping.

        ## Where is my order?

        On its way.

        ## How do I return it?

        By post.
        """,
        {"Where is my order?": "On its way.", "How do I return it?": "By post."},
    ),
    "groups of questions, a heading that is worded as none among them": (
        """
        # Help
        ## Orders
        ### Where is my order?
        On its way.
        ### Lost parcels
        We send another.
        ## Money
        ### When do I get my money back?
        In 3 days.
        """,
        {
            "Where is my order?": "On its way.",
            "Lost parcels": "We send another.",
            "When do I get my money back?": "In 3 days.",
        },
    ),
    "sub-headings belong to the answer": (
        """
        # Frequently asked questions
        ## How do I reset the router?
        Two ways.
        ### By the button
        Hold it for 10 seconds.
        ### By the app
        Tap reset.
        ## Can I keep my number?
        Yes.
        """,
        {
            "How do I reset the router?": "Two ways.\n\n### By the button\n\nHold it for 10 seconds.\n\n"
            "### By the app\n\nTap reset.",
            "Can I keep my number?": "Yes.",
        },
    ),
    "a group whose name is a question": (
        """
        # FAQ
        ## How to?
        ### How can I scale to 0?
        Like this.
        ### How can I scale to 1?
        Like that.
        """,
        {"How can I scale to 0?": "Like this.", "How can I scale to 1?": "Like that."},
    ),
    "bold questions": (
        """
        # Billing FAQ

        **Do you accept cards?**

        Yes, all of them.

        **Can I pay by invoice?** Only companies.

        Note: **thirty days**.
        """,
        {
            "Do you accept cards?": "Yes, all of them.",
            "Can I pay by invoice?": "Only companies.\n\nNote: **thirty days**.",
        },
    ),
    "Q and A": (
        """
        # Questions

        Q: Is it free?
        A: Yes.

        Q: For ever?

        A: For a year.

        And then $5.
        """,
        {"Is it free?": "Yes.", "For ever?": "For a year.\n\nAnd then $5."},
    ),
    "bold Q and A": (
        "**Q1: Is it free?**\n\n**A:** Yes.\n\n**Q2. For ever?**\n\nA2: No.\n",
        {"Is it free?": "Yes.", "For ever?": "No."},
    ),
    "details": (
        """
        # FAQ

        <details>
        <summary>Is there a <b>free</b> plan?</summary>

        Yes, with `3` projects.

        - one
        - two

        </details>

        <details><summary>Student discount</summary>Half price.</details>
        """,
        {"Is there a free plan?": "Yes, with `3` projects.\n\n- one\n- two", "Student discount": "Half price."},
    ),
    "details, and text of the page behind and between them": (
        """
        # FAQ

        <details>
        <summary>Is it free?</summary>

        Yes.

        </details>

        **Teams**

        <details><summary>For teams?</summary>No.
        <details><summary>How many are a team?</summary>Five.</details>
        More about it in the shop.
        </details>

        <details><summary>Is it new?</summary></details>

        Since May.

        <details><summary>For ever?</summary>

        Yes.

        </details>

        If you have other questions, write to us.
        """,
        {
            "Is it free?": "Yes.",
            "For teams?": "No.",
            "How many are a team?": "Five.\n\nMore about it in the shop.",
            "Is it new?": "Since May.",
            "For ever?": "Yes.",
        },
    ),
    "details within an answer": (
        """
        # FAQ
        ## Why does it fail?
        Look at the log.

        <details><summary>Example log</summary>

        ```
        error 7
        ```

        </details>
        ## What next?
        Write to us.
        """,
        {"Why does it fail?": "Look at the log.\n\nExample log\n\n```\nerror 7\n```", "What next?": "Write to us."},
    ),
    "definition list": (
        """
        # FAQ

        What is a lane?
        : A queue of one conversation.

        Who owns it?
        : One worker,
          for a while.
        """,
        {"What is a lane?": "A queue of one conversation.", "Who owns it?": "One worker,\nfor a while."},
    ),
    "numbered headings": (
        "# FAQ\n\n## 1. How do I start?\n\nRun it.\n\n## 2) How do I stop?\n\nStop it.\n",
        {"How do I start?": "Run it.", "How do I stop?": "Stop it."},
    ),
    "numbered list": (
        """
        # FAQ

        1. **How do I start?** Run it.
        2. **How do I stop?**

           Stop it.

           Really.
        """,
        {"How do I start?": "Run it.", "How do I stop?": "Stop it.\n\nReally."},
    ),
    "numbered lines with the answers between them": (
        "1. How do I start?\n\nRun it.\n\n2. How do I stop?\n\nStop it.\n",
        {"How do I start?": "Run it.", "How do I stop?": "Stop it."},
    ),
    "a README with an FAQ section": (
        """
        # Widget

        A widget.

        ## Install

        `pip install widget`

        ## FAQ

        ### Does it work on Windows?

        Yes.

        ### Is it fast?

        Yes.

        ## Licence

        MIT
        """,
        {"Does it work on Windows?": "Yes.", "Is it fast?": "Yes."},
    ),
    "a README with bold questions in its FAQ section": (
        "# Widget\n\nA widget.\n\n## FAQ\n\n**Q: Is it free?**  \nA: Yes.\n\n**Q: Is it fast?**  \nA: Quite.\n\n"
        "## Licence\n\nMIT\n",
        {"Is it free?": "Yes.", "Is it fast?": "Quite."},
    ),
    "italic questions": (
        "# Sampling\n\n## Frequently asked questions\n\n*What is the default?*\n\n* Five.\n\n"
        "*Can I change it?*\n\nYes.\n",
        {"What is the default?": "* Five.", "Can I change it?": "Yes."},
    ),
    "a help page with an FAQ at its end": (
        "---\ntitle: Exports\n---\nFiles.\n\n## Format\n\nCSV.\n\n## FAQ\n\n### Is it free?\n\nYes.\n",
        {"Exports": "Files.\n\n## Format\n\nCSV.", "Is it free?": "Yes."},
    ),
    "table of contents and back links are no answers": (
        """
        # FAQ

        ## Table of contents

        1. [Is it free?](#is-it-free)
        2. [Is it fast?](#is-it-fast)

        ## Is it free?

        Yes.

        [Back to top](#faq)

        ---

        ## Is it fast?

        Yes!

        **[⬆ back to top](#faq)**
        """,
        {"Is it free?": "Yes.", "Is it fast?": "Yes!"},
    ),
    "underlined headings, closing hashes, markup in questions": (
        "FAQ\n===\n\nWhat is `retry`?\n----------------\n\nA flag.\n\n## Is **it** [safe](x.md)? ##\n\nYes.\n",
        {"What is retry?": "A flag.", "Is it safe?": "Yes."},
    ),
    "other languages": (
        "# Preguntas frecuentes\n\n## ¿Cómo cancelo?\n\nEn la app.\n\n## ¿Cuánto cuesta?\n\nNada.\n",
        {"¿Cómo cancelo?": "En la app.", "¿Cuánto cuesta?": "Nada."},
    ),
    "headings that ask without a question mark": (
        "# Account\n\n## How to reset your password\n\nTap it.\n\n## How to change your address\n\nType it.\n",
        {"How to reset your password": "Tap it.", "How to change your address": "Type it."},
    ),
    "a heading in a code block is code": (
        "# FAQ\n\n## How do I comment?\n\n```sh\n# What is this?\n```\n\n## Why?\n\nBecause.\n",
        {"How do I comment?": "```sh\n# What is this?\n```", "Why?": "Because."},
    ),
    "html headings and wrappers": (
        '<div align="center">\n<h1>FAQ</h1>\n</div>\n\n<h2 id="a">Is it free?</h2>\n\nYes.\n\n<h2>Is it fast?</h2>\n\n'
        "<p>Yes,\n"
        "<a href='https://a.example/'>look</a>.</p>\n",
        {"Is it free?": "Yes.", "Is it fast?": "Yes,\n[look](https://a.example/)."},
    ),
    "reference links": (
        "# FAQ\n\n## Where?\n\nSee [the map][map] or [Map].\n\n## When?\n\nNow.\n\n[map]: https://a.example/map\n",
        {"Where?": "See [the map](https://a.example/map) or [Map](https://a.example/map).", "When?": "Now."},
    ),
    "a long word-processor text without any markup": (
        "Is it free?\n\nYes, it is.\n\nIs it fast?\n\nQuite.\n",
        {"Is it free?": "Yes, it is.", "Is it fast?": "Quite."},
    ),
    "mkdocs collapsible questions": (
        '# FAQ\n\n??? "Is it free?"\n    Yes.\n\n    Really.\n\n??? question "Is it fast?"\n    Quite.\n',
        {"Is it free?": "Yes.\n\nReally.", "Is it fast?": "Quite."},
    ),
}


@pytest.mark.parametrize(("text", "expected"), VARIETIES.values(), ids=VARIETIES.keys())
def test_questions_and_their_answers(read: Read, text: str, expected: dict[str, str]) -> None:
    assert questions(read, text) == expected


def test_a_help_centre_page_is_one_entry_and_its_sub_headings_are_wordings(read: Read) -> None:
    reading = read(
        {
            "security-keys_en.md": dedent("""
                ---
                title: Issues with security keys
                category: Sign in
                last_updated: 2026-03-01
                ---
                Here is what to try.

                ## My key was lost or stolen

                Use a backup code.

                ## How do I register a second key?

                Tap **Add**.

                ## Related articles

                * [Backup codes](/help/backup-codes/)
                """).lstrip()
        }
    )
    (entry,) = reading.entries
    assert entry.question == "Issues with security keys"
    assert entry.answer.startswith("Here is what to try.\n\n## My key was lost")
    assert entry.answer.endswith("Tap **Add**.")
    assert entry.alternates == ("My key was lost or stolen", "How do I register a second key?")
    assert (entry.id, entry.language, entry.tags) == ("security-keys-en", "en", ("sign-in",))
    assert str(entry.updated) == "2026-03-01"


def test_a_titled_page_of_questions_is_many_entries_and_its_introduction_answers_the_title(read: Read) -> None:
    introduction = "Before you can use benefits online we have to be sure that you are who you say. " * 2
    found = questions(
        read,
        f"---\ntitle: Verify my identity\n---\n{introduction}\n\n## What do I need?\n\nAn ID.\n\n"
        "## How long?\n\nA day.\n",
        "verify.md",
    )
    assert list(found) == ["Verify my identity", "What do I need?", "How long?"]


def test_a_guide_without_questions_is_one_entry(read: Read) -> None:
    found = questions(read, "# Exports\n\nFiles.\n\n## Format\n\nCSV.\n\n## Schedule\n\nDaily.\n", "exports.md")
    assert found == {"Exports": "Files.\n\n## Format\n\nCSV.\n\n## Schedule\n\nDaily."}


def test_settings_alternates_and_heading_ids(read: Read) -> None:
    reading = read(
        {
            "faq.md": dedent("""
                ---
                tags: [Billing, Cards]
                audience: staff
                language: en-GB
                ---
                # FAQ

                ## Can I pay early? {#early}

                *Also asked: May I pay sooner? · pay ahead of time · Is there a fee?*

                Yes.

                ## Who approves it?
                <!-- id: approval; audience: vip; tags: limits; updated: 2026-05-31 -->

                Your manager.
                """).lstrip()
        }
    )
    early, approval = reading.entries
    assert (early.id, early.audience, early.tags, early.language) == ("early", "staff", ("billing", "cards"), "en-GB")
    assert early.alternates == ("May I pay sooner?", "pay ahead of time", "Is there a fee?")
    assert early.answer == "Yes."
    assert (approval.id, approval.audience, approval.tags) == ("approval", "vip", ("billing", "cards", "limits"))
    assert str(approval.updated) == "2026-05-31"
    assert (approval.path, approval.line, approval.source) == ("faq.md", 14, "faq.md#who-approves-it")


def test_template_code_is_resolved_or_removed(read: Read) -> None:
    found = questions(
        read,
        """
        ---
        title: Accepted documents
        accepted:
          - Passport
          - "**Driver's** licence"
        phone: 555 0100
        ---
        {% include alert.html type="info" %}
        We accept:

        {% include list.html items=page.accepted icon="check" %}

        {: .box }
        Call {{ page.phone }} or [write]({{ site.baseurl }}/contact){:target="_blank"}.

        {{< note >}}
        Copies don't count.
        {{< /note >}}

        :::tip Hint
        Use daylight.
        :::

        {% comment %} nobody reads this {% endcomment %}
        ```
        {{ kept }}
        ```
        """.replace("\n        ", "\n").lstrip(),
        "documents.md",
    )
    answer = found["Accepted documents"]
    assert "We accept:\n\n- Passport\n- **Driver's** licence" in answer
    assert "Call 555 0100 or [write](/contact)." in answer
    assert "Copies don't count." in answer
    assert "**Hint:**\nUse daylight." in answer
    assert "{{ kept }}" in answer
    assert "{%" not in answer
    assert "{:" not in answer
    assert "{{<" not in answer
    assert "nobody" not in answer


def test_relative_links_and_images_count_from_the_root_or_become_addresses(read: Read) -> None:
    files: dict[str, str | bytes] = {
        "pay/faq.md": "# FAQ\n\n## Where?\n\n[here](../map.md#top) ![m](img/m.png) [there](#where) `[no](x.md)` "
        "[web](https://a.example)\n\n## When?\n\nNow.\n"
    }
    assert read(files).entries[0].answer == (
        "[here](map.md#top) ![m](pay/img/m.png) [there](pay/faq.md#where) `[no](x.md)` [web](https://a.example)"
    )
    assert (
        read(files, base_url="https://help.example/kb/")
        .entries[0]
        .answer.startswith("[here](https://help.example/kb/map.md#top) ![m](https://help.example/kb/pay/img/m.png)")
    )


def test_a_table_and_a_list_stay_as_written(read: Read) -> None:
    table = "| plan | price |\n|---|---|\n| a | $5 |"
    found = questions(read, f"# FAQ\n\n## What does it cost?\n\n{table}\n\n1. one\n2. two\n\n## Why?\n\nBecause.\n")
    assert found["What does it cost?"] == f"{table}\n\n1. one\n2. two"


def test_a_question_without_an_answer_is_an_error_on_its_line(read: Read) -> None:
    reading = read({"faq.md": "# FAQ\n\n## Is it free?\n\n## Is it fast?\n\nYes.\n"})
    assert [entry.question for entry in reading.entries] == ["Is it fast?"]
    (problem,) = reading.errors
    assert (problem.code, problem.path, problem.line) == ("no-answer", "faq.md", 3)
    assert "Is it free?" in problem.message


def test_text_without_a_title_is_named_by_its_file_and_doubted(read: Read) -> None:
    reading = read({"late-payments_en.md": "You have five days.\n\nThen it costs $7.\n"})
    assert [(entry.question, entry.answer) for entry in reading.entries] == [
        ("Late payments", "You have five days.\n\nThen it costs $7.")
    ]
    assert [problem.code for problem in reading.problems] == ["no-title"]


def test_drafts_are_left_out(read: Read) -> None:
    reading = read({"a.md": "---\ntitle: New\ndraft: true\n---\nText.\n", "b.md": "# B\n\nText.\n"})
    assert [entry.question for entry in reading.entries] == ["B"]
    assert [problem.code for problem in reading.problems] == ["draft"]


def test_broken_front_matter_fails_the_file_with_its_line(read: Read) -> None:
    reading = read({"a.md": "---\ntitle: Fees: how much\nb: [\n---\n\n# A\n\nText.\n", "b.md": "# B\n\nText.\n"})
    assert not reading.complete
    assert [entry.question for entry in reading.entries] == ["B"]
    (problem,) = reading.errors
    assert (problem.code, problem.path, problem.line) == ("unreadable", "a.md", 2)


def test_two_rules_are_not_front_matter(read: Read) -> None:
    assert questions(read, "---\nhello\n---\n\n# A\n\nText.\n", "a.md") == {"A": "Text."}
