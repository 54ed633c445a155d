"""Matters over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Query, Schema

from huoshui.duties.models import Account
from huoshui.kernel.choices import named
from huoshui.matters import actions
from huoshui.matters.models import Matter
from huoshui.matters.queries import (
    LedgerFilter,
    StepOption,
    ValueFilter,
    available_transitions,
    ledger,
    matter_values,
)
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.step_parts import HonourStanding, RequiredOut, honours_out, required_out
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class MatterRow(Schema):
    """A matter in the ledger."""

    number: str
    kind: str
    title: str
    place: str
    place_name: str
    state: str
    phase: str
    severity: str
    light: str
    owner: str | None
    unit: str | None
    opened_on: dt.date
    due_on: dt.date | None
    due_provisional: bool
    extension_until: dt.date | None
    closed_on: dt.date | None
    close_reason: str
    again_on: dt.date | None = Field(description="Of one that has ended: when a step, such as a re-check, is due.")
    source: str
    version: int


class MatterPage(PageOut):
    """A page of the ledger."""

    items: list[MatterRow]


class StepFieldOut(Schema):
    """A field that a step takes: ``required`` ones must have a value after it, ``shown`` is the present one."""

    code: str
    name: str
    type: str
    unit: str
    choices: list[str]
    required: bool
    shown: str


class EvidenceOut(Schema):
    """Photos that a step needs in a slot, and how many of those there count."""

    slot: str
    name: str
    minimum: int
    have: int


class StepOut(Schema):
    """A step of the workflow: whether one may take it, with what; and if not, why, and which roles can."""

    code: str
    name: str
    allowed: bool
    reason: str
    who: str
    note_required: bool
    fields: list[StepFieldOut]
    evidence: list[EvidenceOut]
    requires_done: list[RequiredOut]
    waits_until: dt.date | None
    """Last day of the notice that it waits for, while that runs."""


class MatterOut(MatterRow):
    """A matter with its fields and the steps from its present state."""

    detail: str
    values: dict[str, Any]
    parent: str | None
    parts: list[str]
    split_from: str | None
    split_into: list[str]
    honours: list[HonourStanding]
    steps: list[StepOut]


class MatterIn(Schema):
    """A matter to open by hand."""

    kind: str
    place: str
    title: str
    detail: str = ""
    severity: str = ""
    values: dict[str, Any] = Field(default_factory=dict)
    parent: str = ""
    """Number of the matter of which it is a part."""


class AdvanceIn(Schema):
    """A step to take, with its fields, its note and the version that was read."""

    transition: str
    values: dict[str, Any] = Field(default_factory=dict)
    note: str = ""
    seen_version: int


class AssignIn(Schema):
    """Who becomes responsible, and the version that was read."""

    owner: str
    seen_version: int


class ExtensionIn(Schema):
    """More time: the new deadline, why, and the version that was read."""

    until: dt.date
    reason: str
    seen_version: int


class DecisionIn(Schema):
    """What becomes of the request for more time, why, and the version that was read."""

    granted: bool
    reason: str = ""
    seen_version: int


class RejoinIn(Schema):
    """The version that was read."""

    seen_version: int


class ParentIn(Schema):
    """The number of the matter of which this one becomes a part ("": of none), and the version that was read."""

    parent: str
    seen_version: int


class EditIn(Schema):
    """Fields to correct, and the version that was read; of a personal one "" leaves what is kept, null removes it."""

    values: dict[str, Any]
    seen_version: int


class LedgerQuery(Paged):
    """Filters of the ledger."""

    kind: str = ""
    place: str = ""
    state: str = ""
    phase: str = ""
    light: str = ""
    severity: str = ""
    text: str = ""
    due_from: dt.date | None = None
    due_to: dt.date | None = None
    again_to: dt.date | None = Field(None, description="Ended ones of which a step is due again by that day.")
    sort: str = ""


def matter_row(matter: Matter) -> dict[str, Any]:
    """The listed columns of a matter."""
    return {
        "number": matter.number,
        "kind": matter.kind,
        "title": matter.title,
        "place": matter.place.code,
        "place_name": matter.place.short_name,
        "state": matter.state,
        "phase": matter.phase,
        "severity": matter.severity,
        "light": matter.light(),
        "owner": matter.owner.username if matter.owner else None,
        "unit": matter.unit.name if matter.unit else None,
        "opened_on": matter.opened_on,
        "due_on": matter.due_on,
        "due_provisional": matter.due_provisional,
        "extension_until": matter.extension_until,
        "closed_on": matter.closed_on,
        "close_reason": matter.close_reason,
        "again_on": matter.again_on,
        "source": matter.source_label,
        "version": matter.version,
    }


def step_out(option: StepOption) -> dict[str, Any]:
    """A step with what it asks for; fields and evidence only where one may take it."""
    return {
        "code": option.transition.code,
        "name": str(option.transition.name),
        "allowed": option.allowed,
        "reason": str(option.refusal) if option.refusal else "",
        "who": option.who,
        "note_required": option.transition.note_required,
        "fields": [
            {
                "code": item.field.code,
                "name": str(item.field.name),
                "type": item.field.type,
                "unit": item.field.unit,
                "choices": [choice.code for choice in item.field.choices],
                "required": item.required,
                "shown": item.shown,
            }
            for item in option.fields
        ],
        "evidence": [
            {"slot": state.slot, "name": state.name, "minimum": state.minimum, "have": state.have}
            for state in option.evidence
        ],
        "requires_done": required_out(option),
        "waits_until": option.waits_until,
    }


def matter_out(matter: Matter, request: SignedInRequest) -> dict[str, Any]:
    """A matter with its fields and steps, as this reader may take them."""
    steps = [step_out(option) for option in available_transitions(matter, request.user)]
    values = {item.field.code: item.shown for item in matter_values(matter)}
    visible = Matter.objects.visible_to(request.user)
    family = {
        "parent": visible.filter(children=matter).values_list("number", flat=True).first(),
        "split_from": visible.filter(shares=matter).values_list("number", flat=True).first(),
        "split_into": list(visible.filter(split_from=matter).order_by("number").values_list("number", flat=True)),
        "parts": list(visible.filter(parent=matter).order_by("number").values_list("number", flat=True)),
    }
    row = {**matter_row(matter), **family, "detail": matter.detail, "values": values, "steps": steps}
    row["honours"] = honours_out(matter)
    return MatterOut(**row).model_dump(mode="json")


def _matter(request: SignedInRequest, number: str) -> Matter:
    return Matter.objects.get_visible(request.user, number=number)


@router.get("/matters", response={200: MatterPage, **REFUSED})
def list_matters(request: SignedInRequest, query: Query[LedgerQuery]) -> Any:
    """The ledger: visible matters, filtered and sorted as on its page; ``place`` is a code."""
    given = query.dict(exclude={"sort", "page", "size", "place", "again_to"})
    visible = Place.objects.visible_to(request.user)
    path = named(visible, "place", code=query.place).path if query.place else ""
    again = (ValueFilter("again_on", query.again_to, "to"),) if query.again_to else ()
    rows = ledger(request.user, LedgerFilter(**given, place=path, values=again), query.sort or "-number")
    return page_of(rows, query, matter_row)


@router.get("/matters/{number}", response={200: MatterOut, **REFUSED})
def get_matter(request: SignedInRequest, number: str) -> Any:
    """One visible matter."""
    return matter_out(_matter(request, number), request)


@router.post("/matters", response={200: MatterOut, **REFUSED_WRITE})
def open_matter(request: SignedInRequest, body: MatterIn) -> Any:
    """Open a matter by hand."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"place", "parent"})
        parent = _matter(request, body.parent) if body.parent else None
        return matter_out(actions.open_matter(by=request.user, place=place, parent=parent, **given), request)

    return idempotent(request, "matters.open", body, write)


@router.post("/matters/{number}/advance", response={200: MatterOut, **REFUSED_WRITE})
def advance(request: SignedInRequest, number: str, body: AdvanceIn) -> Any:
    """Take a step of the workflow."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        moved = actions.advance(by=request.user, matter=matter, **body.model_dump())
        return matter_out(moved, request)

    return idempotent(request, "matters.advance", body, write)


@router.post("/matters/{number}/rejoin", response={200: MatterOut, **REFUSED_WRITE})
def rejoin(request: SignedInRequest, number: str, body: RejoinIn) -> Any:
    """Put together again what was split, while nothing was done with any of the new ones."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        return matter_out(actions.rejoin(by=request.user, matter=matter, seen_version=body.seen_version), request)

    return idempotent(request, "matters.rejoin", body, write)


@router.post("/matters/{number}/assign", response={200: MatterOut, **REFUSED_WRITE})
def assign(request: SignedInRequest, number: str, body: AssignIn) -> Any:
    """Make somebody responsible, by username."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        owner = Account.objects.get_visible(request.user, username=body.owner)
        moved = actions.assign(by=request.user, matter=matter, owner=owner, seen_version=body.seen_version)
        return matter_out(moved, request)

    return idempotent(request, "matters.assign", body, write)


@router.post("/matters/{number}/extension", response={200: MatterOut, **REFUSED_WRITE})
def ask_extension(request: SignedInRequest, number: str, body: ExtensionIn) -> Any:
    """Ask for more time, before the deadline."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        actions.ask_extension(by=request.user, matter=matter, **body.model_dump())
        return matter_out(_matter(request, number), request)

    return idempotent(request, "matters.ask_extension", body, write)


@router.post("/matters/{number}/extension/decision", response={200: MatterOut, **REFUSED_WRITE})
def decide_extension(request: SignedInRequest, number: str, body: DecisionIn) -> Any:
    """Grant or refuse the request for more time that waits."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        decided = actions.decide_extension(by=request.user, matter=matter, **body.model_dump())
        return matter_out(decided, request)

    return idempotent(request, "matters.decide_extension", body, write)


@router.post("/matters/{number}/parent", response={200: MatterOut, **REFUSED_WRITE})
def put_under(request: SignedInRequest, number: str, body: ParentIn) -> Any:
    """Make a matter a part of another, or of none."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        parent = _matter(request, body.parent) if body.parent else None
        moved = actions.put_under(by=request.user, matter=matter, parent=parent, seen_version=body.seen_version)
        return matter_out(moved, request)

    return idempotent(request, "matters.put_under", body, write)


@router.patch("/matters/{number}", response={200: MatterOut, **REFUSED_WRITE})
def edit_matter(request: SignedInRequest, number: str, body: EditIn) -> Any:
    """Correct what the present state leaves open."""
    matter = _matter(request, number)

    def write() -> dict[str, Any]:
        edited = actions.edit_fields(by=request.user, matter=matter, values=body.values, seen_version=body.seen_version)
        return matter_out(edited, request)

    return idempotent(request, "matters.edit_fields", body, write)
