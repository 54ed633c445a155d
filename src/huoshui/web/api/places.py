"""Places over the API: listed, opened, amended, located, closed, honoured, imported."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from ninja import Field, File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.numbers import scaled
from huoshui.places import actions
from huoshui.places.datums import MICRO
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.imports import import_places
from huoshui.places.models import Honour, Place
from huoshui.places.queries import places_of_kind, present_attributes, search_places
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ProblemOut, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import Numeral, asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("places")


class PlaceRow(Schema):
    """A place in a list."""

    code: str
    name: str
    short_name: str
    kind: str
    parent: str | None
    path: str
    opened_on: dt.date | None
    closed_on: dt.date | None
    version: int


class PlaceQuery(Paged):
    """Filters of places: what was typed (name, initials or code), and a kind."""

    q: str = ""
    kind: str = ""


class PlacePage(PageOut):
    """A page of places."""

    items: list[PlaceRow]


class PlaceOut(PlaceRow):
    """A place with its present attributes."""

    attributes: dict[str, Any]


class AttributesIn(Schema):
    """New values of attributes, and the version that was read."""

    attributes: dict[str, Any]
    since: dt.date | None = None
    seen_version: int


class PlaceIn(Schema):
    """A place to open: an administrative unit with its official ``code``, or a site, which is given one ("")."""

    kind: str
    name: str
    parent: str | None = Field(None, description="Code of the place above; null for the uppermost alone.")
    code: str = ""
    opened_on: dt.date | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)


class CloseIn(Schema):
    """From when on the place is no more (null: today), and the version that was read."""

    closed_on: dt.date | None = None
    seen_version: int


class LocationIn(Schema):
    """Degrees of WGS-84 with up to six decimals, and a GeoJSON outline; what is null is taken away."""

    latitude: Numeral | None = None
    longitude: Numeral | None = None
    outline: dict[str, Any] | None = None
    precision: str = Field("exact", description="exact, or schematic where the point only shows about where.")
    seen_version: int


class HonourIn(Schema):
    """An honour: its level is national, provincial, municipal, … as the refusal lists them."""

    name: str
    level: str
    year: int
    holder: str = ""
    """Name of the unit at the place that holds it; "": the place itself."""


class HonourOut(Schema):
    """An honour of a place."""

    id: UUID
    place: str
    name: str
    level: str
    year: int
    holder: str
    withdrawn_on: dt.date | None
    version: int


class HonourPage(PageOut):
    """A page of honours."""

    items: list[HonourOut]


class WithdrawIn(Schema):
    """Why an honour was withdrawn, and from when on (null: today)."""

    reason: str
    withdrawn_on: dt.date | None = None
    seen_version: int


class PlaceImportOut(Schema):
    """What an import did, or would do; with problems nothing was written."""

    rows: int
    created: int
    changed: int
    unchanged: int
    wrong: int
    dry_run: bool
    plan: str
    problems: list[ProblemOut]


def _place(request: SignedInRequest, code: str) -> Place:
    return Place.objects.get_visible(request.user, code=code)


def place_out(place: Place) -> dict[str, Any]:
    """A place with its present attributes, as JSON."""
    return PlaceOut(**place_row(place), attributes=present_attributes(place)).model_dump(mode="json")


def honour_out(honour: Honour) -> dict[str, Any]:
    """An honour as the API shows it, as JSON."""
    names = ("name", "level", "year", "holder", "withdrawn_on", "version")
    told = {name: getattr(honour, name) for name in names}
    return HonourOut(id=honour.pk, place=honour.place.code, **told).model_dump(mode="json")


def place_row(place: Place) -> dict[str, Any]:
    """The listed columns of a place."""
    return {
        "code": place.code,
        "name": place.name,
        "short_name": place.short_name,
        "kind": place.kind,
        "parent": place.parent.code if place.parent else None,
        "path": place.path,
        "opened_on": place.opened_on,
        "closed_on": place.closed_on,
        "version": place.version,
    }


@router.get("/places", response={200: PlacePage, **REFUSED})
def list_places(request: SignedInRequest, query: Query[PlaceQuery]) -> Any:
    """Visible places in the order of their paths; with ``q``, what was typed decides the order."""
    user = request.user
    found = search_places(user, query.q) if query.q else Place.objects.visible_to(user).order_by("path")
    return page_of(places_of_kind(found, query.kind).select_related("parent"), query, place_row)


@router.post("/places", response={200: PlaceOut, **REFUSED_WRITE})
def open_place(request: SignedInRequest, body: PlaceIn) -> Any:
    """Open a place below one that is there."""

    def write() -> dict[str, Any]:
        parent = _place(request, body.parent) if body.parent else None
        given = body.model_dump(exclude={"parent", "code"})
        if body.code or parent is None:
            return place_out(actions.open_place(by=request.user, parent=parent, code=body.code, **given))
        return place_out(actions.open_site(by=request.user, parent=parent, **given))

    return idempotent(request, "places.open", body, write)


@router.post("/places/import", response={200: PlaceImportOut, **REFUSED_WRITE})
def bring_in_places(
    request: SignedInRequest, file: File[UploadedFile], dry_run: Form[bool] = True, plan: Form[str] = ""
) -> Any:
    """Bring in a table of places (xlsx or csv): every row, or nothing. ``plan`` is that of a dry run."""
    data, name = file.read(), file.name or ""
    if dry_run:
        report = import_places(by=request.user, data=data, name=name, dry_run=True)
        return {**report.as_dict(), "plan": report.plan}

    def write() -> dict[str, Any]:
        written = import_places(by=request.user, data=data, name=name, agreed=plan or None)
        if not written.ok:
            raise Refusal.of(written.problems)
        return {**written.as_dict(), "plan": written.plan}

    sent = {"sha256": hashlib.sha256(data).hexdigest(), "plan": plan}
    return once(**asked(request, "places.import", sent), write=write)


@router.get("/places/{code}", response={200: PlaceOut, **REFUSED})
def get_place(request: SignedInRequest, code: str) -> Any:
    """One visible place."""
    place = Place.objects.get_visible(request.user, code=code)
    return {**place_row(place), "attributes": present_attributes(place)}


@router.patch("/places/{code}/attributes", response={200: PlaceOut, **REFUSED_WRITE})
def amend_place(request: SignedInRequest, code: str, body: AttributesIn) -> Any:
    """Give attributes new values."""
    place = Place.objects.get_visible(request.user, code=code)

    def write() -> dict[str, Any]:
        amended = actions.amend_attributes(
            by=request.user,
            place=place,
            attributes=body.attributes,
            since=body.since,
            seen_version=body.seen_version,
        )
        return PlaceOut(**place_row(amended), attributes=present_attributes(amended)).model_dump(mode="json")

    return idempotent(request, "places.amend", body, write)


@router.post("/places/{code}/close", response={200: PlaceOut, **REFUSED_WRITE})
def close_place(request: SignedInRequest, code: str, body: CloseIn) -> Any:
    """Close a place; its records stay."""
    place = _place(request, code)

    def write() -> dict[str, Any]:
        return place_out(actions.close_place(by=request.user, place=place, **body.model_dump()))

    return idempotent(request, "places.close", body, write)


@router.put("/places/{code}/location", response={200: PlaceOut, **REFUSED_WRITE})
def locate_place(request: SignedInRequest, code: str, body: LocationIn) -> Any:
    """Put a place on the map, or take it off."""
    place = _place(request, code)
    latitude, longitude = (_micro(name, getattr(body, name)) for name in ("latitude", "longitude"))

    def write() -> dict[str, Any]:
        located = actions.locate_place(
            by=request.user,
            place=place,
            latitude=latitude,
            longitude=longitude,
            outline=body.outline,
            precision=body.precision,
            seen_version=body.seen_version,
        )
        return place_out(located)

    return idempotent(request, "places.locate", body, write)


def _micro(name: str, degrees: Any) -> int | None:
    """Degrees as millionths. Raises place.point."""
    try:
        return None if degrees is None else scaled(str(degrees), MICRO)
    except (ValueError, ArithmeticError):
        raise Refusal("place.point", field=name) from None


@router.get("/places/{code}/honours", response={200: HonourPage, **REFUSED})
def list_honours(request: SignedInRequest, code: str, query: Query[Paged]) -> Any:
    """The honours of a visible place, withdrawn ones too, the newest first."""
    found = _place(request, code).honours.select_related("place").order_by("-year", "id")
    return page_of(found, query, honour_out)


@router.post("/places/{code}/honours", response={200: HonourOut, **REFUSED_WRITE})
def add_honour(request: SignedInRequest, code: str, body: HonourIn) -> Any:
    """Record an honour of a place."""
    place = _place(request, code)

    def write() -> dict[str, Any]:
        return honour_out(record_honour(by=request.user, place=place, **body.model_dump()))

    return idempotent(request, "places.record_honour", body, write)


@router.post("/honours/{honour_id}/withdraw", response={200: HonourOut, **REFUSED_WRITE})
def take_honour_back(request: SignedInRequest, honour_id: UUID, body: WithdrawIn) -> Any:
    """Mark an honour as withdrawn; it stays on record."""
    honour = Honour.objects.get_visible(request.user, pk=honour_id)

    def write() -> dict[str, Any]:
        return honour_out(withdraw_honour(by=request.user, honour=honour, **body.model_dump()))

    return idempotent(request, "places.withdraw_honour", body, write)
