"""What the addresses of figures say: which place, which year; and the places above and below it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.addresses import sheet_path
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import Period, PeriodKind, period
from huoshui.places.models import Place
from huoshui.places.queries import ancestors
from huoshui.web.requests import SignedInRequest

YEARS_OFFERED = 5


def place_told(request: SignedInRequest) -> Place:
    """The place of the address; without one the uppermost whose figures the reader sees. Raises access.denied."""
    code = request.GET.get("place", "")
    if code:
        found: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code)
        return found
    require(request.user, "figure.view")
    paths = sorted((grant.path for grant in request.user.grants("figure.view")), key=len)
    return Place.objects.get(path=paths[0])


def year_told(request: SignedInRequest) -> Period:
    """The year of the address; without one this year. Raises value.type."""
    text = request.GET.get("year", "") or str(clock.today().year)
    try:
        asked = period(text)
    except ValueError:
        asked = None
    if asked is None or asked.kind != PeriodKind.YEAR:
        raise Refusal("value.type", field="year", label=_("年度"), value=text, expected=_("四位年份"))
    return asked


def year_filter(year: Period) -> dict[str, Any]:
    """The years to choose from, as a filter."""
    last = max(clock.today().year, year.first.year)
    years = [str(number) for number in range(last, min(last - YEARS_OFFERED, year.first.year - 1, 2016), -1)]
    options = [{"value": one, "label": one} for one in years]
    return {"name": "year", "label": _("年度"), "value": year.code, "options": options}


def places_above(request: SignedInRequest, place: Place) -> list[Place]:
    """The places above whose figures the reader sees too."""
    grants = [grant.path for grant in request.user.grants("figure.view")]
    return [up for up in ancestors(place) if up.pk != place.pk and any(up.path.startswith(path) for path in grants)]


def places_below(request: SignedInRequest, place: Place) -> list[Place]:
    """The open places directly below that the reader sees."""
    rows = Place.objects.visible_to(request.user).filter(parent=place, closed_on__isnull=True)
    return list(rows.order_by("path").only("code", "short_name", "path"))


def sheet_address(code: str, place: Place, asked: Period) -> str:
    """The sheet of a figure."""
    return sheet_path(code, place.code, asked.code)
