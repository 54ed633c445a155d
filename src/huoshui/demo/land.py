"""The real places: province, city, district, 6 townships, 104 villages and 4 communities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.places.imports import import_places
from huoshui.places.models import Place

DATA = Path(__file__).parent / "data"
PLACES_FILE = DATA / "places_410871.csv"


@dataclass(frozen=True)
class Land:
    """The district, its townships, and its villages and communities, in the order of their codes."""

    district: Place
    towns: list[Place]
    villages: list[Place]
    """Villages and communities."""

    def villages_of(self, town: Place) -> list[Place]:
        """Villages and communities of a township."""
        return [village for village in self.villages if village.code.startswith(town.code)]

    def village(self, code: str) -> Place:
        """One village by its code. Raises KeyError when the district has none such."""
        found = next((village for village in self.villages if village.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    @property
    def proper_villages(self) -> list[Place]:
        """The villages without the communities."""
        return [village for village in self.villages if village.kind == "village"]


def open_land() -> Land:
    """Import the places from the file that comes with the product. Raises what a bad row is refused with."""
    report = import_places(by=system_account(), data=PLACES_FILE.read_bytes(), name=PLACES_FILE.name)
    if report.problems:
        raise Refusal.of(report.problems)
    found = list(Place.objects.order_by("path").select_related("parent"))
    return Land(
        district=next(place for place in found if place.kind == "district"),
        towns=[place for place in found if place.kind in ("town", "township", "subdistrict")],
        villages=[place for place in found if place.kind in ("village", "community")],
    )
