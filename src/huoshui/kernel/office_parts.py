"""What is looked for in the parts of an office file before a library opens it: ways out of it, and spans.

A part is read as XML and never searched as text: prefixes, quotes, entities and encodings may be written in many ways.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

OUTSIDE = "external"
SPANS = ("gridSpan", "gridBefore", "gridAfter")
MOST_SPANNED = 200
"""Columns that one cell of a table may span: Word itself stops at 63."""
DOCTYPES = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)


def declares_types(content: bytes) -> bool:
    """Whether a part declares a document type or entities, which no office program writes."""
    return any(mark in content for mark in DOCTYPES)


def is_relations(part: str) -> bool:
    """Whether a part says where others lead to."""
    return part.lower().endswith(".rels")


def leading_outside(relations: bytes) -> list[tuple[str, str]]:
    """Type and target of each relationship that leads out of the file. Raises ValueError for what is no plain XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(relations, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
    if declares_types(relations) or root.getroottree().docinfo.doctype:
        raise ValueError("a document type is declared")
    return [
        (one.get("Type", ""), one.get("Target", ""))
        for one in root.iter("{*}Relationship")
        if one.get("TargetMode", "").strip().lower() == OUTSIDE
    ]


def elements(content: bytes, *names: str) -> Iterator[etree._Element]:
    """The elements of these local names in a part, without keeping the part. Raises ValueError for broken XML."""
    plain = content.replace(b"\0", b"")  # as UTF-16 has it
    if not any(name.encode() in plain for name in names):
        return
    wanted = [f"{{*}}{name}" for name in names]
    try:
        for _event, element in etree.iterparse(
            io.BytesIO(content), tag=wanted, resolve_entities=False, no_network=True, load_dtd=False
        ):
            yield element
            element.clear()
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None


def widest(content: bytes) -> int:
    """The most columns that a cell of a Word part's tables spans, or a row leaves out. Raises ValueError."""
    found = 0
    for element in elements(content, *SPANS):
        for key, value in element.items():
            if etree.QName(key).localname == "val":
                found = max(found, int(value))  # as python-docx and the readers of forms understand it
    return found
