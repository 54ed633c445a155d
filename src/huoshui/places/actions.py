"""Opening, locating, amending and closing places; renaming stands among the changes."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.tables import CONTROL
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.packs.values import clean_values
from huoshui.places import history
from huoshui.places.changes.actions import rename_place
from huoshui.places.changes.carriers import standing_open
from huoshui.places.geometry import checked_outline, checked_point, checked_precision, outline_text
from huoshui.places.models import MAX_PATH, Place, PlaceAttribute, PlaceParent
from huoshui.places.names import spellings
from huoshui.places.queries import next_site_code, present_attributes
from huoshui.places.schema import FREE_CODE, PlaceKind

__all__ = [
    "amend_attributes",
    "close_place",
    "kind_or_refuse",
    "locate_place",
    "open_place",
    "open_site",
    "rename_place",
]


@action("places.open")
def open_place(
    *,
    by: Any,
    kind: str,
    code: str,
    name: str,
    parent: Place | None,
    opened_on: dt.date | None = None,
    attributes: dict[str, Any] | None = None,
    latitude: int | None = None,
    longitude: int | None = None,
    precision: str = Place.Precision.EXACT,
) -> Place:
    """Open a place under its parent (latitude, longitude: micro-degrees WGS-84; precision: of ``Place.Precision``).

    Raises access.denied, place.kind, place.parent, place.code, place.code_taken, place.closed (the parent),
    place.point, or the value.* errors of a name or attributes that do not fit.
    """
    require(by, "place.edit", path=parent.path if parent else "/")
    place_kind = kind_or_refuse(kind)
    name = _checked_name(name)
    path = _checked_path(place_kind, code, parent)
    checked_point(latitude, longitude)
    values = clean_values(place_kind.attributes, attributes or {})
    place = Place.objects.create(
        **spellings(name),
        kind=kind,
        code=code,
        parent=parent,
        path=path,
        opened_on=opened_on,
        latitude=latitude,
        longitude=longitude,
        precision=checked_precision(precision),
    )
    if parent:
        PlaceParent.objects.create(place=place, parent=parent, since=opened_on)
    rows = [history.attribute_row(place, attribute, value, opened_on) for attribute, value in values.items()]
    PlaceAttribute.objects.bulk_create(rows)
    after = {"kind": kind, "code": code, "name": name, "attributes": values}
    journal.record(by=by, subject=place, place=place, after=after)
    return place


def open_site(
    *,
    by: Any,
    kind: str,
    name: str,
    parent: Place,
    opened_on: dt.date | None = None,
    attributes: dict[str, Any] | None = None,
    latitude: int | None = None,
    longitude: int | None = None,
    precision: str = Place.Precision.EXACT,
) -> Place:
    """Open a site (a hub, a courtyard) within a place; its code is the next free one below its parent's.

    Raises what ``open_place`` raises.
    """
    kind_or_refuse(kind)
    code = next_site_code(parent, kind)
    return open_place(
        by=by,
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        opened_on=opened_on,
        attributes=attributes,
        latitude=latitude,
        longitude=longitude,
        precision=precision,
    )


@action("places.amend")
def amend_attributes(
    *,
    by: Any,
    place: Place,
    attributes: dict[str, Any],
    since: dt.date | None = None,
    seen_version: int | None = None,
) -> Place:
    """Give a place's attributes new values from ``since`` (default today); the old ones keep their dates.

    An empty value ends the attribute. Raises access.denied, record.stale, place.since, or value.* errors.
    """
    place = _locked(by, place, seen_version)
    values = clean_values(kind_or_refuse(place.kind).attributes, attributes, partial=True)
    present = present_attributes(place)
    changed = {code: value for code, value in values.items() if present.get(code) != value}
    if not changed:
        running_action().changed_nothing()
        return place
    history.set_attributes(place, changed, since or clock.today())
    place.save_next_version()
    before = {code: present.get(code) for code in changed}
    journal.record(by=by, subject=place, place=place, before=before, after=changed)
    return place


@action("places.close")
def close_place(*, by: Any, place: Place, closed_on: dt.date | None = None, seen_version: int | None = None) -> Place:
    """Close a place from ``closed_on`` (default today); its records stay. What rests on it has to go first.

    Only a merge or a split carries that to a successor. Raises access.denied, record.stale, place.closed,
    place.open_children, place.closing_date or place.in_use.
    """
    place = _locked(by, place, seen_version)
    day = closed_on or clock.today()
    if place.opened_on and day < place.opened_on:
        raise Refusal("place.closing_date", field="closed_on", day=place.opened_on)
    children = list(place.children.filter(closed_on__isnull=True).order_by("code")[:4])
    if children:
        names = listed(child.short_name for child in children[:3]) + ("…" if len(children) > 3 else "")
        raise Refusal("place.open_children", field="place", place=place.short_name, children=names)
    resting = standing_open(place, day)
    if resting:
        counts = listed(_("%(label)s %(count)d 项") % {"label": row.label, "count": row.count} for row in resting)
        raise Refusal("place.in_use", field="closed_on", place=place.short_name, resting=counts)
    place.closed_on = day
    place.save_next_version("closed_on")
    journal.record(by=by, subject=place, place=place, after={"closed_on": day})
    return place


@action("places.locate")
def locate_place(
    *,
    by: Any,
    place: Place,
    latitude: int | None = None,
    longitude: int | None = None,
    outline: dict[str, Any] | None = None,
    precision: str = Place.Precision.EXACT,
    seen_version: int | None = None,
) -> Place:
    """Put a place on the map: a point (micro-degrees WGS-84) and an outline (GeoJSON Polygon or MultiPolygon).

    ``precision`` says what both are worth. What is None is taken away. Raises access.denied, record.stale,
    place.point, value.choice or place.outline.
    """
    place = _locked(by, place, seen_version)
    checked_point(latitude, longitude)
    polygon = None if outline is None else checked_outline(outline)
    nowhere = latitude is None and polygon is None
    worth = Place.Precision.EXACT if nowhere else checked_precision(precision)
    if (place.latitude, place.longitude, place.outline, place.precision) == (latitude, longitude, polygon, worth):
        running_action().changed_nothing()
        return place
    before = _location(place)
    place.latitude, place.longitude, place.outline, place.precision = latitude, longitude, polygon, worth
    place.save_next_version("latitude", "longitude", "outline", "precision")
    journal.record(by=by, subject=place, place=place, before=before, after=_location(place))
    return place


def kind_or_refuse(kind: str) -> PlaceKind:
    """The kind's definition. Raises place.kind when no current pack declares it."""
    kinds = all_current("place_kinds")
    if kind not in kinds:
        raise Refusal("place.kind", field="kind", kind=kind, known=listed(kind.name for kind in kinds.values()))
    found: PlaceKind = kinds[kind]
    return found


def _locked(by: Any, place: Place, seen_version: int | None) -> Place:
    """The place, authorised, locked, at the version that was seen, and not closed."""
    require(by, "place.edit", path=place.path)
    place = Place.objects.select_for_update().get(pk=place.pk)
    place.require_version(seen_version)
    if place.closed_on:
        raise Refusal("place.closed", field="place", place=place.short_name, day=place.closed_on)
    return place


def _checked_name(name: str) -> str:
    name = CONTROL.sub("", name).strip()
    if not name:
        raise Refusal("value.required", field="name", label=_("名称"))
    if len(name) > 120:
        raise Refusal("value.too_long", field="name", label=_("名称"), length=len(name), limit=120)
    return name


def _checked_path(kind: PlaceKind, code: str, parent: Place | None) -> str:
    if (parent.kind if parent else None) not in (kind.parents or (None,)):
        raise Refusal("place.parent", field="parent", kind=str(kind.name), parent=parent.short_name if parent else "—")
    if parent and parent.closed_on:
        raise Refusal("place.closed", field="parent", place=parent.short_name, day=parent.closed_on)
    if not re.fullmatch(kind.code_pattern or FREE_CODE, code) or "/" in code:
        raise Refusal("place.code", field="code", kind=str(kind.name), code=code)
    if Place.objects.filter(code=code).exists():
        raise Refusal("place.code_taken", field="code", code=code)
    path = f"{parent.path if parent else '/'}{code}/"
    if len(path) > MAX_PATH:
        raise Refusal("place.too_deep", field="parent", code=code)
    return path


def _location(place: Place) -> dict[str, Any]:
    """Point, and the outline as text: its degrees are fractions, which the journal does not take."""
    outline = None if place.outline is None else outline_text(place.outline)
    point = {"latitude": place.latitude, "longitude": place.longitude, "precision": str(place.precision)}
    return point | {"outline": outline}
