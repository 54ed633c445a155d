"""Changes of places over the API: previewed, made, listed, undone; and what a place was on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoshui.places.changes.actions import perform, undo_change
from huoshui.places.changes.operations import NewPlace, Operation, asked_operation
from huoshui.places.changes.planning import Plan, plan_change
from huoshui.places.changes.timeline import place_changes
from huoshui.places.models import Place, PlaceChange
from huoshui.places.queries import attributes_on, line_on
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("places")


class NewPlaceIn(Schema):
    """A place to be opened."""

    code: str
    name: str


class OperationIn(Schema):
    """A change that is asked for. ``sources``, ``parent`` and ``into`` are codes of places.

    ``choices`` say to which successor (its code) an item goes that rests on a source: by the item's key as the preview
    tells it, by its part ("duty", "unit", "child", "matter"), or "*" for the rest.
    """

    kind: Literal["rename", "move", "merge", "split"]
    since: dt.date
    sources: list[str]
    name: str = ""
    parent: str = ""
    into: list[str] = Field(default_factory=list)
    new: list[NewPlaceIn] = Field(default_factory=list)
    basis: str = ""
    choices: dict[str, str] = Field(default_factory=dict)


class ChangeIn(OperationIn):
    """A change to be made; with ``agreed``, the digest of a preview, exactly what that showed or nothing."""

    agreed: str | None = None


class ItemOut(Schema):
    """What rests on a source, and the code of the successor that it goes to; "" while nobody has chosen."""

    key: str
    part: str
    label: str
    note: str
    source: str
    to: str


class StayingOut(Schema):
    """How many records stay where they are, or go along."""

    label: str
    count: int


class PreviewOut(Schema):
    """What a change would do. With problems it is refused."""

    digest: str
    items: list[ItemOut]
    staying: list[StayingOut]
    along: list[StayingOut] = Field(description="Of a move: what goes along, of the place itself and of all below it.")
    problems: list[dict[str, Any]]


class PartOut(Schema):
    """A place that a change concerned, as it was called then; ``open`` is null where its opening was undone."""

    role: str
    code: str
    name: str
    open: bool | None


class PlaceChangeOut(Schema):
    """A change of places."""

    id: UUID
    kind: str
    since: dt.date
    basis: str
    parts: list[PartOut]
    undone_at: dt.datetime | None
    undone_why: str


class PlaceChangePage(PageOut):
    """A page of changes."""

    items: list[PlaceChangeOut]


class ThenRow(Schema):
    """A place as it was on a day."""

    code: str
    name: str
    short_name: str
    kind: str
    there: bool


class ThenOut(ThenRow):
    """With the places above it, from the root down, and its attributes."""

    above: list[ThenRow]
    attributes: dict[str, Any]


class DayQuery(Schema):
    """A day."""

    on: dt.date


def _change(change: PlaceChange) -> dict[str, Any]:
    parts = [
        {
            "role": part.role,
            "code": part.code,
            "name": part.name,
            "open": part.place.closed_on is None if part.place else None,
        }
        for part in change.parts.all()
    ]
    names = ("id", "kind", "since", "basis", "undone_at", "undone_why")
    return {**{name: getattr(change, name) for name in names}, "parts": parts}


def _operation(request: SignedInRequest, body: OperationIn) -> Operation:
    return asked_operation(
        Place.objects.visible_to(request.user), body.kind, body.since, body.sources, name=body.name,
        parent=body.parent, into=body.into, new=[NewPlace(new.code, new.name) for new in body.new],
        basis=body.basis, choices=body.choices,
    )  # fmt: skip


def _preview(plan: Plan) -> dict[str, Any]:
    items = [
        {
            "key": moving.item.key,
            "part": moving.item.part,
            "label": moving.item.label,
            "note": moving.item.note,
            "source": moving.source.code,
            "to": moving.to,
        }
        for moving in plan.moving
    ]
    staying, along = ([{"label": row.label, "count": row.count} for row in rows] for rows in (plan.staying, plan.along))
    problems = [problem.as_dict() for problem in plan.problems]
    return {"digest": plan.digest, "items": items, "staying": staying, "along": along, "problems": problems}


@router.post("/place-changes/preview", response={200: PreviewOut, **REFUSED_WRITE})
def preview_change(request: SignedInRequest, body: OperationIn) -> Any:
    """What a rename, move, merge or split would do; nothing is written."""
    return _preview(plan_change(request.user, _operation(request, body)))


@router.post("/place-changes", response={200: PlaceChangeOut, **REFUSED_WRITE})
def make_change(request: SignedInRequest, body: ChangeIn) -> Any:
    """Rename, move, merge or split places."""

    def write() -> dict[str, Any]:
        change = perform(by=request.user, operation=_operation(request, body), agreed=body.agreed)
        return PlaceChangeOut(**_change(change)).model_dump(mode="json")

    return idempotent(request, f"places.{body.kind}", body, write)


@router.get("/place-changes", response={200: PlaceChangePage, **REFUSED})
def list_changes(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Changes of places, the latest first."""
    rows = PlaceChange.objects.visible_to(request.user).prefetch_related("parts__place")
    return page_of(rows.order_by("-since", "-created_at"), query, _change)


@router.post("/place-changes/{change_id}/undo", response={200: PlaceChangeOut, **REFUSED_WRITE})
def undo(request: SignedInRequest, change_id: UUID, body: ReasonIn) -> Any:
    """Take a change back as a whole."""
    change = PlaceChange.objects.get_visible(request.user, pk=change_id)

    def write() -> dict[str, Any]:
        undone = undo_change(by=request.user, change=change, reason=body.reason)
        return PlaceChangeOut(**_change(undone)).model_dump(mode="json")

    return idempotent(request, "places.undo_change", body, write)


@router.get("/places/{code}/changes", response={200: list[PlaceChangeOut], **REFUSED})
def changes_of_place(request: SignedInRequest, code: str) -> Any:
    """The changes that concerned a place, the latest first, undone ones among them."""
    return [_change(change) for change in place_changes(Place.objects.get_visible(request.user, code=code))]


@router.get("/places/{code}/then", response={200: ThenOut, **REFUSED})
def place_then(request: SignedInRequest, code: str, query: Query[DayQuery]) -> Any:
    """What a place was called on a day, where it belonged, and its attributes then."""
    place = Place.objects.get_visible(request.user, code=code)
    *above, then = [
        {
            "code": row.place.code,
            "name": row.name,
            "short_name": row.short_name,
            "kind": row.kind,
            "there": row.there,
        }
        for row in line_on(place, query.on)
    ]
    return {**then, "above": above, "attributes": attributes_on(place, query.on) if then["there"] else {}}
