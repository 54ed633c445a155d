"""The styles of documents in Word: by their names a paragraph is known again when the PDF is set.

Official documents follow GB/T 9704-2012: 5.1 (A4), 5.2.1 (margins 37 mm above, 28 mm at the left; text area 156 mm x
225 mm), 5.2.3 (22 lines a page, 28 characters a line), 5.2.2 (3号仿宋 for the body), 7.2.4 (red head), 7.5 (page
numbers). Noto Serif SC stands for 仿宋 and 小标宋, Noto Sans SC for 黑体: they are the typefaces we may pass on.
"""

from __future__ import annotations

from typing import Any

SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
STYLES = {
    "title": "Title",
    "heading": "Heading 1",
    "body": "正文段落",
    "center": "居中",
    "note": "说明",
    "organ": "发文机关标志",
    "number": "发文字号",
    "addressee": "主送机关",
    "signature": "落款",
    "imprint": "版记",
    "table_head": "表头",
    "table_left": "表内居左",
    "table_center": "表内居中",
    "table_right": "表内居右",
}
"""Name of the style in Word by what it is for."""
KINDS = {name: kind for kind, name in STYLES.items()}
LINE_PITCH, CHARACTER_SPACE = 579, -860
"""GB/T 9704's grid: lines of 225 mm / 22, in twentieths of a point; characters of 156 mm / 28, 1/4096 pt off 16 pt."""
MARGINS = {
    "official": (37, 35, 28, 26),
    "report": (25, 22, 25, 25),
    "page": (15, 14, 18, 18),
}
"""Above, below, left, right, in mm."""
SEAL_ROOM = 2 * LINE_PITCH / 20
"""Points above organ and date of an official document: two lines, as ``reports/layouts/official.typ`` says why."""
BODY = {"official": 16.0, "report": 12.0, "page": 10.5}
"""Size of the body in points: 三号, 小四, 五号."""


def blank_document(layout: str, name: str) -> Any:
    """A Word document with page, styles, head and page numbers, and nothing in it."""
    from docx import Document
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = MARGINS[layout]
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.footer_distance = Mm(bottom - 7 if layout == "official" else 10)
    _styles(document, layout)
    if layout == "official":
        _grid(section)
    _numbered_pages(document, section, official=layout == "official")
    section.header.paragraphs[0].text = "{{ demonstration }}"
    section.header.paragraphs[0].style = document.styles[STYLES["note"]]
    document.core_properties.title, document.core_properties.author = name, ""
    document.core_properties.comments = ""
    return document


def _styles(document: Any, layout: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.enum.text import WD_TAB_ALIGNMENT as TAB
    from docx.shared import Mm, Pt, RGBColor

    size, official = BODY[layout], layout == "official"
    _font(document.styles["Normal"], SERIF, size)
    for name in STYLES.values():
        if name not in document.styles:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
    set_up: dict[str, tuple[str, float, Any, dict[str, Any]]] = {
        "title": (SERIF, 22.0 if official or layout == "report" else 18.0, ALIGN.CENTER, {"bold": True, "after": 6}),
        "heading": (SANS, size + (0 if official else 1.5), ALIGN.LEFT, {"bold": True, "before": 0 if official else 8}),
        "body": (SERIF, size, ALIGN.JUSTIFY, {"indent": 2}),
        "center": (SERIF, size, ALIGN.CENTER, {}),
        "note": (SANS, 9.0, ALIGN.CENTER, {"after": 4}),
        "organ": (SERIF, 36.0, ALIGN.CENTER, {"bold": True, "red": True, "after": 18}),
        "number": (SERIF, size, ALIGN.CENTER, {"after": 4, "rule": True}),
        "addressee": (SERIF, size, ALIGN.LEFT, {"before": 12}),
        "signature": (SERIF, size, ALIGN.RIGHT, {"right": 4, "before": SEAL_ROOM if official else 0}),
        "imprint": (SERIF, 14.0, ALIGN.LEFT, {"right": 1, "left": 1}),
        "table_head": (SANS, min(size, 9.0), ALIGN.CENTER, {"bold": True}),
        "table_left": (SERIF, min(size, 9.5), ALIGN.LEFT, {}),
        "table_center": (SERIF, min(size, 9.5), ALIGN.CENTER, {}),
        "table_right": (SERIF, min(size, 9.5), ALIGN.RIGHT, {}),
    }
    for kind, (face, points, align, more) in set_up.items():
        style = document.styles[STYLES[kind]]
        _font(style, face, points)
        style.font.bold = more.get("bold", False)
        style.font.color.rgb = RGBColor(0xC8, 0x10, 0x2E) if more.get("red") else RGBColor(0, 0, 0)
        shape = style.paragraph_format
        shape.alignment, shape.space_before, shape.space_after = (
            align,
            Pt(more.get("before", 0)),
            Pt(more.get("after", 0)),
        )
        shape.first_line_indent = Pt(points * more.get("indent", 0))
        shape.left_indent, shape.right_indent = Pt(points * more.get("left", 0)), Pt(points * more.get("right", 0))
        shape.line_spacing = 1.0 if official or kind.startswith("table") else 1.4
        _borders(style, rule=bool(more.get("rule")))
    _once(document.styles[STYLES["signature"]])
    # When it is printed stands at the right, one character in (GB/T 9704-2012, 7.4.3).
    document.styles[STYLES["imprint"]].paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(14), TAB.RIGHT)


def _font(style: Any, face: str, points: float) -> None:
    """One typeface for every script: Word asks for each apart."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.size, style.font.name = Pt(points), face
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _once(style: Any) -> None:
    """The space of the style stands before the first of its paragraphs alone, and these stay on one page."""
    from docx.oxml import OxmlElement

    # Where ECMA-376 Part 1, 17.3.1.26, has it in the order of a paragraph's properties.
    behind = ("w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:outlineLvl", "w:rPr")
    style.element.get_or_add_pPr().insert_element_before(OxmlElement("w:contextualSpacing"), *behind)
    style.paragraph_format.keep_with_next = True


def _borders(style: Any, *, rule: bool) -> None:
    """The red rule below the number 7.2.8; none elsewhere (Word's own title has one)."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if rule:
        borders = parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="11" w:color="C8102E"/></w:pBdr>'
        )
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _grid(section: Any) -> None:
    """22 lines of 28 characters."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(LINE_PITCH))
    grid.set(qn("w:charSpace"), str(CHARACTER_SPACE))
    properties.append(grid)


def _numbered_pages(document: Any, section: Any, *, official: bool) -> None:
    """— 1 — at the outer edge, one character in (GB/T 9704-2012, 7.5); in the middle of other documents."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    document.settings.odd_and_even_pages_header_footer = official
    feet = [(section.footer, ALIGN.RIGHT if official else ALIGN.CENTER)]
    if official:
        feet.append((section.even_page_footer, ALIGN.LEFT))
        section.even_page_header.paragraphs[0].text = "{{ demonstration }}"
        section.even_page_header.paragraphs[0].style = document.styles[STYLES["note"]]
    for foot, align in feet:
        paragraph = foot.paragraphs[0]
        paragraph.alignment = align
        if official:
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            run.font.size = Pt(14 if official else 9)
            if text is None:
                _page_field(run)


def _page_field(run: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "instr", "end"):
        if kind == "instr":
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
