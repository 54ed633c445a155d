"""Proving a kind of document sound before it loads: its places are there, and its placeholders are known."""

from __future__ import annotations

from collections.abc import Sequence

from huoshui.documents.language import names_of, taken
from huoshui.documents.schema import DocumentKind
from huoshui.documents.standard import source_text
from huoshui.kernel.word_templates import Faulty, names_in_source
from huoshui.packs.contract import Known, Section, SectionReport
from huoshui.packs.schema import Manifest


def validate(manifest: Manifest, kinds: Sequence[DocumentKind], known: Known, report: SectionReport) -> None:
    """Every rule over every kind of document of a pack."""
    report.add_doubled_codes(kinds)
    for index, kind in enumerate(kinds):
        for at, place_kind in enumerate(kind.place_kinds):
            if not known.has("place_kinds", place_kind):
                report.add((index, "place_kinds", at), "pack.reference", name=place_kind, section="place_kinds")
        for name in taken(one.code for one in kind.inputs):
            report.add((index, "inputs"), "document.input_taken", name=name)
        _placeholders(index, kind, known, report)


def _placeholders(index: int, kind: DocumentKind, known: Known, report: SectionReport) -> None:
    knows = {
        "code": lambda code: known.has("indicators", code),
        "kind": lambda code: known.has("matters", code),
    }
    names = names_of(kind, knows)
    # A title is made before any figure is read.
    short = [one.code for one in kind.all_inputs if not one.long]
    in_title = {name: names[name] for name in ("place", "period", *short)}
    for key, source, known_names in (("title", kind.title, in_title), ("parts", source_text(kind), names)):
        try:
            names_in_source(source, known_names)
        except Faulty as faulty:
            for fault in faulty.faults:
                code = "document.code" if fault.kind == "code" else "document.unknown"
                report.add((index, key), code, name=fault.what, paragraph=fault.paragraph)


SECTION = Section("documents", DocumentKind, validate)
