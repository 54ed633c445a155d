"""The Word templates of documents: which one counts where, and another in its stead."""

from __future__ import annotations

import hashlib
from typing import Any

from huoshui.documents.language import FUNCTIONS, NAMES, names_of
from huoshui.documents.models import DocumentTemplate
from huoshui.documents.schema import DocumentKind
from huoshui.documents.standard import standard_template
from huoshui.figures.queries import indicators
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.word_templates import LARGEST, Fault, Faulty, Shape, names_in, names_in_source
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, prefixes

SAYS_SOMETHING = {"title", *FUNCTIONS, "groups", "honours", "rounds", "funds", "matters"}
NO_WORDS = ("chart", "qr")
"""What is a picture, and no words."""
CODES = {
    "file": "document.template_file",
    "large": "document.template_large",
    "macro": "document.template_macro",
    "code": "document.template_code",
}
UNKNOWN = "document.template_unknown"
"""Faults by the error that tells them; the others are unknown names."""


def template_for(code: str, kind: DocumentKind, place: Place) -> tuple[DocumentTemplate | None, bytes]:
    """The template that counts for a kind at a place: the newest of the nearest place above; None: the standard one."""
    above = DocumentTemplate.objects.filter(kind=code, place__path__in=prefixes(place.path)).select_related("place")
    found = max(above, key=lambda known: (len(known.place.path), known.number), default=None)
    return found, bytes(found.data) if found else standard_template(kind)


def check_template(kind: DocumentKind, data: bytes) -> None:
    """Whether a file can be filled.

    Raises document.template_file, .template_large, .template_macro, .template_code, .template_unknown (each unknown
    name with its paragraph) or .template_empty.
    """
    try:
        used = names_in(data, _names(kind))
    except Faulty as faulty:
        raise Refusal.of([_problem(kind, fault, "file") for fault in faulty.faults]) from None
    if not used & {*SAYS_SOMETHING, *(one.code for one in kind.all_inputs)}:
        raise Refusal("document.template_empty", field="file")


def text_problems(kind: DocumentKind, field: str, text: str) -> list[Problem]:
    """What is wrong with the placeholders in something that was written by hand."""
    left = {*NO_WORDS, *(one.code for one in kind.all_inputs)}
    known = {name: shape for name, shape in _names(kind).items() if name not in left}
    found: list[Problem] = []
    for line in text.splitlines():
        try:
            names_in_source(line, known)
        except Faulty as faulty:
            found += [_problem(kind, fault, field) for fault in faulty.faults]
    return found


def _names(kind: DocumentKind) -> dict[str, Shape]:
    """Every name of a kind's templates; indicators, kinds of matter and places have to be there."""
    return names_of(
        kind,
        {
            "code": lambda code: code in indicators(),
            "kind": lambda code: code in all_current("matters"),
            "place": lambda code: not code or Place.objects.filter(code=code).exists(),
        },
    )


def _problem(kind: DocumentKind, fault: Fault, field: str) -> Problem:
    names = [*NAMES, *(one.code for one in kind.all_inputs), *(f"{name}()" for name in FUNCTIONS)]
    said = {
        "name": fault.what or "—",
        "paragraph": fault.paragraph or "—",
        "limit": LARGEST // 1_000_000,
        "known": listed(names),
    }
    return Problem(CODES.get(fault.kind, UNKNOWN), field, params=said)


@action("documents.replace_template")
def replace_template(*, by: Any, kind: str, place: Place, name: str, data: bytes) -> DocumentTemplate:
    """Have documents of a kind at a place and below written in another Word file; issued ones stay as they are.

    Raises access.denied, document.kind, or what ``check_template`` raises.
    """
    from huoshui.documents.preparing import get_kind

    found = get_kind(kind)
    require(by, "document.template", path=place.path, pack=kind.partition(".")[0])
    check_template(found, data)
    Place.objects.select_for_update().get(pk=place.pk)  # two at once are numbered one after the other
    last = DocumentTemplate.objects.filter(kind=kind, place=place).order_by("-number").first()
    template = DocumentTemplate.objects.create(
        kind=kind,
        place=place,
        number=(last.number if last else 0) + 1,
        name=name.strip()[:200] or "template.docx",
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        by=by,
        on=clock.today(),
    )
    after = {"kind": kind, "file": template.name, "sha256": template.sha256, "number": template.number}
    journal.record(by=by, subject=template, place=place, after=after)
    return template
