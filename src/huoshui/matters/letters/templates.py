"""Word templates of letters: a file with placeholders, which holds no code and knows nothing but a letter's words.

Placeholders are those of ``PLACEHOLDERS``, and ``lines`` to loop over, each with the ``LINE`` words; ``if`` and
``for`` are the only statements (docxtpl, https://docxtpl.readthedocs.io). Everything else that Jinja could do, calls,
filters, other attributes, is refused when the file is handed in, and the sandbox refuses it again when it is filled.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters.letters.models import LetterTemplate
from huoshui.places.models import Place, prefixes

PLACEHOLDERS = (
    "number", "organ", "addressee", "title", "opening", "demand", "closing", "until", "signer", "date", "copies",
)  # fmt: skip
LINE = ("at", "number", "title", "place", "owner", "due", "state")
NEEDED = ("number", "addressee", "demand", "lines")
"""Without these it would be no letter; and without one of ``UNTIL`` nobody would know until when to reply."""
UNTIL = ("until", "closing")
LARGEST, LARGEST_OPEN = 2_000_000, 40_000_000
"""Bytes of a file, and of all that it unpacks to."""


def template_for(place: Place) -> LetterTemplate | None:
    """The template that counts for letters to a place: the newest of the nearest place above; None: the built-in."""
    above = LetterTemplate.objects.filter(place__path__in=prefixes(place.path)).select_related("place").order_by("pk")
    return max(above, key=lambda known: (len(known.place.path), known.pk), default=None)


@action("matters.replace_letter_template")
def replace_template(*, by: Any, place: Place, name: str, data: bytes) -> LetterTemplate:
    """Have letters to a place and below it written in another Word file from now on; issued ones keep theirs.

    Raises access.denied, letter.template_file, letter.template_code, letter.template_unknown or
    letter.template_missing.
    """
    require(by, "letter.template", path=place.path)
    check(data)
    digest = hashlib.sha256(data).hexdigest()
    template = LetterTemplate.objects.create(
        place=place, name=name.strip()[:200] or "letter.docx", data=data, sha256=digest, by=by, on=clock.today()
    )
    journal.record(by=by, subject=template, place=place, after={"file": template.name, "sha256": digest})
    return template


def check(data: bytes) -> None:
    """Whether a file can be filled, and says what a letter has to.

    Raises letter.template_file, letter.template_code, letter.template_unknown or letter.template_missing.
    """
    used = _names_in(_source_of(data))
    if unknown := sorted(used - {*PLACEHOLDERS, "lines"}):
        raise Refusal(
            "letter.template_unknown", field="file", names=listed(unknown), known=listed([*PLACEHOLDERS, "lines"])
        )
    missing = [name for name in NEEDED if name not in used] + ([] if used & {*UNTIL} else [UNTIL[0]])
    if missing:
        raise Refusal("letter.template_missing", field="file", names=listed(missing))


def opened(data: bytes) -> Any:
    """A Word file as docxtpl's template. Raises letter.template_file."""
    from docxtpl import DocxTemplate

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.namelist()
            large = len(data) > LARGEST or sum(part.file_size for part in parts.infolist()) > LARGEST_OPEN
        if large or any("vbaProject" in name for name in names):
            raise Refusal("letter.template_file", field="file", limit=LARGEST // 1_000_000)
        template = DocxTemplate(io.BytesIO(data))
        template.init_docx()
    except Refusal:
        raise
    except Exception:  # whatever python-docx stumbles over: it is no Word file
        raise Refusal("letter.template_file", field="file", limit=LARGEST // 1_000_000) from None
    return template


def sandbox() -> Any:
    """The Jinja environment in which a template is read and filled."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True)


def _source_of(data: bytes) -> str:
    """Text, heads and feet of a file, as Jinja reads them. Raises letter.template_code for placeholders elsewhere."""
    template = opened(data)
    _require_whole(template)
    try:
        source = str(template.patch_xml(template.get_xml()))
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            for _key, part in template.get_headers_footers(uri):
                source += template.patch_xml(template.get_part_xml(part))
    except Exception:
        raise Refusal("letter.template_file", field="file", limit=LARGEST // 1_000_000) from None
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        elsewhere = [name for name in parts.namelist() if "docProps/" in name or "notes" in name]
        if any(mark in parts.read(name) for name in elsewhere for mark in (b"{{", b"{%", b"{#")):
            raise Refusal("letter.template_code", field="file", what=_("文件属性、脚注里的占位符"))
    return source


def _require_whole(template: Any) -> None:
    """Every placeholder ends in the paragraph in which it begins: docxtpl would swallow the text up to the next one.

    Raises letter.template_code.
    """
    from docx.oxml.ns import qn

    for paragraph in template.docx.element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if any(text.count(begins) != text.count(ends) for begins, ends in (("{{", "}}"), ("{%", "%}"))):
            raise Refusal("letter.template_code", field="file", what=text[:40])


def _names_in(source: str) -> set[str]:
    """The placeholders that a source uses. Raises letter.template_code for anything that is more than one."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If)
    environment = sandbox()
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise Refusal("letter.template_code", field="file", what=str(error.message)[:100]) from None
    loops = set()
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, allowed):
            raise Refusal("letter.template_code", field="file", what=type(node).__name__.lower())
        if isinstance(node, nodes.For):
            plain = isinstance(node.iter, nodes.Name) and node.iter.name == "lines"
            if not plain or not isinstance(node.target, nodes.Name) or node.recursive:
                raise Refusal("letter.template_code", field="file", what="for")
            loops.add(node.target.name)
    for node in tree.find_all(nodes.Getattr):
        if not isinstance(node.node, nodes.Name) or node.node.name not in loops or node.attr not in LINE:
            raise Refusal("letter.template_code", field="file", what=f".{node.attr}")
    return set(meta.find_undeclared_variables(tree))
