"""A filled Word document block by block: what PDF and page show, so that an edited template counts for all three.

Paragraphs are known by their style, tables by their cells; what Word can do besides (frames, drawings, footnotes) is
not carried over, and a template with it is told so when it is handed in.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from huoshui.documents.charts import Chart, digest
from huoshui.documents.marks import divided
from huoshui.documents.word_styles import KINDS

Block = dict[str, Any]
"""``kind``: a paragraph's (title, heading, body, item, …; with ``pieces``, and ``level`` of a heading), table
(``rows`` of cells with ``pieces``, ``span`` and ``align``; ``heads``: rows that are heads), chart (``chart``), picture
(``data`` in base64, ``width`` in mm). A piece has ``text``, ``strong``, and ``figure``: its number, or None."""
EMU_PER_MM = 36_000
ALIGNED = {"center": "center", "right": "right", "end": "right"}


def blocks_of(document: Any, stand_ins: dict[str, Chart]) -> list[Block]:
    """The blocks of a document's body; ``stand_ins``: the chart behind a picture, by the picture's digest."""
    from docx.oxml.ns import qn

    reader = _Reader(document, stand_ins)
    found: list[Block] = []
    for element in document.element.body:
        if element.tag == qn("w:p"):
            found += reader.paragraph(element)
        elif element.tag == qn("w:tbl"):
            found.append(reader.table(element))
    return found


class _Reader:
    def __init__(self, document: Any, stand_ins: dict[str, Chart]) -> None:
        self.document, self.stand_ins = document, stand_ins
        self.styles = {style.style_id: style.name for style in document.styles}

    def paragraph(self, element: Any) -> list[Block]:
        """The pictures of a paragraph, and its words if there are any."""
        found = [*self._pictures(element)]
        pieces = self._pieces([element])
        if any(piece["text"].strip() for piece in pieces):
            found.append({**self._kind(element), "pieces": pieces})
        return found

    def table(self, element: Any) -> Block:
        """Rows of cells; what a cell above reaches down into is an empty cell."""
        from docx.oxml.ns import qn

        rows, heads = [], 0
        for at, row in enumerate(element.findall(qn("w:tr"))):
            properties = row.find(qn("w:trPr"))
            if heads == at and properties is not None and properties.find(qn("w:tblHeader")) is not None:
                heads += 1
            rows.append([self._cell(cell) for cell in row.findall(qn("w:tc"))])
        grid = element.find(qn("w:tblGrid"))
        widths = [int(column.get(qn("w:w")) or 1) for column in grid] if grid is not None else []
        return {"kind": "table", "rows": rows, "heads": heads, "widths": self._widths(element, widths)}

    def _widths(self, element: Any, grid: list[int]) -> list[int]:
        """The columns' widths as the first row has them, which users see; else those of the grid."""
        from docx.oxml.ns import qn

        first = element.find(qn("w:tr"))
        cells = first.findall(qn("w:tc")) if first is not None else []
        own = [cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") for cell in cells]
        if len(own) == len(grid) and all(one is not None and (one.get(qn("w:w")) or "").isdigit() for one in own):
            return [int(one.get(qn("w:w"))) for one in own]
        return grid

    def _cell(self, cell: Any) -> Block:
        from docx.oxml.ns import qn

        properties = cell.find(qn("w:tcPr"))
        span, merged = 1, False
        if properties is not None:
            wide, tall = properties.find(qn("w:gridSpan")), properties.find(qn("w:vMerge"))
            span = int(wide.get(qn("w:val"))) if wide is not None else 1
            merged = tall is not None and tall.get(qn("w:val")) != "restart"
        paragraphs = cell.findall(qn("w:p"))
        kind = self._kind(paragraphs[0])["kind"] if paragraphs else ""
        align = {
            "table_head": "center",
            "table_center": "center",
            "table_right": "right",
            "center": "center",
            "signature": "right",
        }
        return {
            "pieces": [] if merged else self._pieces(paragraphs),
            "span": span,
            "align": align.get(kind, "left"),
        }

    def _kind(self, paragraph: Any) -> Block:
        from docx.oxml.ns import qn

        properties = paragraph.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        name = self.styles.get(style.get(qn("w:val")), "") if style is not None else ""
        known = KINDS.get(name, "")
        if name.startswith("Heading ") and name[8:].isdigit():
            return {"kind": "heading", "level": min(int(name[8:]), 3)}
        if name.startswith("List "):
            return {"kind": "item"}
        aligned = properties.find(qn("w:jc")) if properties is not None else None
        side = ALIGNED.get(aligned.get(qn("w:val")) or "", "") if aligned is not None else ""
        if known in ("", "body") and side:
            return {"kind": "center" if side == "center" else "signature"}
        return {"kind": known or "body"}

    def _pieces(self, paragraphs: Iterable[Any]) -> list[Block]:
        """The words of paragraphs, one below the other, divided where a figure begins or the weight changes."""
        from docx.oxml.ns import qn

        found: list[Block] = []
        for number, paragraph in enumerate(paragraphs):
            if number:
                found.append({"text": "\n", "strong": False, "figure": None})
            for run in paragraph.iter(qn("w:r")):
                bold = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
                strong = bold is not None and bold.get(qn("w:val")) not in ("0", "false")
                text = "".join(_words(part) for part in run)
                found += [{"text": words, "strong": strong, "figure": at} for words, at in divided(text) if words]
        return _joined(found)

    def _pictures(self, paragraph: Any) -> Iterable[Block]:
        from docx.oxml.ns import qn

        for inline in paragraph.iter(qn("wp:inline")):
            blip = next(inline.iter(qn("a:blip")), None)
            relation = self.document.part.rels.get(blip.get(qn("r:embed"))) if blip is not None else None
            if relation is None or relation.is_external:
                continue
            data = relation.target_part.blob
            chart = self.stand_ins.get(digest(data))
            if chart:
                yield {"kind": "chart", "chart": asdict(chart), "says": chart.says}
            elif relation.target_part.content_type in ("image/png", "image/jpeg"):
                extent = inline.find(qn("wp:extent"))
                says = inline.find(qn("wp:docPr")).get("descr") or "图片"
                yield {
                    "kind": "picture",
                    "data": base64.b64encode(data).decode(),
                    "type": relation.target_part.content_type,
                    "width": round(int(extent.get("cx")) / EMU_PER_MM),
                    "says": says,
                }


def _words(part: Any) -> str:
    """The words of a part of a run."""
    from docx.oxml.ns import qn

    if part.tag == qn("w:t"):
        return part.text or ""
    if part.tag in (qn("w:br"), qn("w:cr")):
        return "\n"
    return "　" if part.tag == qn("w:tab") else ""


def _joined(pieces: list[Block]) -> list[Block]:
    """Pieces that are alike, as one."""
    found: list[Block] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and piece["figure"] is None and last["figure"] is None and piece["strong"] == last["strong"]:
            last["text"] += piece["text"]
        else:
            found.append(dict(piece))
    return found
