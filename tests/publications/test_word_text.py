"""Word files as their pages are read: nothing that is printed is left out, and nothing is told twice."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from huoshui.publications.blocks import BlockKind
from huoshui.publications.files import read_publication

W = nsdecls("w")
NOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def added(paragraph: Any, xml: str) -> None:
    paragraph._p.append(parse_xml(xml))


def told(document: Any, change: Any = None) -> list[tuple[str, str]]:
    """Text and place of each block of a document."""
    stream = io.BytesIO()
    document.save(stream)
    data = change(stream.getvalue()) if change else stream.getvalue()
    return [(block.text, block.where) for block in read_publication(data, "稿.docx").blocks]


def test_a_number_parted_by_runs_and_breaks_is_one() -> None:
    document = Document()
    paragraph = document.add_paragraph("新增就业 41")
    paragraph.add_run("5").bold = True
    run = paragraph.add_run()
    run.add_break()
    paragraph.add_run("3 人。")
    assert told(document) == [("新增就业 4153 人。", "")]


def test_what_was_inserted_counts_and_what_was_deleted_or_hidden_does_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("植树 ")
    added(paragraph, f"<w:ins {W} w:id='1' w:author='a'><w:r><w:t>48</w:t></w:r></w:ins>")
    added(paragraph, f"<w:del {W} w:id='2' w:author='a'><w:r><w:delText>47</w:delText></w:r></w:del>")
    added(paragraph, f"<w:moveFrom {W} w:id='3' w:author='a'><w:r><w:t>46</w:t></w:r></w:moveFrom>")
    added(paragraph, f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>45</w:t></w:r>")
    paragraph.add_run(" 棵。")
    assert told(document) == [("植树 48 棵。", "")]


def test_content_controls_are_read() -> None:
    document = Document()
    paragraph = document.add_paragraph("投入 ")
    added(paragraph, f"<w:sdt {W}><w:sdtContent><w:r><w:t>120 万元</w:t></w:r></w:sdtContent></w:sdt>")
    whole = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>投入 96 万元。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(whole))
    assert told(document) == [("投入 120 万元", ""), ("投入 96 万元。", "")]


def test_a_text_box_follows_its_paragraph_and_is_read_once() -> None:
    document = Document()
    paragraph = document.add_paragraph("见右。")
    box = "<w:txbxContent><w:p><w:r><w:t>支出 8.1 亿元。</w:t></w:r></w:p></w:txbxContent>"
    more = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    drawn = f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback>"
    drawn += f"<w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    added(paragraph, f"<w:r {W} {more}>{drawn}</w:r>")
    document.add_paragraph("完。")
    assert told(document) == [("见右。", ""), ("支出 8.1 亿元。", "box"), ("完。", "")]


def test_a_note_follows_the_paragraph_that_it_belongs_to() -> None:
    document = Document()
    added(document.add_paragraph("植树 10 棵。"), f"<w:r {W}><w:footnoteReference w:id='2'/></w:r>")
    document.add_paragraph("完。")
    note = f"<w:footnotes {W}><w:footnote w:type='separator' w:id='-1'><w:p/></w:footnote><w:footnote w:id='2'><w:p>"
    note += "<w:r><w:footnoteRef/><w:t>其中栎树 3 棵。</w:t></w:r></w:p></w:footnote></w:footnotes>"

    def with_note(data: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(stream, "w") as made:
            for name in parts.namelist():
                text = parts.read(name)
                kind = f'<Override PartName="/word/footnotes.xml" ContentType="{NOTES}"/></Types>'
                link = f'<Relationship Id="rId99" Type="{RELATION}" Target="footnotes.xml"/></Relationships>'
                if name == "[Content_Types].xml":
                    text = text.replace(b"</Types>", kind.encode())
                if name == "word/_rels/document.xml.rels":
                    text = text.replace(b"</Relationships>", link.encode())
                made.writestr(name, text)
            made.writestr("word/footnotes.xml", note)
        return stream.getvalue()

    assert told(document, with_note) == [("植树 10 棵。", ""), ("其中栎树 3 棵。", "note"), ("完。", "")]


def test_page_heads_come_once_and_without_the_pages_number() -> None:
    document = Document()
    document.add_paragraph("植树 10 棵。")
    document.sections[0].header.paragraphs[0].text = "林业简报 栽下 10 万棵"
    document.sections[0].footer.paragraphs[0].text = "第 1 页 共 9 页"
    document.add_section()
    assert told(document) == [("植树 10 棵。", ""), ("林业简报 栽下 10 万棵", "head")]


def test_merged_cells_say_their_numbers_once_and_their_names_for_every_row() -> None:
    document = Document()
    table = document.add_table(rows=4, cols=3)
    for at, text in enumerate(("单位", "植树（棵）", "备注")):
        table.cell(0, at).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "林场"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "104"
    table.cell(2, 1).text = "86"
    table.cell(3, 0).text = "合计"
    table.cell(3, 1).text = "190"
    inner = table.cell(3, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "栎树", "30"
    stream = io.BytesIO()
    document.save(stream)
    blocks = read_publication(stream.getvalue(), "表.docx").blocks
    assert [block.text for block in blocks] == [
        "单位\t植树（棵）\t备注", "林场\t104\t", "林场\t86\t", "合计\t190\t", "栎树\t30",
    ]  # fmt: skip
    assert [cell.heading for cell in blocks[1].cells] == ["单位", "植树（棵）", "备注"]
    assert all(block.kind == BlockKind.ROW for block in blocks)


COLUMN = """　　示范区去年全年植树1200
棵，其中林场植树四百八十
棵；新建小游园3处，修整老
园12处，铺设步道8.1公里，
添置长椅二百六十条。群众
满意度达到百分之九十八，
比上一年提高三个百分点。
　　今年还将植树1500棵，补
植枯死的老树，把步道接到
每个村口，让大家走得方便。"""


def test_a_column_that_was_pasted_line_by_line_is_read_in_paragraphs() -> None:
    document = Document()
    for line in COLUMN.split("\n"):
        document.add_paragraph(line)
    first, second = (text for text, _where in told(document))
    assert "植树四百八十棵；" in first
    assert first.endswith("提高三个百分点。")
    assert second.startswith("今年还将植树1500棵")


def test_items_of_a_list_stay_apart_though_they_are_of_one_width() -> None:
    document = Document()
    names = "东岭西岭南坡北坡前湾后湾上庄下庄大营小营"
    lines = [f"{at}.{names[at * 2 : at * 2 + 2]}村植树{at}0棵，成活率98%" for at in range(1, 10)]
    for line in lines:
        document.add_paragraph(line)
    assert [text for text, _where in told(document)] == lines
