"""Word files with placeholders, handed in by users: opened with care, and held to the names that are known.

A template is data from outside. It may show names, parts of names and what known functions give, choose with ``if``
and repeat with ``for``; it may do nothing else. What names there are is said by shapes. The Jinja tree is walked when
a file is handed in, and the sandbox in which it is filled refuses again what it should never meet
(docxtpl, https://docxtpl.readthedocs.io).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel.office_parts import is_relations, leading_outside

LARGEST, LARGEST_OPEN = 2_000_000, 40_000_000
"""Bytes of a file, and of all that it unpacks to."""
MOST_PARTS = 500
"""Files inside of a Word file."""
DEEPEST = 3
"""Loops within loops: each multiplies what is set."""
MARKS = (b"{{", b"{%", b"{#")
MACROS = ("vbaproject", "vbadata", "activex", "oleobject", "embeddings/")
QUOTED = 60
"""Letters of a paragraph that are shown to find it."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template, and the words of the paragraph in which it stands.

    ``kind``: file (no Word file), large (a zip bomb), macro (it holds a program), name, part or call (unknown), code
    (more than a placeholder).
    """

    kind: str
    what: str = ""
    paragraph: str = ""


class Faulty(Exception):
    """A template cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(faults)


@dataclass(frozen=True)
class Call:
    """A function of templates: the names of its arguments (the first is needed), and what it gives.

    ``unknown`` is asked about each argument that stands there as a text: what of it nobody knows, or "".
    """

    names: tuple[str, ...]
    gives: Shape
    unknown: Callable[[str, str], str] = lambda name, value: ""


@dataclass(frozen=True)
class Shape:
    """What a name stands for: its parts, what a loop over it yields, what a call of it gives."""

    parts: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    call: Call | None = None


TEXT = Shape()
LOOP = Shape(parts={"first": TEXT, "last": TEXT, "index": TEXT})
"""What a loop knows of itself."""


def opened(data: bytes) -> Any:
    """A Word file as docxtpl's template. Raises Faulty."""
    from docxtpl import DocxTemplate

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _require_harmless(parts, len(data))
        template = DocxTemplate(io.BytesIO(data))
        template.init_docx()
    except Faulty:
        raise
    except Exception:  # whatever python-docx stumbles over: it is no Word file
        raise Faulty(Fault("file")) from None
    return template


def _require_harmless(parts: zipfile.ZipFile, size: int) -> None:
    """What is refused before anything of it is unpacked, and programs in it. Raises Faulty."""
    held = parts.infolist()
    if size > LARGEST or len(held) > MOST_PARTS or sum(part.file_size for part in held) > LARGEST_OPEN:
        raise Faulty(Fault("large"))
    for part in held:
        if any(mark in part.filename.lower() for mark in MACROS):
            raise Faulty(Fault("macro", part.filename))
    if b"macroEnabled" in parts.read("[Content_Types].xml"):
        raise Faulty(Fault("macro", "[Content_Types].xml"))
    for part in held:
        if is_relations(part.filename):
            _require_inside(parts.read(part), part.filename)


def _require_inside(relations: bytes, name: str) -> None:
    """Nothing but a link may point out of the file: no picture, template or frame is fetched. Raises Faulty."""
    try:
        leading = leading_outside(relations)
    except ValueError:
        raise Faulty(Fault("file")) from None
    if any(not kind.endswith("/hyperlink") for kind, _target in leading):
        raise Faulty(Fault("macro", name))


def sandbox() -> Any:
    """The Jinja environment in which a template is read and filled."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True)


def plain_sandbox() -> Any:
    """The same for text that is no XML yet."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=False)


def names_in(data: bytes, names: Mapping[str, Shape]) -> set[str]:
    """The names that a template uses, all of which are known. Raises Faulty, with every fault that can be told."""
    return names_in_source(source_of(data), names)


def names_in_source(source: str, names: Mapping[str, Shape]) -> set[str]:
    """The same of the text with its placeholders, a paragraph a line. Raises Faulty."""
    from jinja2 import TemplateSyntaxError

    try:
        tree = sandbox().parse(source)
    except TemplateSyntaxError as error:
        at = _paragraph(source.split("\n"), error.lineno)
        raise Faulty(Fault("code", str(error.message)[:100], at)) from None
    walk = _Walk(source.split("\n"))
    walk.body(tree.body, names, 0)
    if walk.faults:
        raise Faulty(*walk.faults)
    return walk.used


def source_of(data: bytes) -> str:
    """Text, heads and feet of a file as Jinja reads them, each paragraph on a line of its own. Raises Faulty."""
    template = opened(data)
    _require_whole(template)
    try:
        source = str(template.patch_xml(template.get_xml()))
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            for _key, part in template.get_headers_footers(uri):
                source += template.patch_xml(template.get_part_xml(part))
    except Exception:
        raise Faulty(Fault("file")) from None
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            if ("docProps/" in name or "notes" in name) and any(mark in parts.read(name) for mark in MARKS):
                raise Faulty(Fault("code", name))
    return re.sub(r"(</w:p>)|(?=<w:p[ >])", lambda found: (found.group(1) or "") + "\n", source.replace("\n", " "))


def _require_whole(template: Any) -> None:
    """Every placeholder ends in the paragraph in which it begins: docxtpl would swallow the text up to the next one.

    Raises Faulty.
    """
    from docx.oxml.ns import qn

    for paragraph in template.docx.element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if any(text.count(begins) != text.count(ends) for begins, ends in (("{{", "}}"), ("{%", "%}"))):
            raise Faulty(Fault("code", text[:QUOTED], text[:QUOTED]))


def _paragraph(lines: Sequence[str], number: int) -> str:
    """The words of a line, without the tags of Word."""
    text = re.sub(r"<[^>]+>", "", lines[number - 1]) if 0 < number <= len(lines) else ""
    return text.strip()[:QUOTED]


class _Walk:
    """A walk through a template's tree: what it uses, and what of it is not known."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.faults: list[Fault] = []
        self.used: set[str] = set()

    def fault(self, kind: str, what: str, node: Any) -> None:
        """Note a fault at a node."""
        self.faults.append(Fault(kind, what, _paragraph(self.lines, node.lineno)))

    def body(self, nodes: Sequence[Any], names: Mapping[str, Shape], depth: int) -> None:
        """Statements, one after the other."""
        from jinja2 import nodes as jinja

        for node in nodes:
            if isinstance(node, jinja.Output):
                for part in node.nodes:
                    if not isinstance(part, jinja.TemplateData):
                        self.shape(part, names)
            elif isinstance(node, jinja.If):
                self.shape(node.test, names)
                self.body([*node.body, *node.elif_, *node.else_], names, depth)
            elif isinstance(node, jinja.For):
                self._loop(node, names, depth)
            else:
                self.fault("code", type(node).__name__.lower(), node)

    def _loop(self, node: Any, names: Mapping[str, Shape], depth: int) -> None:
        from jinja2 import nodes as jinja

        over = self.shape(node.iter, names)
        plain = isinstance(node.target, jinja.Name) and not node.recursive and node.test is None
        if not plain or depth == DEEPEST or over is None or over.item is None:
            if over is not None or not plain:
                self.fault("code", "for", node)
            return
        self.body(node.body, {**names, "loop": LOOP, node.target.name: over.item}, depth + 1)
        self.body(node.else_, names, depth)

    def shape(self, node: Any, names: Mapping[str, Shape]) -> Shape | None:
        """What an expression stands for; None, with a fault noted, for one that is not known."""
        from jinja2 import nodes as jinja

        if isinstance(node, jinja.Name):
            if node.name not in names:
                self.fault("name", node.name, node)
                return None
            self.used.add(node.name)
            return names[node.name]
        if isinstance(node, jinja.Getattr):
            return self._part(node, names)
        if isinstance(node, jinja.Call):
            return self._call(node, names)
        if isinstance(node, jinja.Const):
            return TEXT
        if isinstance(node, jinja.Not | jinja.And | jinja.Or | jinja.Compare):
            for part in node.iter_child_nodes():
                self.shape(part.expr if isinstance(part, jinja.Operand) else part, names)
            return TEXT
        self.fault("code", type(node).__name__.lower(), node)
        return None

    def _part(self, node: Any, names: Mapping[str, Shape]) -> Shape | None:
        whole = self.shape(node.node, names)
        if whole is None:
            return None
        if node.attr not in whole.parts:
            self.fault("part", f".{node.attr}", node)
            return None
        return whole.parts[node.attr]

    def _call(self, node: Any, names: Mapping[str, Shape]) -> Shape | None:
        from jinja2 import nodes as jinja

        known = names.get(node.node.name) if isinstance(node.node, jinja.Name) else None
        if known is None or known.call is None or node.dyn_args or node.dyn_kwargs:
            self.fault("call", f"{getattr(node.node, 'name', '')}()", node)
            return None
        self.used.add(node.node.name)
        call = known.call
        given = [*zip(call.names, node.args, strict=False), *((one.key, one.value) for one in node.kwargs)]
        said = [name for name, _value in given]
        if len(node.args) > len(call.names) or call.names[0] not in said or not {*said} <= {*call.names}:
            self.fault("call", f"{node.node.name}()", node)
            return None
        for name, value in given:
            self.shape(value, names)
            if isinstance(value, jinja.Const) and (unknown := call.unknown(name, str(value.value))):
                self.fault("name", unknown, node)
        return call.gives
