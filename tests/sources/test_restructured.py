"""reStructuredText, as Sphinx projects write it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.sources.conftest import Read


def test_sections_roles_and_directives(read: Read) -> None:
    reading = read(
        {
            "faq.rst": dedent("""
                FAQ
                ===

                .. contents::
                   :local:

                .. _free:

                Is it free?
                -----------

                Yes, see :doc:`/users/prices`, :ref:`the terms <terms>` and ``--free``.

                .. versionadded:: 1.4

                .. seealso:: :ref:`paid-plans`

                .. code-block:: shell
                   :emphasize-lines: 1

                   run --free

                Is it *fast*?
                -------------

                .. note::

                   Quite [1]_.

                .. [1] Measured.

                .. dropdown:: How fast

                   Very.
                """).lstrip()
        }
    )
    assert not reading.problems
    free, fast = reading.entries
    assert (free.question, free.line) == ("Is it free?", 9)
    assert "Yes, see prices, the terms and `--free`." in free.answer
    assert "**New in version 1.4:**" in free.answer
    assert "paid plans" in free.answer
    assert "```\nrun --free\n```" in free.answer
    assert fast.question == "Is it fast?"
    assert "**Note:**\n\nQuite" in fast.answer
    assert "Very." in fast.answer


def test_nothing_beyond_the_file_is_read_and_nothing_raw_gets_through(read: Read, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("the secret")
    reading = read(
        {
            "faq.rst": "FAQ\n===\n\nWhat is in it?\n--------------\n\nText.\n\n"
            f".. include:: {secret}\n\n.. literalinclude:: {secret}\n\n.. csv-table:: t\n   :file: {secret}\n\n"
            f".. raw:: html\n   :file: {secret}\n\n.. raw:: html\n\n   <script>x</script>\n\nWhy?\n----\n\nBecause.\n"
        }
    )
    assert [entry.question for entry in reading.entries] == ["What is in it?", "Why?"]
    assert "secret" not in "".join(entry.answer for entry in reading.entries)
    assert "script" not in "".join(entry.answer for entry in reading.entries)


def test_a_frame_of_includes_is_no_page_without_text(read: Read) -> None:
    reading = read({"faq.rst": "FAQ\n===\n\n.. include:: a.rst\n", "a.rst": "A\n=\n\nWhy?\n----\n\nBecause.\n"})
    assert [entry.question for entry in reading.entries] == ["Why?"]
    assert not reading.problems
