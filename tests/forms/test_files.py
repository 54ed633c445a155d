"""The files themselves: rows added, files written sparsely, ways out of a file, spans that would fill the memory."""

from __future__ import annotations

import io
import re
import zipfile
from types import SimpleNamespace

import pytest
from docx import Document
from openpyxl import load_workbook

from huoshui.forms.document_write import fill_document
from huoshui.forms.files import read
from huoshui.forms.mapping import map_cells, newest
from huoshui.forms.row_shift import Insert
from huoshui.forms.workbook_write import fill_workbook
from huoshui.kernel.office_files import opened
from huoshui.kernel.word_templates import Faulty
from huoshui.kernel.word_templates import opened as template_opened
from huoshui.publications.files import read_publication
from tests.forms.conftest import Registrar, document, sheet_of, with_part, workbook
from tests.forms.test_filling import LIST, refused

CHAIN = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="D3" i="1"/></calcChain>'
CHAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def changed(data: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """The file with one part's text replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                text = content.decode()
                for pattern, put in changes:
                    text, count = re.subn(pattern, put, text)
                    assert count, pattern
                content = text.encode()
            new.writestr(name, content)
    return stream.getvalue()


def products() -> bytes:
    """A list of rows with a formula each, over a total."""
    return workbook(
        [
            ["清单", None, None, None],
            ["项", "数量", "单价", "金额"],
            [None, 2, 3, "=B3*C3"],
            [None, 4, 5, "=B4*C4"],
            [None, 6, 7, "=B5*C5+$B$3"],
            ["合计", None, None, "=SUM(D3:D5)"],
        ],
        title="表",
    )


def test_formulas_of_added_rows_reckon_their_own_row() -> None:
    package = opened(products(), "表.xlsx")
    data, unknown, _over = fill_workbook(package, {}, {"表": [Insert(5, 5, 2)]})
    sheet = sheet_of(data)
    assert [sheet[f"D{row}"].value for row in range(3, 9)] == [
        "=B3*C3", "=B4*C4", "=B5*C5+$B$3", "=B6*C6+$B$3", "=B7*C7+$B$3", "=SUM(D3:D7)",
    ]  # fmt: skip
    assert unknown == []


def test_a_range_grows_unless_it_ends_in_the_formulas_own_row() -> None:
    rows = [
        ["表", None, None, None],
        [1, 2, "=SUM(A2:B2)", "=SUM(A$2:A2)/SUM(A$2:A$2)"],
        [None, "=SUM(A2:A2)", None, None],
    ]
    data = workbook(rows, title="表")
    sheet = sheet_of(fill_workbook(opened(data, "表.xlsx"), {}, {"表": [Insert(2, 2, 1)]})[0])
    assert [sheet[at].value for at in ("C2", "C3", "D2", "D3", "B4")] == [
        "=SUM(A2:B2)", "=SUM(A3:B3)", "=SUM(A$2:A2)/SUM(A$2:A$3)", "=SUM(A$2:A3)/SUM(A$2:A$3)", "=SUM(A2:A3)",
    ]  # fmt: skip


def test_the_chain_of_the_last_reckoning_goes_when_rows_move() -> None:
    data = with_part(products(), "xl/calcChain.xml", CHAIN)
    data = changed(
        data,
        "[Content_Types].xml",
        ("</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{CHAIN_TYPE}"/></Types>'),
    )
    link = f'<Relationship Id="rId77" Type="{RELATION}/calcChain" Target="calcChain.xml"/></Relationships>'
    data = changed(data, "xl/_rels/workbook.xml.rels", ("</Relationships>", link))
    package = opened(data, "表.xlsx")
    several = [Insert(5, 5, 2), Insert(3, 3, 1)]
    with zipfile.ZipFile(io.BytesIO(fill_workbook(package, {}, {"表": several})[0])) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        assert b"calcChain" not in archive.read("[Content_Types].xml")
        assert b"calcChain" not in archive.read("xl/_rels/workbook.xml.rels")
    with zipfile.ZipFile(io.BytesIO(fill_workbook(package, {}, {})[0])) as archive:
        assert "xl/calcChain.xml" in archive.namelist(), "nothing moved"


def test_rows_and_cells_that_are_not_numbered_or_not_there() -> None:
    plain = changed(products(), "xl/worksheets/sheet1.xml", (r'<(row|c) r="\w+"', r"<\1"))
    sheet = sheet_of(fill_workbook(opened(plain, "表.xlsx"), {}, {"表": [Insert(5, 5, 1)]})[0])
    assert (sheet["D6"].value, sheet["D7"].value) == ("=B6*C6+$B$3", "=SUM(D3:D6)")
    bare = changed(products(), "xl/worksheets/sheet1.xml", (r'<row r="[45]".*?</row>', ""))
    sheet = sheet_of(fill_workbook(opened(bare, "表.xlsx"), {"表": {(4, 1): "甲"}}, {"表": [Insert(5, 4, 1)]})[0])
    assert (sheet["A4"].value, sheet["D7"].value) == ("甲", "=SUM(D3:D6)")


OUTSIDE = [
    '<Relationship Id="r1" Type="{type}/image" Target="http://example.cn/x" TargetMode="external"/>',
    "<Relationship TargetMode='External' Target='http://example.cn/x' Type='{type}/{kind}' Id='r1'/>",
    '<Relationship Id="r1" Type="{type}/imag&#101;" Target="http://example.cn/x" TargetMode="Extern&#97;l"/>',
    '<p:Relationship xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships" Id="r1"'
    ' Type="{type}/font" Target="http://example.cn/x" TargetMode="External"/>',
]
INSIDE = (
    f'<Relationship Id="r1" Type="{RELATION}/hyperlink" Target="http://example.cn/" TargetMode="External"/>'
    f'<Relationship Id="r2" Type="{RELATION}/image" Target="media/a.png"/>'
)


def relations(inner: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inner}</Relationships>'.encode()


@pytest.mark.parametrize("inner", OUTSIDE)
def test_no_spelling_leads_out_of_a_file(inner: str) -> None:
    said = relations(inner.format(type=RELATION, kind="externalLinkPath"))
    for part in ("word/_rels/extra.xml.rels", "word/_rels/extra.xml.RELS"):
        refused("file.fetches", read, data=with_part(document(), part, said), name="表.docx")
    with pytest.raises(Faulty) as faulty:
        template_opened(with_part(document(), "word/_rels/extra.xml.rels", said))
    assert faulty.value.faults[0].kind == "macro"


def test_links_may_lead_out_and_broken_relations_are_unreadable() -> None:
    data = with_part(document(), "word/_rels/extra.xml.rels", relations(INSIDE))
    assert read(data, "表.docx")[0].kind == "docx"
    assert template_opened(data)
    broken = with_part(document(), "word/_rels/extra.xml.rels", b"<Relationships><Relationship")
    refused("file.unreadable", read, data=broken, name="表.docx")
    with pytest.raises(Faulty):
        template_opened(broken)
    wide = '<!DOCTYPE a [<!ENTITY b "c">]><Relationships/>'.encode("utf-16")
    refused("file.fetches", read, data=with_part(document(), "word/_rels/extra.xml.rels", wide), name="表.docx")


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "A:ZZ", "1:3000"])
def test_merges_that_would_fill_the_memory(ref: str) -> None:
    data = workbook([["表", None], [None, None]], merges=("A1:B1",))
    data = changed(data, "xl/worksheets/sheet1.xml", ('mergeCell ref="A1:B1"', f'mergeCell ref="{ref}"'))
    refused("file.too_many_cells", read, data=data, name="表.xlsx")


@pytest.mark.parametrize("width", ["1000000000", "1_000_000"])
def test_spans_that_would_fill_the_memory(width: str) -> None:
    span = f'<w:tcPr><w:gridSpan w:val="{width}"/>'
    data = changed(document(), "word/document.xml", (r"<w:tcPr>", span))
    refused("form.too_wide", read, data=data, name="表.docx")
    refused("file.unreadable", read_publication, data=data, name="通报.docx")


def test_blanks_parted_by_a_tab_or_a_line_break() -> None:
    paper = Document()
    paragraph = paper.add_paragraph("甲：____")
    paragraph.add_run().add_tab()
    paragraph.add_run("____")
    paragraph.add_run().add_break()
    paragraph.add_run("____。")
    stream = io.BytesIO()
    paper.save(stream)
    package, book = read(stream.getvalue(), "表.docx")
    known = book.paragraph("段1")
    assert known is not None
    assert [at for _text, at in known.parts if at] == ["1", "2", "3"]
    filled = fill_document(package, {}, {"段1": {1: "一", 2: "二", 3: "三"}}, {})
    assert Document(io.BytesIO(filled)).paragraphs[0].text == "甲：一\t二\n三。"


def test_a_list_is_not_mapped_to_a_text(register: Registrar, cast: SimpleNamespace) -> None:
    form = register(data=document(), cells=[], approved=False, file_name="表.docx")
    spec = LIST[0]["spec"]
    cells = [{"sheet": "段1", "cell": "2", "spec": spec}]
    refused("form.list_in_text", map_cells, by=cast.district_office, version=newest(form), cells=cells)


def test_numbers_show_as_excel_rounds_them() -> None:
    book = load_workbook(io.BytesIO(workbook([["表", None], [0.985, 2.675], [0.5, -0.001]], title="表")))
    sheet = book.active
    assert sheet is not None
    for at, form in (("A2", "0%"), ("B2", "0.00"), ("A3", "0"), ("B3", "0.0")):
        sheet[at].number_format = form
    stream = io.BytesIO()
    book.save(stream)
    shown = read(stream.getvalue(), "表.xlsx")[1].sheet("表")
    assert shown is not None
    assert [shown.cells[at].text for at in ((2, 1), (2, 2), (3, 1), (3, 2))] == ["99%", "2.68", "1", "0.0"]
