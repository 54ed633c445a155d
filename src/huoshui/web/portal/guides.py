"""Where services are offered, what each place offers and when, and the guide of each item."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.places.queries import township_names
from huoshui.services import queries
from huoshui.services.hours import is_on
from huoshui.services.models import Offer
from huoshui.web.limits import limited
from huoshui.web.office.forms import page
from huoshui.web.office.service_pages.catalogue import guide_of

PAGES_A_MINUTE = 240


@require_GET
@limited("portal", PAGES_A_MINUTE, reads=True)
def portal(request: HttpRequest) -> HttpResponse:
    """The places where something is offered today, by town; ``?q=`` finds some by name."""
    text = request.GET.get("q", "").strip()[:40]
    found = queries.sites_with_offers()
    towns = township_names(place for place, _count in found)
    rows: dict[str, list[tuple[Place, int]]] = {}
    for place, count in found:
        if not text or text in place.name or text in towns[place.pk]:
            rows.setdefault(towns[place.pk] or place.short_name, []).append((place, count))
    context = {"towns": rows, "q": text, "any": bool(found), "open": bool(text) or len(rows) == 1}
    return page(request, "portal/index.html", context)


@require_GET
@limited("portal", PAGES_A_MINUTE, reads=True)
def site(request: HttpRequest, place: str) -> HttpResponse:
    """What one place offers, by group, and when. Raises access.not_found where it offers nothing."""
    offers = _offers(place)
    names = {code: str(group.name) for code, group in queries.groups().items()}
    groups: dict[str, list[dict[str, Any]]] = {}
    for offer in offers:
        known = offer.definition
        if known is not None:
            group = names.get(f"{offer.pack}.{known.group}", "")
            row = {"offer": offer, "item": known, "today": is_on(offer.weekdays, clock.today())}
            groups.setdefault(group, []).append(row)
    tally = queries.public_tally(offers[0].place)
    context = {
        "place": offers[0].place,
        "groups": groups,
        "ratings": {"count": tally[0], "percent": 100 * tally[1] // tally[0]} if tally else None,
    }
    return page(request, "portal/site.html", context)


@require_GET
@limited("portal", PAGES_A_MINUTE, reads=True)
def guide(request: HttpRequest, place: str, code: str) -> HttpResponse:
    """The guide of an item as a place offers it. Raises access.not_found."""
    offer = next((row for row in _offers(place) if row.item == code), None)
    item = offer.definition if offer else None
    if offer is None or item is None:
        raise Refusal("access.not_found")
    return page(request, "portal/guide.html", {"offer": offer, "item": item, "guide": guide_of(code, item)})


def _offers(code: str) -> list[Offer]:
    place = Place.objects.filter(code=code, closed_on__isnull=True).first()
    found = queries.offered_at(place) if place else []
    if not found:
        raise Refusal("access.not_found")
    return found
