"""A unit's year over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.duties.models import Unit
from huoshui.kernel import clock
from huoshui.matters.queries.of_unit import unit_year
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class YearQuery(Schema):
    """Which year; 0: this one."""

    year: int = 0


class EndedOut(Schema):
    """How many matters ended in a state."""

    state: str
    count: int


class KindOut(Schema):
    """The matters of a kind that the unit answers for: opened and ended in the year, going and late today."""

    kind: str
    name: str
    opened: int
    ended: list[EndedOut]
    going: int
    late: int


class UnitYearOut(Schema):
    """A unit's year, without points, order or persons."""

    id: UUID
    name: str
    place: str
    year: int
    kinds: list[KindOut]
    letters: int
    letters_answered: int
    letters_late: int


@router.get("/units/{unit_id}/year", response={200: UnitYearOut, **REFUSED})
def read_unit_year(request: SignedInRequest, unit_id: UUID, query: Query[YearQuery]) -> Any:
    """The matters of a visible unit in a year by kind and outcome, and its letters."""
    unit = Unit.objects.select_related("place").get_visible(request.user, pk=unit_id)
    told = unit_year(request.user, unit, query.year if 1949 <= query.year <= 9998 else clock.today().year)
    kinds = [
        {
            "kind": row.kind,
            "name": row.name,
            "opened": row.opened,
            "ended": [{"state": state, "count": count} for state, count in row.ended],
            "going": row.going,
            "late": row.late,
        }
        for row in told.kinds
    ]
    return {
        "id": unit.pk,
        "name": unit.name,
        "place": unit.place.code,
        "year": told.year,
        "kinds": kinds,
        "letters": told.letters_count,
        "letters_answered": told.letters_answered,
        "letters_late": told.letters_late,
    }
