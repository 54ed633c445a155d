"""The map: one layer at a time, with the list beside it that says the same in words."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, Q, Value, When
from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import all_current
from huoshui.places.datums import SYSTEMS, WGS84
from huoshui.places.models import Place, PlaceQuerySet
from huoshui.places.on_map import MARKS, MOST_SPOTS, places_on_map, town_of, towns_by_path
from huoshui.places.queries import search_places
from huoshui.web import maps
from huoshui.web.office.forms import page
from huoshui.web.office.lists import chosen, paged, place_asked
from huoshui.web.office.map_layers import Layer, layers_of, select
from huoshui.web.office.matter_pages.ledger import units_offered
from huoshui.web.office.place_upkeep import kind_asked
from huoshui.web.requests import SignedInRequest

PLACES = "places"
LISTED = 100
OWN = ("layer", "page", "system")
"""What the address says of the map itself, and not of what lies on it."""


@require_GET
@login_required
def map_page(request: SignedInRequest) -> HttpResponseBase:
    """The map. Filters stand in the address as they do in the lists, the view behind its ``#``."""
    known = layers_of(request.user)
    names = {code: str(layer.label) for code, layer in known.items()} | {PLACES: pgettext("several", "地点")}
    code = chosen(request, "layer", _("图层"), names) or next(iter(names))
    layer, query = known.get(code), _query(request)
    context = {
        "layer": code,
        "layers": [
            {"label": label, "url": f"?{_query(request, only=('place',), layer=name)}", "active": name == code}
            for name, label in names.items()
        ],
        "within": place_asked(request),
        "any_filter": bool(query),
        "active": len(QueryDict(query)),
        "query": query,
        "features": f"{reverse('map_features', args=[code])}?{query}",
        "around": f"{reverse('map_features', args=[PLACES])}?{_query(request, only=('place',))}",
        "list_url": f"{reverse(layer.listed_at if layer else 'places')}?{query}",
        **(_counted(request, layer) if layer else _places(request)),
    }
    return maps.with_ground(page(request, "office/map.html", context))


@require_GET
@login_required
def features(request: SignedInRequest, layer: str) -> HttpResponseBase:
    """A layer's points as GeoJSON, in WGS-84 or the system of ``?system=``."""
    system = chosen(request, "system", _("坐标系"), {choice.code: choice.name for choice in SYSTEMS}) or WGS84
    known = layers_of(request.user)
    if layer in known:
        content = maps.counted_geojson(request.user, known[layer].counted(request), system)
    elif layer == PLACES:
        content = maps.places_geojson(request.user, places_on_map(_places_asked(request)), system)
    else:
        raise Refusal("access.not_found")
    return maps.answered(request, content)


@require_GET
@login_required
def style(request: SignedInRequest) -> HttpResponseBase:
    """What lies under the points."""
    return maps.answered(request, maps.map_style(), "application/json")


def _query(request: SignedInRequest, *, without: tuple[str, ...] = (), only: tuple[str, ...] = (), **more: str) -> str:
    """The filters of the address, those without a value left out."""
    query = request.GET.copy()
    for name in list(query):
        if name in (*OWN, *without) or (only and name not in only) or not query[name]:
            del query[name]
    for name, value in more.items():
        query[name] = value
    return query.urlencode()


def _places_asked(request: SignedInRequest) -> PlaceQuerySet:
    text, kind, within = request.GET.get("q", ""), kind_asked(request), place_asked(request)
    rows = search_places(request.user, text) if text else Place.objects.visible_to(request.user)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.under(within.path) if within else rows
    return rows.filter(closed_on__isnull=True).order_by("path")


def _counted(request: SignedInRequest, layer: Layer) -> dict[str, Any]:
    """What a layer that counts shows: its points, its marks with their words, and the places one by one."""
    found = layer.counted(request)
    towns = towns_by_path(request.user)
    shown = paged(request, found.rows, LISTED)
    address, query = reverse(layer.listed_at), _query(request, without=("place",))
    words = {mark: str(layer.words[mark]) for mark in MARKS if mark in layer.words}
    return {
        "found": found,
        "unit": layer.unit,
        "marks": words,
        "words": json.dumps(words, ensure_ascii=False),
        "list_address": address,
        "list_word": layer.list_word,
        "schematic": sum(row.spot.precision == Place.Precision.SCHEMATIC for row in found.rows),
        "rows": [
            {
                "code": row.spot.code,
                "name": row.spot.name,
                "town": _town_name(row.spot.path, row.spot.code, towns),
                "lights": [
                    {"light": mark, "word": f"{words[mark]} {row.counts[mark]}"} for mark in words if row.counts[mark]
                ],
                "url": f"{address}?{query}{'&' if query else ''}place={row.spot.code}",
            }
            for row in shown
        ],
        "page": shown,
        "cut": found.cut,
        "filters": layer.filters(request),
    }


def _places(request: SignedInRequest) -> dict[str, Any]:
    rows = _places_asked(request)
    on_map_first = Case(When(latitude__isnull=True, then=Value(1)), default=Value(0))
    shown = paged(request, rows.order_by(on_map_first, "path").defer("outline"), LISTED)
    kinds, towns = all_current("place_kinds"), towns_by_path(request.user)
    counted = rows.order_by().aggregate(
        all=Count("pk"),
        pointed=Count("latitude"),
        schematic=Count("latitude", filter=Q(precision=Place.Precision.SCHEMATIC)),
    )
    pointed = counted["pointed"]
    offered = {code: str(kind.name) for code, kind in kinds.items()}
    return {
        "list_word": _("看列表"),
        "pointed": pointed,
        "unpointed": counted["all"] - pointed,
        "schematic": counted["schematic"],
        "rows": [
            {
                "code": place.code,
                "name": place.short_name,
                "kind": kinds[place.kind].name if place.kind in kinds else place.kind,
                "town": _town_name(place.path, place.code, towns),
                "precision": place.precision if place.latitude is not None else "",
                "nowhere": place.latitude is None,
                "url": reverse("place", args=[place.code]),
            }
            for place in shown
        ],
        "page": shown,
        "cut": pointed > MOST_SPOTS,
        "filters": [
            select(request, "place", _("地点"), units_offered(request.user)),
            select(request, "kind", _("种类"), offered),
            {"name": "q", "label": _("名称、拼音首字母或代码"), "type": "search", "value": request.GET.get("q", "")},
        ],
    }


def _town_name(path: str, code: str, towns: dict[str, Place]) -> str:
    town = town_of(path, towns)
    return town.short_name if town and town.code != code else ""
