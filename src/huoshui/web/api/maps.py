"""Places, and what is counted at them (matters, what is due, activities, services), as GeoJSON over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.activities.on_map import activities_on_map
from huoshui.activities.queries import ActivityFilter
from huoshui.kernel.choices import named
from huoshui.matters.queries import LedgerFilter
from huoshui.matters.queries.on_map import matters_on_map
from huoshui.places.models import Place
from huoshui.places.on_map import MOST_SPOTS, CountedOnMap, places_on_map
from huoshui.places.queries import places_of_kind, search_places
from huoshui.schedules.on_map import occasions_on_map
from huoshui.schedules.queries import OccasionFilter
from huoshui.services.on_map import offers_on_map
from huoshui.web import maps
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("places")
AS_GEOJSON: dict[str, Any] = {
    "responses": {200: {"content": {maps.GEOJSON: {"schema": {"$ref": "#/components/schemas/CollectionOut"}}}}}
}
"""The answers' own content type, beside that of the schema."""


class MapQuery(Schema):
    """What every map is asked: below which place, and in which system its coordinates are told."""

    place: str = ""
    system: Literal["wgs84", "gcj02"] = Field("wgs84", description="GeoJSON is WGS-84; gcj02 is for Chinese maps.")


class PlaceMapQuery(MapQuery):
    """Filters of places: what was typed (name, initials or code), and a kind."""

    q: str = ""
    kind: str = ""


class MatterMapQuery(MapQuery):
    """Filters of the ledger. Without a state, a phase or a light only matters that have not ended."""

    kind: str = ""
    state: str = ""
    phase: str = ""
    light: str = ""
    severity: str = ""
    text: str = ""
    due_from: dt.date | None = None
    due_to: dt.date | None = None


class ActivityMapQuery(MapQuery):
    """Filters of the list of activities."""

    kind: str = ""
    group: str = ""
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class OccasionMapQuery(MapQuery):
    """Filters of what comes round: a plan, a state, and days between which it is due (included)."""

    plan: UUID | None = None
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class OfferMapQuery(MapQuery):
    """An item, with its pack's code; without one all are counted."""

    item: str = ""


class PointOut(Schema):
    """A point: longitude and latitude in decimal degrees."""

    type: Literal["Point"]
    coordinates: list[float]


class FeatureOut(Schema):
    """A place with its properties: code, name, kind, town, precision (exact or schematic), and what is counted."""

    type: Literal["Feature"]
    id: int
    geometry: PointOut
    properties: dict[str, Any]


class CollectionOut(Schema):
    """A FeatureCollection; ``system`` names the datum."""

    type: Literal["FeatureCollection"]
    system: str
    cut: bool = Field(description=f"Whether there are more than the {MOST_SPOTS} places of one map.")
    total: int = Field(0, description="How many were counted, those that no point shows as well.")
    nowhere: int = Field(0, description="How many of them are at places without a point, above them as well.")
    features: list[FeatureOut]


def _below(request: SignedInRequest, code: str) -> str:
    """The path of a visible place, "" for none. Raises filter.not_found."""
    visible = Place.objects.visible_to(request.user)
    return str(named(visible, "place", code=code).path) if code else ""


def _filters(request: SignedInRequest, query: MapQuery) -> dict[str, Any]:
    """What a query asks of the records: its filters, and the path of its place. Raises filter.not_found."""
    return {**query.model_dump(exclude={"system"}), "place": _below(request, query.place)}


def _counted(request: SignedInRequest, query: MapQuery, found: CountedOnMap) -> Any:
    """What was counted, as every map answers it."""
    return maps.answered(request, maps.counted_geojson(request.user, found, query.system))


@router.get("/map/places", response={200: CollectionOut, **REFUSED}, openapi_extra=AS_GEOJSON)
def map_places(request: SignedInRequest, query: Query[PlaceMapQuery]) -> Any:
    """Visible open places that have a point."""
    user, path = request.user, _below(request, query.place)
    found = search_places(user, query.q) if query.q else Place.objects.visible_to(user)
    rows = places_of_kind(found, query.kind)
    spots = places_on_map(rows.under(path) if path else rows)
    return maps.answered(request, maps.places_geojson(user, spots, query.system))


@router.get("/map/matters", scope="matters:read", response={200: CollectionOut, **REFUSED}, openapi_extra=AS_GEOJSON)
def map_matters(request: SignedInRequest, query: Query[MatterMapQuery]) -> Any:
    """Places with how many of their matters show which light: red, yellow, blue, none and green."""
    found = matters_on_map(request.user, LedgerFilter(**_filters(request, query)))
    return _counted(request, query, found)


@router.get(
    "/map/activities", scope="activities:read", response={200: CollectionOut, **REFUSED}, openapi_extra=AS_GEOJSON
)
def map_activities(request: SignedInRequest, query: Query[ActivityMapQuery]) -> Any:
    """Places with their activities: held (green), planned (blue), past their day without a record (yellow), cancelled
    (none)."""
    found = activities_on_map(request.user, ActivityFilter(**_filters(request, query)))
    return _counted(request, query, found)


@router.get(
    "/map/occasions", scope="schedules:read", response={200: CollectionOut, **REFUSED}, openapi_extra=AS_GEOJSON
)
def map_occasions(request: SignedInRequest, query: Query[OccasionMapQuery]) -> Any:
    """Places with what comes round: missed (red), overdue (yellow), due (blue), done (green), excused (none)."""
    found = occasions_on_map(request.user, OccasionFilter(**_filters(request, query)))
    return _counted(request, query, found)


@router.get("/map/offers", scope="services:read", response={200: CollectionOut, **REFUSED}, openapi_extra=AS_GEOJSON)
def map_offers(request: SignedInRequest, query: Query[OfferMapQuery]) -> Any:
    """Places with how many service items they offer (none: no mark is urgent)."""
    found = offers_on_map(request.user, **_filters(request, query))
    return _counted(request, query, found)
