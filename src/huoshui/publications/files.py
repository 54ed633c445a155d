"""Reading an uploaded publication: .docx, .pdf, .txt as blocks of text, .csv as a table of facts; guarded."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from docx import Document as open_docx

from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_files import Limits, refuse_old, unpacked
from huoshui.kernel.office_parts import MOST_SPANNED, widest
from huoshui.kernel.pdf_files import HEAD, broken, opened_pdf
from huoshui.kernel.pdf_files import MARK as PDF_MARK
from huoshui.kernel.tables import (
    ZIP_MARK,
    Row,
    read_rows,
    refuse_other_kinds,
    require_no_macros,
    require_size,
    unreadable,
)
from huoshui.publications.blocks import Block, by_article, paragraphs
from huoshui.publications.pdf_text import pages_read
from huoshui.publications.word_text import WordText

MAX_BYTES = 20 * 1024 * 1024
LIMITS = Limits(bytes=MAX_BYTES, unpacked=200 * 2**20, parts=5_000)
MOST_CHARACTERS = 500_000
EXPECTED = ".docx / .pdf / .txt / .csv"
WORD_PART = "word/document.xml"
BINARY = (".docx", ".pdf", ".doc", ".wps")
"""Names of what is never plain text: one that is, is broken, and would count as a text without numbers."""
ENCODINGS = ("utf-8-sig", "gb18030", "big5")
FACT_COLUMNS = ("indicator_zh", "value")
"""Without these two a table is not one of facts."""


@dataclass(frozen=True)
class Publication:
    """What was read: ``blocks`` of a text; of a table of facts its ``columns`` by name, and its ``rows``."""

    kind: str
    blocks: list[Block] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def read_publication(data: bytes, name: str) -> Publication:
    """Read a file by its content, not its name's ending, unless that promises what the content is not.

    Raises file.too_large (20 MB), file.empty, file.old_office, file.web_page, file.macros, file.encrypted,
    file.zip_bomb, file.too_many_pages, publication.no_text (a scanned PDF), publication.too_long (500,000
    characters), publication.no_columns or file.unreadable.
    """
    require_size(data, name, MAX_BYTES)
    refuse_old(data, name)
    refuse_other_kinds(data, name)
    if data.startswith(ZIP_MARK):
        return Publication("docx", _limited(by_article(_docx(data, name)), name))
    if data[:HEAD].lstrip().startswith(PDF_MARK):
        return Publication("pdf", _limited(pages_read(_pdf(data, name)), name))
    if name.lower().endswith(BINARY):
        raise unreadable(name, _("内容不是 Word 文档，也不是 PDF"), EXPECTED)
    if name.lower().endswith((".csv", ".tsv")):
        return _facts(data, name)
    return Publication("txt", _limited(paragraphs(decoded(data, name)), name))


def decoded(data: bytes, name: str) -> str:
    """Text in UTF-8, UTF-16 with its mark, GB18030 (GBK and GB2312 are part of it) or Big5. Raises file.unreadable."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise unreadable(name, _("文字编码不是 UTF-8、GB18030 或 Big5，或者不是文字"), EXPECTED)


def _limited(blocks: list[Block], name: str) -> list[Block]:
    long = sum(len(block.text) for block in blocks)
    if long > MOST_CHARACTERS:
        raise Refusal("publication.too_long", field="file", name=name, count=long, most=MOST_CHARACTERS)
    if not long:
        raise Refusal("publication.no_text", field="file", name=name)
    return blocks


def _facts(data: bytes, name: str) -> Publication:
    rows = list(read_rows(data, name))
    headings = [str(cell).strip().lower() for cell in rows[0].cells] if rows else []
    columns = {heading: at for at, heading in enumerate(headings) if heading}
    if missing := [column for column in FACT_COLUMNS if column not in columns]:
        raise Refusal("publication.no_columns", field="file", row=1, name=name, missing=", ".join(missing))
    return Publication("csv", columns=columns, rows=rows[1:])


def _docx(data: bytes, name: str) -> list[Block]:
    _require_word(data, name)
    try:
        document = open_docx(io.BytesIO(data))
        return list(WordText(document).blocks())
    except Refusal:
        raise
    except Exception as error:  # python-docx's errors for broken files have no common base
        raise unreadable(
            name, _("不是完好的 Word 文档（%(fault)s）") % {"fault": type(error).__name__}, EXPECTED
        ) from None


def _require_word(data: bytes, name: str) -> None:
    """Raise file.unreadable for a zip that is no Word document, and for spans that no table has: python-docx yields a
    cell once for each column it spans. Raises what ``unpacked`` raises, and file.macros."""
    parts = unpacked(data, name, LIMITS, wanted=lambda part: part.lower().endswith(".xml"))
    require_no_macros(parts, name)
    if WORD_PART not in parts:
        raise unreadable(name, _("里面没有 Word 正文；表格请另存为 CSV"), EXPECTED)
    try:
        wide = any(widest(content) > MOST_SPANNED for content in parts.values() if content)
    except ValueError as error:
        fault = {"fault": type(error).__name__}
        raise unreadable(name, _("不是完好的 Word 文档（%(fault)s）") % fault, EXPECTED) from None
    if wide:
        raise unreadable(name, _("有一格跨了 %(limit)s 列以上") % {"limit": MOST_SPANNED}, EXPECTED)


def _pdf(data: bytes, name: str) -> list[str]:
    reader = opened_pdf(data, name)
    try:
        return [page.extract_text() for page in reader.pages]
    except Exception as error:  # pypdf meets broken files with exceptions of many kinds, its own and Python's
        raise broken(name, error) from None
