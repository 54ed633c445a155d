"""Ratings: how they are spread by level and aspect, and those that have to be corrected. Never by persons."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.numbers import shown
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.services import queries
from huoshui.services.export import ratings_workbook
from huoshui.services.models import Rating
from huoshui.web.files import as_file
from huoshui.web.office.forms import page
from huoshui.web.office.lists import chosen, day, paged, place_asked
from huoshui.web.office.service_pages.common import filter_of, item_names, towns_of
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def service_ratings(request: SignedInRequest) -> HttpResponse:
    """The ratings, their spread, and the corrections that run; whoever may not see each sees what can be published."""
    found, place, item, low = _asked(request)
    if not request.user.grants("service.ratings"):
        tally = queries.shared_tally(request.user, place.path if place else "")
        told = {"count": tally[0], "percent": 100 * tally[1] // tally[0]} if tally else None
        return page(request, "office/services/ratings_shared.html", {"told": told, "place": place})
    spread = queries.tally(found)
    rows = Rating.objects.visible_to(request.user).order_by().values("request__place").distinct()
    towns = towns_of(request.user, Place.objects.filter(pk__in=rows))
    if place is not None and place.code not in towns:
        towns = {place.code: place.short_name} | towns
    since = day(request, "since", _("评价自"))
    context = {
        "rows": paged(request, found),
        "spread": spread,
        "share": _percent(spread.satisfied, spread.count) if spread.count else "",
        "levels": _bars(spread.levels, spread.count),
        "aspects": _aspects(spread.aspects),
        "going": found.filter(correction_id__isnull=False, corrected_on__isnull=True).count(),
        "today": clock.today(),
        "filters": [
            filter_of("place", _("乡镇"), place.code if place else "", towns),
            filter_of("item", _("事项"), item, item_names()),
            filter_of("low", _("整改"), "1" if low else "", {"1": _("只看要整改的")}),
            {"name": "since", "label": _("评价自"), "type": "date", "value": since.isoformat() if since else ""},
        ],
        "may_export": bool(request.user.grants("service.export")),
    }
    return page(request, "office/services/ratings.html", context)


@require_GET
@login_required
def service_ratings_export(request: SignedInRequest) -> HttpResponse:
    """The same as an Excel workbook."""
    found, _place, _item, _low = _asked(request)
    return as_file(ratings_workbook(request.user, found), XLSX, f"{_('好差评')}.xlsx")


def _asked(request: SignedInRequest) -> tuple[QuerySet[Rating], Place | None, str, bool]:
    place = place_asked(request)
    item = chosen(request, "item", _("事项"), item_names())
    low = request.GET.get("low") == "1"
    since = day(request, "since", _("评价自"))
    found = queries.ratings(request.user, place=place.path if place else "", item=item, low=low, since=since)
    return found, place, item, low


def _percent(part: int, whole: int) -> str:
    """A share in percent with one decimal, halves upwards."""
    return shown((2000 * part + whole) // (2 * whole), 10)


def _levels() -> dict[str, str]:
    """Names of the levels of every rule, the best first."""
    return {level.code: str(level.name) for rule in all_current("service_ratings").values() for level in rule.levels}


def _bars(counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    names = _levels()
    ordered = [*names, *sorted(set(counts) - set(names))]
    return [
        {"name": names.get(c, c), "count": counts.get(c, 0), "percent": _percent(counts.get(c, 0), total)}
        for c in ordered
        if total
    ]


def _aspects(spread: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    names = {a.code: str(a.name) for rule in all_current("service_ratings").values() for a in rule.aspects}
    rows = []
    for code in [*names, *sorted(set(spread) - set(names))]:
        if code in spread:
            count = sum(spread[code].values())
            rows.append({"name": names.get(code, code), "count": count, "bars": _bars(spread[code], count)})
    return rows
