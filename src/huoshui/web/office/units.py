"""A unit's year: its matters by kind and outcome, the letters that it received and answered, and what is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from huoshui.duties.models import Unit
from huoshui.kernel import clock
from huoshui.matters.queries.of_unit import unit_year
from huoshui.web.office.forms import page
from huoshui.web.requests import SignedInRequest

FIRST_YEAR = 1949


@require_GET
@login_required
def unit_page(request: SignedInRequest, unit_id: UUID) -> HttpResponse:
    """One unit; ``?year=``: another year than this one."""
    unit: Unit = Unit.objects.select_related("place").get_visible(request.user, pk=unit_id)
    this_year = clock.today().year
    year = year_asked(request.GET.get("year", ""), this_year)
    context: dict[str, Any] = {
        "told": unit_year(request.user, unit, year),
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < this_year else None,
        "today": clock.today(),
    }
    return page(request, "office/units/page.html", context)


def year_asked(text: str, this_year: int) -> int:
    """The year of the address; this one for none, and for what is no year that has begun."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    return year if FIRST_YEAR <= year <= this_year else this_year
