"""The ``place_kinds`` section of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from huoshui.packs.contract import Known, Section, SectionReport
from huoshui.packs.schema import Code, FieldDef, Manifest, PackModel, Text

FREE_CODE = r"[0-9A-Za-z-]{1,40}"
"""What a code must be where its kind says nothing of it."""


class PlaceKind(PackModel):
    """A kind of place: an administrative unit, or a site within one."""

    code: Code = Field(description="Code of the kind, unique over all packs.")
    name: Text = Field(description="Name of the kind.")
    category: Literal["unit", "site"] = Field(description="Administrative unit, or a site within one.")
    level: Literal["province", "city", "county", "township", "village"] | None = Field(
        default=None, description="Tier of government; villages are grouped by the township above them."
    )
    parents: list[Code] = Field(default_factory=list, description="Kinds it may lie under; empty: a root.")
    code_pattern: str = Field(default="", description="Regular expression of its codes; empty: free.")
    attributes: list[FieldDef] = Field(default_factory=list, description="Attributes, each with from-to dates.")
    honours: list[Text] = Field(default_factory=list, description="Honours offered when recording one.")


def validate(manifest: Manifest, kinds: Sequence[PlaceKind], known: Known, report: SectionReport) -> None:
    """Parents must be declared; attribute codes must differ within a kind, and none is personal or names a unit."""
    for index, kind in enumerate(kinds):
        for at, parent in enumerate(kind.parents):
            if not known.has("place_kinds", parent):
                report.add((index, "parents", at), "pack.reference", name=parent, section="place_kinds")
        codes = [attribute.code for attribute in kind.attributes]
        for at, code in enumerate(codes):
            if code in codes[:at]:
                report.add((index, "attributes", at, "code"), "pack.code_twice", name=code)
            if kind.attributes[at].personal:
                report.add((index, "attributes", at, "personal"), "pack.attribute_personal", name=code)
            if kind.attributes[at].type == "office":
                report.add((index, "attributes", at, "type"), "pack.attribute_office", name=code)


SECTION = Section("place_kinds", PlaceKind, validate, global_codes=True)
