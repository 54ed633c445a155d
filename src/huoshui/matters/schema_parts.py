"""Parts of a kind of matter that its workflow refers to: records, honours, division, letters, extensions, people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from huoshui.packs.schema import Code, PackModel, QualifiedCode, Text

HonourLevel = Literal["national", "provincial", "municipal", "district"]


class RequiredRecord(PackModel):
    """Something that must have been done at the matter's place before a step: a visit by a checklist, a meeting."""

    section: Code = Field(description="Section that declares what is done: checklists or activities.")
    of: QualifiedCode = Field(description="What has to be done, as pack.code.")
    since: Literal["opening", "state"] = Field(
        default="opening",
        description="Since when it counts: the matter's opening, or since it last came into the state of the step.",
    )
    at_least_percent: int | None = Field(
        default=None, ge=1, le=100, description="Least share of the full points that it has to reach; absent: any."
    )
    naming: Code | None = Field(
        default=None,
        description="Text field of what is done in which the matter's number must stand, such as the topics of a "
        "meeting; absent: whatever was done at the place counts.",
    )
    other_unit_than: list[Code] = Field(
        default_factory=list,
        description="Steps (or open) whose takers, and whose takers' units, must not be those who did it.",
    )


class HonourRule(PackModel):
    """The honour of a place that a matter leads to: awarded and withdrawn by steps."""

    name: str | None = Field(
        default=None, min_length=1, max_length=120, description="Name of the honour; absent: name_field gives it."
    )
    name_field: Code | None = Field(
        default=None, description="Choice field whose label (zh) is the name of the honour; instead of name."
    )
    level: HonourLevel | None = Field(default=None, description="Its level; absent: level_field gives it.")
    level_field: Code | None = Field(
        default=None, description="Choice field with the codes of levels; instead of level."
    )
    year_field: Code | None = Field(
        default=None, description="Integer field with the year it is given for; absent: the year of the step."
    )
    of_unit: bool = Field(
        default=False,
        description="Whether the responsible unit holds it, at the matter's place; else the place itself does.",
    )

    @property
    def fields(self) -> list[str]:
        """The fields that it is read from, without which no honour is awarded."""
        return [code for code in (self.name_field, self.level_field, self.year_field) if code]


class Parts(PackModel):
    """How a matter may be divided into parts, each with an owner and a deadline of its own."""

    kinds: list[str] = Field(
        default_factory=list, description="Kinds that its parts may have (pack.kind); empty: any kind."
    )
    depth: int = Field(
        default=2, ge=0, le=5, description="Levels of parts down to which it may be divided; 0: it cannot be."
    )
    hold_closing: bool = Field(default=True, description="Whether the whole cannot end before its parts have.")


class LetterRule(PackModel):
    """Supervision letters 督办函 about matters of a kind."""

    code: str = Field(
        pattern=r"^[\u4e00-\u9fff]{1,6}$",
        description="发文机关代字 of their numbers, which run on in each year: 示范督〔2026〕3号.",
    )
    reply_days: int = Field(
        default=5,
        ge=1,
        le=366,
        description="Working days within which a reply is asked for, unless the letter says so.",
    )


class ExtensionRule(PackModel):
    """Who may ask that a clock's limit be moved, who decides, how often and how far."""

    asked_by: list[Code] = Field(
        min_length=1, description="Roles (or owner) of those who rectify, who may ask for it before the deadline."
    )
    decided_by: list[Code] = Field(
        min_length=1,
        description="Roles that grant or refuse it; never whoever asked, nor the responsible person.",
    )
    other_unit: bool = Field(
        default=True,
        description="Whether whoever decides is of another unit than who asked, and than the responsible unit.",
    )
    times: int = Field(default=1, ge=1, le=10, description="How many times one run of the clock can be extended.")
    days: int = Field(
        ge=1, le=366, description="Days by which one extension may pass the limit, counted as the clock counts."
    )


class Personal(PackModel):
    """Why a kind of matter holds personal data, and for how long."""

    purpose: Text = Field(description="What the data are needed for, in a sentence.")
    basis: Text = Field(description="What permits it: the law, the rule, or the person's own consent.")
    keep_days: int = Field(
        ge=0, le=36_500, description="Days after closing on which the data are deleted; 0: on that day."
    )


class Yellow(PackModel):
    """When a matter counts as behind."""

    after_percent: int = Field(ge=1, le=100, description="Share of the time from start to deadline, in percent.")
    while_in: list[Code] = Field(min_length=1, description="States in which this counts as behind.")


class Lights(PackModel):
    """Blue near due, yellow behind, red overdue (always), green closed and verified."""

    blue_days_before: int = Field(default=3, ge=0, le=365, description="Calendar days before the deadline.")
    yellow: Yellow | None = Field(default=None, description="When it counts as behind; absent: never yellow.")


class PublicNotice(PackModel):
    """A public notice 公示: what everybody may read of a matter on the public pages, while its days run and no longer.

    Its place, its kind, the honour that it is about and its number are always told; its title and details never are.
    """

    clock: Code = Field(description="Waiting clock of the kind whose days are those of the notice.")
    states: list[Code] = Field(min_length=1, description="States in which it is shown, none of them closed.")
    objected: list[Code] = Field(
        default_factory=list,
        description="States in which an objection is looked into, none of them closed: it stays listed, and says that "
        "and nothing more, until it is settled.",
    )
    fields: list[Code] = Field(
        default_factory=list,
        description="Fields whose values are told; never personal ones, accounts or long texts, which may name people.",
    )
    objections: Text = Field(description="To whom, and how, an objection is made.")
