"""The ``matters`` section of a pack: kinds of matter, their workflow, clocks, lights and ladder."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, Field

from huoshui.matters.schema_parts import (
    ExtensionRule,
    HonourRule,
    LetterRule,
    Lights,
    Parts,
    Personal,
    PublicNotice,
    RequiredRecord,
)
from huoshui.packs.contract import Section
from huoshui.packs.schema import Code, FieldDef, PackModel, Text

OWNER = "owner"
"""Stands among roles for the responsible person of the matter at hand."""
OPENING = "open"
"""Stands among transition codes for the opening of the matter."""
EDITING = "edit"
"""Transition code of the step that a correction of fields leaves behind."""
KEEP = "keep"
"""Stands among the values of a step that closes a double for the decisions on what the two do not agree about."""
INTO = "into"
"""Stands among the values of a step that splits a matter for what goes with each of the new ones."""
RESERVED_VALUES = (
    "title", "detail", "duplicate_of", "keep", "into", "state", "due_on", "closed_on", "close_reason", "step", "owner",
    "unit", "honour",
)  # fmt: skip
"""Codes that no field of a kind may have."""

Phase = Literal["open", "submitted", "closed"]
CloseReason = Literal["resolved", "not_resolvable", "not_ours", "declined", "withdrawn", "duplicate", "split"]
Counting = Literal["working", "calendar"]
Light = Literal["red", "yellow", "blue", "green", ""]


class Named(PackModel):
    """A code with its label."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")


class Slot(Named):
    """A place for photos of a matter, such as before and after, or for its documents."""

    at_opening: bool = Field(default=False, description="Whether who opened it may add photos until it moves on.")
    documents: bool = Field(default=False, description="Whether it takes PDF, .docx and .xlsx beside photos.")


class State(Named):
    """A state of the workflow."""

    phase: Phase = Field(description="open: somebody works on it; submitted: somebody verifies; closed: it ended.")
    editable: list[str] = Field(
        default_factory=list,
        description="Fields (and title, detail) that may be corrected in this state without a step.",
    )
    edited_by: list[Code] = Field(
        default_factory=list, description="Roles (or owner) that may correct them; needed when editable is given."
    )


class Evidence(PackModel):
    """Photos that a step asks for."""

    slot: Code = Field(description="Slot of the kind.")
    minimum: int = Field(default=1, ge=0, le=20, description="How many photos must be there; 0 only offers the slot.")
    fresh: bool | None = Field(
        default=None,
        description=(
            "true: only photos count that came since the matter last entered the state of the step, so that what "
            "was sent back is not handed in again unchanged; false: earlier ones count again. Must be said where "
            "photos are required and the matter can come back."
        ),
    )


class Transition(Named):
    """A step from one state to another; its name is a verb, such as 申请销号."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_states: list[Code] = Field(alias="from", min_length=1, description="States in which the step can be taken.")
    to: Code = Field(description="State that it leads to; one of `from` for a step that changes no state.")
    roles: list[Code] = Field(
        default_factory=list,
        description="Roles that may take it for the matter's place; owner: its responsible person.",
    )
    requires: list[Code] = Field(default_factory=list, description="Fields that must have a value after the step.")
    requires_overdue: list[Code] = Field(
        default_factory=list,
        description="Fields that must have a value as well where the step is taken after the matter's deadline, such "
        "as why it is late.",
    )
    fields: list[Code] = Field(
        default_factory=list, description="Further fields that may be filled in or changed in the step."
    )
    evidence: list[Evidence] = Field(default_factory=list, description="Photos that must be there.")
    note_required: bool = Field(default=False, description="Whether the step needs a note.")
    verifies: bool = Field(default=False, description="Whether the step confirms the work of another.")
    names_verifier: bool = Field(
        default=True, description="Whether whoever verifies by it is named as the verifier 核验人; not of an objection."
    )
    not_by: list[Code] = Field(
        default_factory=list,
        description=(
            "Steps (or open) whose takers are barred from this one, until the matter is reopened after a verified end."
        ),
    )
    other_unit_than: list[Code] = Field(
        default_factory=list, description="Steps from whose takers' units the taker's unit must differ."
    )
    close_reason: CloseReason | None = Field(
        default=None, description="Why the matter ends; needed when, and only when, the step leads to a closed state."
    )
    where_else: Code | None = Field(
        default=None, description="Text field that says where else to go; needed when the reason is not_ours."
    )
    notify: list[Code] = Field(default_factory=list, description="Roles (or owner) that get a notice of the step.")
    primary: bool = Field(default=False, description="Whether it is the obvious next step in its states.")
    approves: bool = Field(
        default=False,
        description="Whether it is an office's yes to what others planned or asked for: it waits for their word.",
    )
    requires_done: list[RequiredRecord] = Field(
        default_factory=list, description="What must have been done at the matter's place before the step."
    )
    not_before_clock: Code | None = Field(
        default=None,
        description="Waiting clock of the kind, such as a public notice 公示, that must have run out before the step.",
    )
    honour: Literal["award", "withdraw"] | None = Field(
        default=None, description="Whether the step awards the kind's honour to the place, or withdraws it."
    )
    due_after_months: int | None = Field(
        default=None,
        ge=1,
        le=240,
        description="Of a step out of a closed state: months after the closing when it falls due, such as a re-check.",
    )

    @property
    def required_fields(self) -> list[str]:
        """Fields that must have a value after the step."""
        return [*self.requires, *([self.where_else] if self.where_else else [])]

    def required_now(self, overdue: bool) -> list[str]:
        """Fields that must have a value after the step where it is taken in time, or after the deadline."""
        return [*self.required_fields, *(self.requires_overdue if overdue else [])]

    @property
    def editable_fields(self) -> list[str]:
        """Every field that may be given in the step, required ones first."""
        return list(dict.fromkeys([*self.required_fields, *self.requires_overdue, *self.fields]))


class Clock(Named):
    """A time limit: which steps start it, stop it and let it run on."""

    days: dict[Code, int] = Field(description="Days allowed, by severity; every severity of the kind is needed.")
    counting: Counting = Field(default="working", description="Working days, or calendar days.")
    starts_on: list[Code] = Field(
        default_factory=lambda: [OPENING], description="Steps (or open) that start it anew from their day."
    )
    stops_on: list[Code] = Field(default_factory=list, description="Steps that stop it; closing always does.")
    resumes_on: list[Code] = Field(
        default_factory=list, description="Steps after which a stopped clock runs on towards its old limit."
    )
    own_deadline_field: Code | None = Field(
        default=None,
        description="Date field by which the responsible unit sets its own deadline, never later than the limit.",
    )
    extension: ExtensionRule | None = Field(
        default=None, description="How its limit can be moved by request; absent: it cannot."
    )
    waiting: bool = Field(
        default=False,
        description=(
            "Whether it is a time that has to pass, such as a public notice 公示, and no deadline: steps wait for its "
            "end (not_before_clock), and no light is lit by it."
        ),
    )


class LadderStep(PackModel):
    """One rung of escalation: who is told, so many days before or after the deadline."""

    level: Text = Field(description="Name of the rung, such as 提醒 or 督办.")
    days: int = Field(description="Days after the deadline; negative: before it.")
    counting: Counting = Field(default="calendar", description="Calendar days, or working days.")
    clock: Code | None = Field(default=None, description="Clock it belongs to; absent: the first clock of the kind.")
    notify: list[Code] = Field(min_length=1, description="Roles (or owner) that get a notice.")
    letter: bool = Field(
        default=False, description="Whether a supervision letter is due from then on: it waits for those who issue it."
    )
    marks_supervised: bool = Field(default=False, description="Whether the matter is under supervision from then on.")


class LineType(Named):
    """A type of money line 资金: what its sums mean, who writes it, and what it may never exceed."""

    written_by: list[Code] = Field(
        default_factory=list,
        description="Roles (or owner) that write it, or order it where another confirms; empty: only a subsidy does.",
    )
    confirmed_by: list[Code] = Field(
        default_factory=list,
        description="Roles that confirm it: it is then ordered by one person, and written when another confirms.",
    )
    not_by: list[Code] = Field(
        default_factory=list,
        description="Types whose writers, for a matter, neither order nor confirm this one.",
    )
    at_most: Code | None = Field(
        default=None, description="Type whose sum on the matter this one's sum never exceeds, open orders counted."
    )
    voucher_required: bool = Field(default=False, description="Whether a line needs the number of its voucher 凭证.")
    paid_when_dropped: bool = Field(
        default=False,
        description=(
            "Whether one that another confirms may still be ordered and confirmed on a matter that ended without its "
            "work done (not_resolvable, not_ours, declined, withdrawn). On one that ended as a duplicate or split, "
            "nothing is written."
        ),
    )


class LedgerColumn(PackModel):
    """One column of the printed and exported ledger."""

    column: Code = Field(description="A column that every matter has (number, source, place, title, …), or a field.")
    name: Text = Field(description="Its heading.")


class MatterKind(Named):
    """A kind of matter: something that has to be brought to an end."""

    number_prefix: str = Field(
        pattern=r"^[A-Z]{2,6}$", description="Begins its numbers, which run on without gaps in each year: ZG-2018-0001."
    )
    place_kinds: list[Code] = Field(
        default_factory=list, description="Kinds of place where it can be opened; empty: any."
    )
    complaint: bool = Field(
        default=False,
        description="Whether somebody complains with it: places are then never ranked by how many there are.",
    )
    concerns: Code | None = Field(
        default=None,
        description="Of a complaint: office field, given at the opening alone, with the unit that it is about, which "
        "never answers for it, takes no step and gets no notice; the matter stands at a place above that unit.",
    )
    profile: bool = Field(default=False, description="Whether its place's page shows the latest one that ended well.")
    opened_by: list[Code] = Field(
        default_factory=list, description="Roles that may open one by hand; empty: only a round or another matter does."
    )
    owner_role: Code | None = Field(
        default=None, description="Role whose holder for the place answers for it from the start."
    )
    owner_field: Code | None = Field(
        default=None, description="Field of type account that shows and changes the responsible person."
    )
    owner_roles: list[Code] = Field(
        default_factory=list,
        description="Roles whose holders over the place can be made responsible; empty: whoever has a duty there.",
    )
    fields: list[FieldDef] = Field(default_factory=list, description="What is recorded about it.")
    personal: Personal | None = Field(
        default=None, description="Purpose, basis and deletion of its personal fields; needed when it has any."
    )
    slots: list[Slot] = Field(default_factory=list, description="Slots for its photos.")
    severities: list[Named] = Field(min_length=1, description="Severities, the mildest first.")
    states: list[State] = Field(min_length=2, description="States of its workflow.")
    initial: Code = Field(description="State in which it opens.")
    transitions: list[Transition] = Field(min_length=1, description="Steps of its workflow.")
    clocks: list[Clock] = Field(default_factory=list, description="Time limits; the first is the ledger's deadline.")
    lights: Lights = Field(default_factory=Lights, description="When its light changes.")
    ladder: list[LadderStep] = Field(default_factory=list, description="Reminders and escalation.")
    letter: LetterRule | None = Field(default=None, description="Supervision letters about it; absent: none are sent.")
    parts: Parts = Field(default_factory=Parts, description="How it may be divided into parts.")
    honour: HonourRule | None = Field(
        default=None, description="The honour of its place that its steps award or withdraw; absent: none."
    )
    public_notice: PublicNotice | None = Field(
        default=None, description="What the public pages show of it while it is publicised 公示; absent: nothing."
    )
    ledger: list[LedgerColumn] = Field(
        default_factory=list, description="Columns of its ledger; empty: the usual ones."
    )
    money: list[LineType] = Field(
        default_factory=list, description="Types of its money lines, in the order of their sums; empty: it keeps none."
    )

    def state(self, code: str) -> State:
        """A state by its code. Raises StopIteration for a code the kind has not."""
        return next(state for state in self.states if state.code == code)

    def transition(self, code: str) -> Transition | None:
        """A transition by its code, or None."""
        return next((step for step in self.transitions if step.code == code), None)

    def transitions_from(self, state: str) -> list[Transition]:
        """The steps that can be taken in a state, the obvious one first."""
        found = [step for step in self.transitions if state in step.from_states]
        return sorted(found, key=lambda step: not step.primary)

    def field(self, code: str) -> FieldDef:
        """A field by its code. Raises StopIteration for a code the kind has not."""
        return next(field for field in self.fields if field.code == code)

    @cached_property
    def fields_by_code(self) -> dict[str, FieldDef]:
        """The fields by their codes."""
        return {field.code: field for field in self.fields}

    def line_type(self, code: str) -> LineType | None:
        """A type of money line by its code, or None."""
        return next((known for known in self.money if known.code == code), None)

    @cached_property
    def personal_codes(self) -> frozenset[str]:
        """The fields whose values the vault keeps."""
        return frozenset(field.code for field in self.fields if field.personal)

    @cached_property
    def work_slots(self) -> frozenset[str]:
        """The slots whose photos show the work done: neither taken at the opening, nor by those alone who verify."""
        asked = {verifies: set[str]() for verifies in (True, False)}
        for step in self.transitions:
            asked[step.verifies] |= {evidence.slot for evidence in step.evidence}
        verifying = asked[True] - asked[False]
        return frozenset(slot.code for slot in self.slots if not slot.at_opening and slot.code not in verifying)

    @cached_property
    def handed_in(self) -> frozenset[str]:
        """The slots from which a step hands the work in: for a word on it, or at once as done."""
        phases = {state.code: state.phase for state in self.states}
        return frozenset(
            asked.slot
            for step in self.transitions
            if phases[step.to] != "open" and any(phases[state] == "open" for state in step.from_states)
            for asked in step.evidence
        )

    @cached_property
    def fresh_evidence(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The slots of which a step wants new photos, each with the states in which the step can be taken."""
        return tuple(
            (asked.slot, tuple(step.from_states)) for step in self.transitions for asked in step.evidence if asked.fresh
        )

    def severity_rank(self, code: str) -> int:
        """Position of a severity, 0 the mildest. Raises ValueError for a code the kind has not."""
        return [severity.code for severity in self.severities].index(code)

    def worked_on_in(self, state: str) -> bool:
        """Whether a matter in a state is worked on, and does not merely wait to be begun.

        So it is in any state but the initial one; in that one too when the work can be handed in straight from it.
        """
        judged = {code for step in self.transitions if step.close_reason == "resolved" for code in step.from_states}
        return state != self.initial or any(step.to in judged for step in self.transitions_from(state))

    def own_deadline_fields(self) -> set[str]:
        """The fields by which the responsible unit sets its own deadline."""
        return {clock.own_deadline_field for clock in self.clocks if clock.own_deadline_field}


def section() -> Section:
    """The section, with its validator."""
    from huoshui.matters.soundness import validate

    return Section("matters", MatterKind, validate)
