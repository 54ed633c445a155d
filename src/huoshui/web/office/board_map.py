"""The places below on a map: outlines where they are known, else points, each in the shade of its value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.figures.boards.classes import classes_of
from huoshui.figures.boards.queries import PartRow
from huoshui.kernel.access import Actor
from huoshui.packs.units import unit_word
from huoshui.places.datums import MICRO, NAMES, WGS84
from huoshui.places.models import Place

NO_DATA = -1
"""The shade of what has no value."""


@dataclass(frozen=True)
class Located:
    """Where a place lies: its outline, or its point in degrees of WGS-84."""

    geometry: dict[str, Any]
    is_schematic: bool

    @property
    def is_point(self) -> bool:
        """Whether no outline is known."""
        return bool(self.geometry["type"] == "Point")


def located(actor: Actor, places: Iterable[Place]) -> dict[UUID, Located]:
    """Those of some places that the reader sees and that have an outline or a point, by their ids: one query."""
    rows = Place.objects.visible_to(actor).filter(pk__in=[place.pk for place in places])
    found = {}
    for pk, outline, latitude, longitude, precision in rows.values_list(
        "pk", "outline", "latitude", "longitude", "precision"
    ):
        if outline:
            found[pk] = Located(outline, precision == Place.Precision.SCHEMATIC)
        elif latitude is not None and longitude is not None:
            point = {"type": "Point", "coordinates": [longitude / MICRO, latitude / MICRO]}
            found[pk] = Located(point, precision == Place.Precision.SCHEMATIC)
    return found


def features_of(actor: Actor, told: Sequence[tuple[PartRow, str]]) -> dict[str, Any]:
    """Rows of places, each with where it leads, as a FeatureCollection."""
    rows = [row for row, _url in told]
    _classes, shades = classes_of([row.figure for row in rows])
    where = located(actor, [row.place for row in rows if row.place])
    features = []
    for number, ((row, url), at) in enumerate(zip(told, shades, strict=True), start=1):
        if row.place is None or row.place.pk not in where:
            continue
        figure = row.figure
        value = f"{figure.told} {unit_word(figure.indicator.unit)}" if figure.shown else figure.why_none
        properties = {
            "code": row.place.code,
            "name": row.place.short_name,
            "value": value,
            "shade": NO_DATA if at is None else at,
            "told": _("%(name)s：%(value)s") % {"name": row.place.short_name, "value": value},
            "url": url,
        }
        geometry = where[row.place.pk].geometry
        features.append({"type": "Feature", "id": number, "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "system": NAMES[WGS84], "features": features}
