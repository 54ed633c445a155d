"""What every map shares: points as GeoJSON with an ETag, the ground below them, and what the policy admits for it.

Without a key of Tianditu nothing is fetched from outside, and the ground is plain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor
from huoshui.packs.queries import all_current
from huoshui.places.datums import NAMES, WGS84
from huoshui.places.on_map import CountedOnMap, Spot, Spots, degrees, town_of, towns_by_path

GEOJSON = "application/geo+json"
TIANDITU = "https://*.tianditu.gov.cn"
TILE_HOSTS, DEEPEST = range(8), 18
GROUND = (("vec", "tianditu"), ("cva", "tianditu-names"))
"""Layers of Tianditu (streets, and their names) in Web Mercator, with the names of their sources."""
Response = TypeVar("Response", bound=HttpResponseBase)


def map_style() -> dict[str, Any]:
    """The style that a map begins with: a plain ground, upon it the tiles of Tianditu where a key is set.

    Neither glyphs nor sprites: labels are drawn with the reader's own fonts.
    """
    style: dict[str, Any] = {"version": 8, "sources": {}, "layers": [{"id": "ground", "type": "background"}]}
    for layer, source in GROUND if settings.TIANDITU_KEY else ():
        style["sources"][source] = {
            "type": "raster",
            "tiles": [_tiles(host, layer) for host in TILE_HOSTS],
            "tileSize": 256,
            "maxzoom": DEEPEST,
            "attribution": _("天地图（国家地理信息公共服务平台）"),
        }
        style["layers"].append({"id": source, "type": "raster", "source": source})
    return style


def _tiles(host: int, layer: str) -> str:
    return (
        f"https://t{host}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
        f"&tk={settings.TIANDITU_KEY}"
    )


def with_ground(response: Response) -> Response:
    """Let this one page fetch tiles, if there is a key; other pages keep the strict policy.

    The address of the site, without the page's, goes along: a key of Tianditu may be bound to it.
    """
    if settings.TIANDITU_KEY:
        response._csp_update = {"img-src": [TIANDITU], "connect-src": ["'self'", TIANDITU]}  # type: ignore[attr-defined]
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def places_geojson(actor: Actor, found: Spots, system: str = WGS84) -> dict[str, Any]:
    """Places as a FeatureCollection."""
    return _collection(actor, ((spot, {}) for spot in found.rows), system, {"cut": found.cut})


def counted_geojson(actor: Actor, found: CountedOnMap, system: str = WGS84) -> dict[str, Any]:
    """Places with what was counted there, by mark and in all, as a FeatureCollection."""
    rows = ((row.spot, {**row.counts, "total": row.total}) for row in found.rows)
    return _collection(actor, rows, system, {"cut": found.cut, "total": found.total, "nowhere": found.nowhere})


def _collection(
    actor: Actor, rows: Iterable[tuple[Spot, dict[str, int]]], system: str, told: dict[str, Any]
) -> dict[str, Any]:
    kinds, towns = all_current("place_kinds"), towns_by_path(actor)
    features = []
    for number, (spot, counts) in enumerate(rows, start=1):
        kind, town = kinds.get(spot.kind), town_of(spot.path, towns)
        properties = {
            "code": spot.code,
            "name": spot.name,
            "kind": spot.kind,
            "kind_name": str(kind.name) if kind else spot.kind,
            "site": bool(kind and kind.category == "site"),
            "town": town.code if town else "",
            "town_name": town.short_name if town and town.code != spot.code else "",
            "precision": spot.precision,
            **counts,
        }
        geometry = {"type": "Point", "coordinates": list(degrees(spot, system))}
        features.append({"type": "Feature", "id": number, "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "system": NAMES[system], **told, "features": features}


def answered(request: HttpRequest, content: dict[str, Any], kind: str = GEOJSON) -> HttpResponseBase:
    """The content with an ETag over all of it: who has it already, and nothing has changed, is told 304."""
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=kind, headers={"ETag": etag})
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response
