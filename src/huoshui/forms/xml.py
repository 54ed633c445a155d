"""The XML of office files: parsed without entities or network, and the few names that are used."""

from __future__ import annotations

from typing import Any

from lxml import etree

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def parsed(data: bytes) -> Any:
    """The root element. Raises lxml's XMLSyntaxError; nothing is fetched, no entity resolved."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def written(root: Any) -> bytes:
    """The part again, as office programs write it."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def w(name: str) -> str:
    """A name of WordprocessingML."""
    return f"{{{WORD}}}{name}"


def s(name: str) -> str:
    """A name of SpreadsheetML."""
    return f"{{{SHEET}}}{name}"


def attribute(element: Any, name: str) -> str | None:
    """An attribute of WordprocessingML."""
    value: str | None = element.get(w(name))
    return value


def text_of_runs(paragraph: Any) -> str:
    """The text of a paragraph, run by run; a tab as a tab, a line break as one."""
    return "".join(text for _node, text in pieces(paragraph))


def pieces(paragraph: Any) -> list[tuple[Any, str]]:
    """The elements of a paragraph that show a text, each with what it shows."""
    found = []
    for node in paragraph.iter(w("t"), w("tab"), w("br")):
        if node.tag == w("tab") and node.getparent().tag != w("r"):
            continue  # a tab stop of the paragraph's style
        found.append((node, node.text or "" if node.tag == w("t") else "\t" if node.tag == w("tab") else "\n"))
    return found
