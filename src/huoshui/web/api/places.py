"""Places, duties and packs over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Query, Schema

from huoshui.duties.models import Duty
from huoshui.kernel import clock
from huoshui.kernel.choices import require_known
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places import actions
from huoshui.places.models import Place
from huoshui.places.queries import places_of_kind, present_attributes, search_places
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
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


class DutyRow(Schema):
    """A duty in force."""

    account: str
    title: str
    role: str
    place: str
    pack: str
    since: dt.date
    until: dt.date | None


class DutyQuery(Paged):
    """Filters of duties."""

    role: str = ""


class DutyPage(PageOut):
    """A page of duties."""

    items: list[DutyRow]


@router.get("/duties", scope="people:read", response={200: DutyPage, **REFUSED})
def list_duties(request: SignedInRequest, query: Query[DutyQuery]) -> Any:
    """Visible duties in force today."""
    rows = Duty.objects.visible_to(request.user).in_force(clock.today()).select_related("account", "place")
    require_known(rows, "role", query.role, all_current("roles"))
    rows = rows.filter(role=query.role) if query.role else rows
    return page_of(
        rows.order_by("place__path", "role"),
        query,
        lambda duty: {
            "account": duty.account.username,
            "title": duty.account.title,
            "role": duty.role,
            "place": duty.place.code,
            "pack": duty.pack,
            "since": duty.since,
            "until": duty.until,
        },
    )


class PackRow(Schema):
    """A version of a pack."""

    pack: str
    version: str
    current: bool
    name: dict[str, str]
    digest: str


class PackPage(PageOut):
    """A page of pack versions."""

    items: list[PackRow]


@router.get("/packs", scope="packs:read", response={200: PackPage, **REFUSED})
def list_packs(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Versions of packs."""
    rows = PackVersion.objects.visible_to(request.user).order_by("pack", "-created_at")
    return page_of(
        rows,
        query,
        lambda version: {
            "pack": version.pack,
            "version": version.number,
            "current": version.current,
            "name": version.name.model_dump(),
            "digest": version.digest,
        },
    )
