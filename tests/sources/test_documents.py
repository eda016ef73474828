"""DOCX and PDF, made here byte by byte."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.sources.conftest import Read

pytest.importorskip("markitdown", reason="the extra `documents` is not installed")

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(paragraphs: list[tuple[str, str]]) -> bytes:
    """A Word file of (style, text) paragraphs."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        "<Relationship "
        'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
        'Target="styles.xml"/></Relationships>',
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF with a line of text per item; "" leaves a gap."""
    text = "BT /F1 12 Tf 72 720 Td 16 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def test_headings_of_a_word_file(read: Read) -> None:
    data = docx(
        [
            ("Heading1", "Help"),
            ("Heading2", "Is it free?"),
            ("Normal", "Yes."),
            ("Heading2", "Is it fast?"),
            ("Normal", "Quite."),
        ]
    )
    reading = read({"help.docx": data})
    assert reading.complete, reading.problems
    assert [(entry.question, entry.answer) for entry in reading.entries] == [
        ("Is it free?", "Yes."),
        ("Is it fast?", "Quite."),
    ]


def test_lines_of_a_pdf_that_ask(read: Read) -> None:
    reading = read({"help.pdf": pdf(["Is it free?", "Yes, it is free", "for ever.", "", "Is it fast?", "Quite fast."])})
    assert reading.complete, reading.problems
    assert [(entry.question, entry.answer) for entry in reading.entries] == [
        ("Is it free?", "Yes, it is free\nfor ever."),
        ("Is it fast?", "Quite fast."),
    ]


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
@pytest.mark.parametrize("data", [b"", b"not a document", b"PK\x03\x04broken", b"%PDF-1.4\nbroken"])
def test_a_broken_document_is_a_problem(read: Read, name: str, data: bytes) -> None:
    reading = read({name: data})
    assert not reading.complete
    assert [problem.code for problem in reading.errors] == ["unreadable"]
