"""The standard Word template of a kind of document, made from what its pack says: what users download and edit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from huoshui.documents.schema import DocumentKind, Part, TablePart
from huoshui.documents.word_styles import STYLES, blank_document

CHANGES_HEADING = "与上一版相比"
CHANGES = TablePart.model_validate(
    {
        "each": "change in changes",
        "columns": [
            {"head": "数据", "text": "{{ change.name }}", "width": 4},
            {"head": "地点", "text": "{{ change.place }}", "width": 2},
            {"head": "期间", "text": "{{ change.period }}", "width": 2},
            {"head": "上一版", "text": "{{ change.then }}", "align": "right", "width": 2},
            {"head": "本版", "text": "{{ change.now }}", "align": "right", "width": 2},
        ],
    }
)
SOURCES = TablePart.model_validate(
    {
        "each": "source in sources",
        "columns": [
            {"head": "序号", "text": "{{ source.at }}", "align": "center", "width": 1},
            {"head": "数据", "text": "{{ source.name }}", "width": 5},
            {"head": "期间", "text": "{{ source.period }}", "width": 2},
            {"head": "数值", "text": "{{ source.value }}", "align": "right", "width": 2},
            {"head": "怎么算出", "text": "{{ source.counted }}", "align": "right", "width": 3},
            {"head": "出处", "text": "{{ source.source }}", "width": 3},
        ],
    }
)


def _head(kind: DocumentKind) -> list[tuple[str, str]]:
    """Style and text of what stands above the parts."""
    if kind.layout == "official":
        return [
            ("organ", "{{ organ }}"),
            ("number", "{{ number }}"),
            ("title", "{{ title }}"),
            ("note", "{%p if status %}"),
            ("note", "{{ status }}"),
            ("note", "{%p endif %}"),
            ("addressee", "{%p if addressee %}"),
            ("addressee", "{{ addressee }}："),
            ("addressee", "{%p endif %}"),
        ]
    return [("title", "{{ title }}"), ("note", "{{ organ }}　{{ date }}　{{ status }}")]


def _foot(kind: DocumentKind) -> list[tuple[str, str] | TablePart]:
    """What stands below the parts: what changed since the last edition, where the figures are from, the code."""
    if kind.layout == "official":
        return [
            ("signature", "{{ organ }}"),
            ("signature", "{{ date }}"),
            ("imprint", "{%p if copies %}"),
            ("imprint", "抄送：{{ copies }}"),
            ("imprint", "{%p endif %}"),
            ("imprint", "{{ organ }}\t{{ date }}印发"),
            ("imprint", "{%p if code %}"),
            ("imprint", "文书编号 {{ code }}，数据可在 {{ address }} 打开"),
            ("imprint", "{%p endif %}"),
        ]
    changed: list[tuple[str, str] | TablePart] = [
        ("body", "{%p if changes %}"),
        ("heading", CHANGES_HEADING),
        CHANGES,
        ("body", "{%p endif %}"),
    ]
    sources: list[tuple[str, str] | TablePart] = [
        ("body", "{%p if sources %}"),
        ("heading", "数据出处"),
        SOURCES,
        ("body", "{%p endif %}"),
    ]
    code: list[tuple[str, str] | TablePart] = [
        ("note", "{%p if code %}"),
        ("note", "文书编号 {{ code }}，每个数都可在 {{ address }} 打开"),
        ("note", "{%p endif %}"),
        ("center", "{%p if qr %}"),
        ("center", "{{ qr }}"),
        ("center", "{%p endif %}"),
    ]
    return [*changed, *(sources if kind.layout == "report" else []), *code]


def _lines(parts: Iterable[Part]) -> Iterable[tuple[str, str] | TablePart]:
    """The parts as paragraphs (style, text) and tables, one after the other."""
    for part in parts:
        if part.heading is not None:
            yield "heading", part.heading
        elif part.text is not None:
            for line in part.text.strip().split("\n"):
                yield part.style, line
        elif part.table is not None:
            yield part.table
        else:
            if part.when is not None:
                yield "body", f"{{%p if {part.when} %}}"
            if part.each is not None:
                yield "body", f"{{%p for {part.each} %}}"
            yield from _lines(part.parts)
            if part.each is not None:
                yield "body", "{%p endfor %}"
            if part.when is not None:
                yield "body", "{%p endif %}"


def _all(kind: DocumentKind) -> list[tuple[str, str] | TablePart]:
    return [*_head(kind), *_lines(kind.parts), *_foot(kind)]


def source_text(kind: DocumentKind) -> str:
    """All placeholders of a kind as Jinja reads them, a paragraph or a cell a line."""
    found: list[str] = []
    for line in _all(kind):
        if isinstance(line, TablePart):
            cells = "\n".join(column.text for column in line.columns)
            found.append(f"{{% for {line.each} %}}\n{cells}\n{{% endfor %}}")
        else:
            found.append(line[1].replace("{%p", "{%"))
    return "\n".join(found)


def standard_template(kind: DocumentKind) -> bytes:
    """The Word file; made once for a definition, as a batch asks for it for each place."""
    return _made(kind.model_dump_json())


@lru_cache(maxsize=100)
def _made(definition: str) -> bytes:
    kind = DocumentKind.model_validate_json(definition)
    document = blank_document(kind.layout, str(kind.name.zh))
    for line in _all(kind):
        if isinstance(line, TablePart):
            _table(document, line)
        else:
            document.add_paragraph(line[1], style=STYLES[line[0]])
    stream = io.BytesIO()
    document.save(stream)
    return _dateless(stream)


def _dateless(stream: io.BytesIO) -> bytes:
    """The file without the time at which it was made: the same definition gives the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in parts.infolist():
            kept.writestr(zipfile.ZipInfo(part.filename), parts.read(part), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _table(document: Any, part: TablePart) -> None:
    """A table: its head, which stands on every page, and a row between the two statements of the loop."""
    from docx.oxml import OxmlElement

    table = document.add_table(rows=4, cols=len(part.columns), style="Table Grid")
    table.autofit = False
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    whole = sum(column.width for column in part.columns)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    table.cell(1, 0).paragraphs[0].text = f"{{%tr for {part.each} %}}"
    table.cell(3, 0).paragraphs[0].text = "{%tr endfor %}"
    for at, column in enumerate(part.columns):
        for row in table.rows:
            row.cells[at].width = int(room * column.width / whole)
        head, cell = table.cell(0, at).paragraphs[0], table.cell(2, at).paragraphs[0]
        head.text, cell.text = column.head, column.text
        head.style = document.styles[STYLES["table_head"]]
        cell.style = document.styles[STYLES[f"table_{column.align}"]]
