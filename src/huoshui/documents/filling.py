"""From a template and content to a Word file, and to the same content block by block, for PDF and page."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from huoshui.documents.blocks import Block, blocks_of
from huoshui.documents.charts import WIDTH_MM, Chart, digest, pictures
from huoshui.documents.content import Content
from huoshui.documents.marks import BEGIN, divided
from huoshui.kernel.errors import Refusal
from huoshui.kernel.word_templates import opened, sandbox

QR_MM = 24


@dataclass(frozen=True)
class Filled:
    """A filled document; ``word`` has no typefaces inside yet."""

    word: bytes
    blocks: list[Block]
    notes: dict[int, int]
    """The note behind a figure in paragraphs, by the figure's number."""


def fill(data: bytes, content: Content, qr: bytes, address_of: Callable[[int], str]) -> Filled:
    """Fill a checked template. ``address_of`` gives where a figure opens, by its number; "": nowhere yet.

    Raises what figures and records raise, and document.code for a template that the sandbox stops, or that reckons
    with what does not go together, such as a text compared with a number.
    """
    from docx.shared import Mm
    from docxtpl import InlineImage
    from jinja2.exceptions import SecurityError, TemplateError

    template = opened(data)
    stand_ins: dict[str, Chart] = {}

    def picture(chart: Chart) -> Any:
        stand_in = _stand_in(len(stand_ins))
        stand_ins[digest(stand_in)] = chart
        size = {"width": Mm(WIDTH_MM), "height": Mm(chart.height_mm)}
        return InlineImage(template, io.BytesIO(stand_in), **size)

    content.picture = picture
    names = content.names()
    names["qr"] = InlineImage(template, io.BytesIO(qr), width=Mm(QR_MM)) if qr else ""
    try:
        template.render(names, jinja_env=sandbox(), autoescape=True)
    except SecurityError:
        raise Refusal("document.code", field="file", name="—", paragraph="—") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise Refusal("document.code", field="file", name=f"{error}"[:100], paragraph="—") from error
    document = template.docx
    if qr:
        _describe(document, {digest(qr): f"文书 {content.frame.code} 的二维码"})
    blocks = blocks_of(document, stand_ins)
    notes = content.notes() if content.kind.layout == "report" else {}
    _put_pictures(document, stand_ins)
    _link(document, address_of, notes)
    stream = io.BytesIO()
    template.save(stream)
    return Filled(stream.getvalue(), blocks, notes)


def _stand_in(number: int) -> bytes:
    """A picture of one pixel, another for each number: the chart takes its place when all are drawn at once."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (1, 1), (number % 256, number // 256, 7)).save(stream, "PNG")
    return stream.getvalue()


def _put_pictures(document: Any, stand_ins: dict[str, Chart]) -> None:
    """Draw the charts, and put them where their stand-ins are, each with its words for who does not see it."""
    if not stand_ins:
        return
    _describe(document, {mark: chart.says for mark, chart in stand_ins.items()})
    drawn = dict(zip(stand_ins, pictures([*stand_ins.values()]), strict=True))
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/image"):
            mark = digest(relation.target_part.blob)
            relation.target_part._blob = drawn.get(mark, relation.target_part.blob)


def _describe(document: Any, says: dict[str, str]) -> None:
    """Give pictures, by their digests, the words for who does not see them."""
    from docx.oxml.ns import qn

    for inline in document.element.body.iter(qn("wp:inline")):
        blip = next(inline.iter(qn("a:blip")), None)
        relation = document.part.rels.get(blip.get(qn("r:embed"))) if blip is not None else None
        if relation is not None and not relation.is_external:
            words = says.get(digest(relation.target_part.blob))
            if words:
                inline.find(qn("wp:docPr")).set("descr", words)


def _link(document: Any, address_of: Callable[[int], str], notes: dict[int, int]) -> None:
    """Take the marks out: each figure becomes a link to where it opens, with its note behind it in paragraphs."""
    from docx.oxml.ns import qn

    for run in [*document.element.body.iter(qn("w:r"))]:
        text = "".join(part.text or "" for part in run.iter(qn("w:t")))
        if BEGIN not in text:
            continue
        in_table = next(run.iterancestors(qn("w:tc")), None) is not None
        at = run
        for piece, number in divided(text):
            made = [_run(run, piece)]
            if number is not None:
                made = [_linked(document.part, made[0], address_of(number))]
                if number in notes and not in_table:
                    made.append(_raised(run, f"{notes[number]}"))
            for element in made:
                at.addnext(element)
                at = element
        run.getparent().remove(run)


def _run(like: Any, text: str) -> Any:
    """A run that looks like another."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = OxmlElement("w:r")
    properties = like.find(qn("w:rPr"))
    if properties is not None:
        run.append(deepcopy(properties))
    word = OxmlElement("w:t")
    word.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    word.text = text
    run.append(word)
    return run


def _raised(like: Any, text: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = _run(like, text)
    properties = run.find(qn("w:rPr"))
    if properties is None:
        properties = OxmlElement("w:rPr")
        run.insert(0, properties)
    raised = OxmlElement("w:vertAlign")
    raised.set(qn("w:val"), "superscript")
    properties.append(raised)
    return run


def _linked(part: Any, run: Any, address: str) -> Any:
    """The run as a link; as it is, where there is no address."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if not address:
        return run
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(run)
    return link
