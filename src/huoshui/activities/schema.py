"""The ``activities`` section of a pack: kinds of activity, who plans and records them, and what is told of each."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from huoshui.packs.contract import Section
from huoshui.packs.schema import Code, FieldDef, PackModel, QualifiedCode, Text

Asked = Literal["required", "optional", "none"]
"""Whether something is asked for when an activity is recorded as held."""
RESERVED_VALUES = (
    "place", "site", "venue", "title", "unit", "organiser", "starts_at", "ends_at", "held_on", "last_day", "minutes",
    "headcount", "outcome", "state", "reason", "parent", "key", "kind", "version",
)  # fmt: skip
"""Codes that no field of a kind may have: every activity has these of its own."""


class Group(PackModel):
    """A heading under which kinds stand together, such as 三会一课."""

    code: Code = Field(description="Code of the heading; kinds of the same code stand together, also of several packs.")
    name: Text = Field(description="Label that is shown.")


class Slot(PackModel):
    """A place for photos of an activity, or for its documents."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")
    documents: bool = Field(default=False, description="Whether it takes PDF, .docx and .xlsx beside photos.")
    children: bool = Field(
        default=False,
        description="Whether it shows children: nothing is put there before a consent is recorded, and when one is "
        "withdrawn, what was there is taken off.",
    )


class Names(PackModel):
    """Why a kind of activity keeps names beside headcounts, and for how long."""

    purpose: Text = Field(description="What the names are needed for, in a sentence.")
    basis: Text = Field(description="What permits it: the law, the rule, or the person's own consent.")
    keep_days: int = Field(
        ge=0, le=36_500, description="Days after it was held, or cancelled, on which they are deleted; 0: on that day."
    )


class Total(PackModel):
    """What several fields of a kind come to together, such as the shares that each level pays of a film show."""

    code: Code = Field(description="Code of the total, unlike those of the fields.")
    name: Text = Field(description="Label that is shown.")
    of: list[Code] = Field(min_length=2, description="The fields that are added up: of one type, unit and decimals.")
    equals: Code | None = Field(
        default=None,
        description="A field of the same type that states the whole: where it has a value, the fields that are given "
        "have to come to it.",
    )


class ActivityKind(PackModel):
    """A kind of activity: something that is held at a place on a day."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")
    group: Group = Field(description="The heading of lists and record books under which it stands.")
    place_kinds: list[Code] = Field(default_factory=list, description="Kinds of place where it is held; empty: any.")
    planned_by: list[Code] = Field(
        default_factory=list, description="Roles that plan it; empty: it is only recorded once it was held."
    )
    recorded_by: list[Code] = Field(
        min_length=1, description="Roles that record that it was held, correct this, and cancel it."
    )
    fields: list[FieldDef] = Field(
        default_factory=list,
        description="What is recorded about it; a required one must have a value when it is recorded as held.",
    )
    planned_fields: list[Code] = Field(
        default_factory=list, description="Fields that the form asks for while it is planned; empty: those required."
    )
    slots: list[Slot] = Field(default_factory=list, description="Slots for its photos and documents.")
    headcount: Asked = Field(default="required", description="Whether it is asked how many were there.")
    counts: list[Code] = Field(
        default_factory=list,
        description="Whole-number fields that say how many of those who were there were such and such: none of them "
        "can be more than the headcount.",
    )
    totals: list[Total] = Field(
        default_factory=list, description="Fields that are added up: shown with each one's share, and checked."
    )
    names: Names | None = Field(
        default=None, description="Purpose, basis and deletion of its personal fields; needed when it has any."
    )
    outcome_required: bool = Field(default=False, description="Whether what came of it must be written.")
    minutes: Asked = Field(default="optional", description="Whether it is asked how many minutes it took.")
    parts: list[QualifiedCode] = Field(
        default_factory=list, description="Kinds of the events that it may be made up of (pack.kind), as a festival is."
    )

    def field(self, code: str) -> FieldDef:
        """A field by its code. Raises StopIteration for a code the kind has not."""
        return next(field for field in self.fields if field.code == code)

    @cached_property
    def fields_by_code(self) -> dict[str, FieldDef]:
        """The fields by their codes."""
        return {field.code: field for field in self.fields}

    @property
    def asked_in_plan(self) -> list[FieldDef]:
        """The fields that are asked for while it is planned."""
        wanted = self.planned_fields or [field.code for field in self.fields if field.required]
        return [field for field in self.fields if field.code in wanted]

    @cached_property
    def personal_codes(self) -> frozenset[str]:
        """The fields whose values the vault keeps."""
        return frozenset(field.code for field in self.fields if field.personal)

    @cached_property
    def children_slots(self) -> frozenset[str]:
        """The slots that want a recorded consent."""
        return frozenset(slot.code for slot in self.slots if slot.children)


def section() -> Section:
    """The section, with its validator."""
    from huoshui.activities.soundness import validate

    return Section("activities", ActivityKind, validate)
