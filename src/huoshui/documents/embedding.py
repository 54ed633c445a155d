"""Typefaces inside a Word file (ECMA-376-1, 17.8.1): reduced to what the document says, obfuscated as Word wants them.

A reader without Noto on the machine then sees the same page; what is typed anew may want another typeface.
"""

from __future__ import annotations

import io
from collections import defaultdict
from typing import Any
from uuid import UUID, uuid5

from huoshui.documents.word_styles import SANS, SERIF
from huoshui.reports.font_subsets import subset

FILES = {
    (SERIF, False): "NotoSerifSC_400Regular.ttf",
    (SERIF, True): "NotoSerifSC_700Bold.ttf",
    (SANS, False): "NotoSansSC_400Regular.ttf",
    (SANS, True): "NotoSansSC_700Bold.ttf",
}
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
NAMESPACE = UUID("6f1f3a52-5d0e-4b1c-9a35-0e2f4b7c8d11")
"""Of the keys: the same font gives the same key, and a document the same bytes."""
OBFUSCATED = 32
"""Bytes at the beginning of a font that are combined with its key."""
BEFORE_EMBED = (
    "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
    "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
    "printFractionalCharacterWidth", "printFormsData",
)  # fmt: skip
"""What stands before the two settings, in the order of the schema (17.15.1.78)."""


def with_typefaces(data: bytes) -> bytes:
    """A Word file with the typefaces inside, as far as it uses ours."""
    from docx import Document

    document = Document(io.BytesIO(data))
    _embed(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _embed(document: Any) -> None:
    table = next((part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"), None)
    texts = _texts(document)
    if table is None or not texts:
        return
    from docx.opc.oxml import serialize_part_xml
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    root = parse_xml(table.blob)
    for at, ((face, bold), text) in enumerate(sorted(texts.items()), 1):
        data = subset(FILES[face, bold], text)
        key = uuid5(NAMESPACE, f"{face}{bold}{len(data)}{text}")
        name = PackURI(f"/word/fonts/font{at}.odttf")
        part = Part(name, CONTENT_TYPE, obfuscated(data, key), document.part.package)
        _name(root, face, bold, table.relate_to(part, RELATION), key)
    table._blob = serialize_part_xml(root)
    _settings(document)


def obfuscated(font: bytes, key: UUID) -> bytes:
    """The font with its first bytes combined with the key, the last byte of it first; done twice, it is the font."""
    mask = (key.bytes[::-1] * 2)[:OBFUSCATED]
    return bytes(a ^ b for a, b in zip(font[:OBFUSCATED], mask, strict=True)) + font[OBFUSCATED:]


def _texts(document: Any) -> dict[tuple[str, bool], str]:
    """What is set in each of our typefaces: by the paragraph's style, and bold where the style or the run says so."""
    from docx.oxml.ns import qn

    normal = document.styles["Normal"]
    styles = {style.style_id: style for style in document.styles if style.type == normal.type}
    found: dict[tuple[str, bool], set[str]] = defaultdict(set)
    roots = [document.element.body]
    for section in document.sections:
        feet = (section.header, section.footer, section.even_page_header, section.even_page_footer)
        roots += [foot._element for foot in feet if not foot.is_linked_to_previous]
    for root in roots:
        for element in root.iter(qn("w:p")):
            named = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            style = styles.get(named.get(qn("w:val")), normal) if named is not None else normal
            face = _face(style)
            for run in element.iter(qn("w:r")):
                own = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
                bold = bool(style.font.bold) if own is None else own.get(qn("w:val")) not in ("0", "false")
                words = "".join(part.text or "" for part in run.iter(qn("w:t")))
                if (face, bold) in FILES and words:
                    found[face, bold].update(words)
    # Page numbers are set when the file is opened.
    found[SERIF, False].update("0123456789— ")
    return {which: "".join(sorted(letters)) for which, letters in found.items()}


def _face(style: Any) -> str:
    """The typeface of a style, or of the one that it is based on."""
    while style is not None:
        if style.font.name:
            return str(style.font.name)
        style = style.base_style
    return ""


def _name(root: Any, face: str, bold: bool, relation: str, key: UUID) -> None:
    """Name the part in the table of typefaces."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    font = next((one for one in root.findall(qn("w:font")) if one.get(qn("w:name")) == face), None)
    if font is None:
        font = OxmlElement("w:font")
        font.set(qn("w:name"), face)
        root.append(font)
    part = OxmlElement("w:embedBold" if bold else "w:embedRegular")
    part.set(qn("r:id"), relation)
    part.set(qn("w:fontKey"), f"{{{str(key).upper()}}}")
    font.append(part)


def _settings(document: Any) -> None:
    """Tell Word that typefaces are inside, and in part only."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    settings = document.settings.element
    for name in ("w:embedTrueTypeFonts", "w:saveSubsetFonts"):
        for old in settings.findall(qn(name)):
            settings.remove(old)
    before = {qn(f"w:{name}") for name in BEFORE_EMBED}
    at = next((n for n, child in enumerate(settings) if child.tag not in before), len(settings))
    settings.insert(at, OxmlElement("w:saveSubsetFonts"))
    settings.insert(at, OxmlElement("w:embedTrueTypeFonts"))
