"""Documents made in the test: whole ones, and such as nobody should take."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import openpyxl
import typst
from docx import Document
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@cache
def pdf(pages: int = 2, text: str = "发票号码 0024") -> bytes:
    """A PDF with a text on each page."""
    source = '#set page(paper: "a4")\n' + "\n#pagebreak()\n".join(f"{text} #{page}" for page in range(1, pages + 1))
    data = typst.compile(source.encode(), font_paths=["src/huoshui/reports/fonts"])
    assert isinstance(data, bytes)
    return data


def rewritten(change: str, data: bytes = b"") -> bytes:
    """The PDF with a change made by a writer: a password, a script, a program behind a link."""
    writer, file = PdfWriter(PdfReader(io.BytesIO(data or pdf()))), io.BytesIO()
    if change == "password":
        writer.encrypt("geheim")
    elif change == "restrictions":
        writer.encrypt("", owner_password="geheim")
    elif change == "script":
        script = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
        )
        tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
        writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})
    elif change == "link":
        link = {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): _launch()}
        writer.pages[0][NameObject("/Annots")] = ArrayObject([DictionaryObject(link)])
    elif change == "field":
        field = DictionaryObject({NameObject("/AA"): DictionaryObject({NameObject("/K"): _launch()})})
        group = DictionaryObject({NameObject("/Kids"): ArrayObject([field])})
        form = DictionaryObject({NameObject("/Fields"): ArrayObject([group])})
        writer.root_object[NameObject("/AcroForm")] = form
    elif change == "opening":
        writer.root_object[NameObject("/OpenAction")] = _launch()
    elif change == "page":
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): _launch()})
    writer.write(file)
    return file.getvalue()


def _launch() -> DictionaryObject:
    """Looked at a page, then a program is begun."""
    launch = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")})
    first = {NameObject("/S"): NameObject("/Named"), NameObject("/N"): NameObject("/NextPage")}
    return DictionaryObject(first | {NameObject("/Next"): launch})


@cache
def word() -> bytes:
    """A Word document with a heading, a paragraph and a table."""
    document, file = Document(), io.BytesIO()
    document.add_heading("施工合同", 1)
    document.add_paragraph("甲方：村民委员会。  工期三十天。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["项目", "金额", "路面", "12,000"], strict=True):
        cell.text = text
    document.save(file)
    return file.getvalue()


@cache
def workbook() -> bytes:
    """A workbook with two sheets, the second one empty."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = "预算"
    for row in (["项目", "数量", "金额"], ["水泥", 20, 8000.5], ["<b>人工</b>", 3, None]):
        sheet.append(row)
    book.create_sheet("空表")
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """An office file with one part more."""
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    """A zip with one part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()
