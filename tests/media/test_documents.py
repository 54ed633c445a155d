"""What is accepted as a document, by its content; what is refused, and why."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter

from huoshui.kernel.errors import Refusal
from huoshui.media.documents import is_picture, prepare
from huoshui.media.models import TYPES
from tests.media import papers
from tests.media.conftest import MakePhoto


@pytest.mark.parametrize(
    ("data", "kind", "pages"),
    [(papers.pdf(), "pdf", 2), (papers.word(), "docx", None), (papers.workbook(), "xlsx", None)],
)
def test_the_type_goes_by_content_and_the_bytes_stay_as_they_were(data: bytes, kind: str, pages: int | None) -> None:
    kept = prepare(data, "照片.jpg")
    assert (kept.content_type, kept.pages, kept.data) == (TYPES[kind], pages, data)


def test_a_pdf_with_restrictions_alone_is_taken() -> None:
    assert prepare(papers.rewritten("restrictions"), "回单.pdf").pages == 2


def test_line_ends_and_zeros_behind_a_pdf_are_no_second_file() -> None:
    assert prepare(papers.pdf() + b"\r\n\0\0", "发票.pdf").pages == 2


def many_pages() -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    for _page in range(501):
        writer.add_blank_page(72, 72)
    writer.write(file)
    return file.getvalue()


def prefixed_zip() -> bytes:
    """A workbook behind another zip: which one a program opens depends on the program."""
    return papers.zip_of("a.txt", b"x")[:-22] + papers.workbook()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("file.empty", b"  \n"),
        ("file.encrypted", papers.rewritten("password")),
        ("file.active", papers.rewritten("script")),
        ("file.active", papers.rewritten("opening")),
        ("file.active", papers.rewritten("page")),
        ("file.active", papers.rewritten("link")),
        ("file.active", papers.rewritten("field")),
        ("file.too_many_pages", many_pages()),
        ("file.unreadable", papers.pdf()[:400]),
        ("file.two_in_one", b"<html><script>alert(1)</script>" + papers.pdf()),
        ("file.two_in_one", papers.pdf() + papers.zip_of("a.txt", b"x")),
        ("file.two_in_one", papers.pdf() + b"<html><script>alert(1)</script></html>"),
        ("file.two_in_one", prefixed_zip()),
        ("file.two_in_one", papers.workbook() + b"MZ program"),
        ("file.two_in_one", papers.zip_of("a.txt", b"x") + papers.pdf()),
        ("file.macros", papers.with_part(papers.word(), "word/vbaProject.bin", b"x")),
        ("file.macros", papers.with_part(papers.workbook(), "xl/macrosheets/sheet1.xml", b"<x/>")),
        ("file.macros", papers.with_part(papers.word(), "word/activeX/activeX1.bin", b"x")),
        ("file.zip_bomb", papers.with_part(papers.word(), "word/media/a.bin", bytes(70 * 2**20))),
        ("file.encrypted", papers.OLE + "EncryptedPackage".encode("utf-16-le")),
        ("file.old_office", papers.OLE + bytes(600)),
        ("file.not_office", papers.zip_of("a.txt", b"x")),
        ("file.unreadable", papers.workbook()[:-300]),
        ("file.ofd", papers.zip_of("OFD.xml", b"<x/>")),
        ("file.kind_refused", b"<html><script>alert(1)</script></html>"),
        ("file.kind_refused", b"MZ" + bytes(400)),
        ("file.kind_refused", "发票".encode()),
    ],
)
def test_what_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        prepare(data, "发票.pdf")
    assert refused.value.code == code
    assert refused.value.problems[0].what_next()


def test_the_size_is_looked_at_first(settings: object) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"document_max_mb": 1})  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match=r"file\.too_large"):
        prepare(b"%PDF-1.7" + bytes(2**20), "大.pdf")


def test_what_begins_as_a_photo_is_judged_as_one(photo: MakePhoto) -> None:
    assert all(is_picture(photo(kind=kind)) for kind in ("JPEG", "PNG", "WEBP"))
    assert is_picture(b"\x00\x00\x00\x18ftypheic" + bytes(200))
    assert not any(map(is_picture, (papers.pdf(), papers.word(), b"", b"GIF89a")))
