"""What the pages of services share: filters, and places by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from huoshui.places.models import Place
from huoshui.services import queries
from huoshui.services.schema import ServiceItem


def modes() -> dict[str, str]:
    """How an item is done, by code."""
    return {"direct": _("直办"), "agent": _("代办"), "assisted": _("协办"), "told": _("公开告知")}


def filter_of(name: str, label: str, value: str, options: Mapping[str, object]) -> dict[str, Any]:
    """A filter as ``partials/_filters.html`` shows it."""
    rows = [{"value": code, "label": str(said)} for code, said in options.items()]
    return {"name": name, "label": label, "value": value, "options": rows}


def item_names() -> dict[str, str]:
    """Names of the current items by qualified code."""
    return {code: str(item.name) for code, item in queries.items().items()}


def towns_of(user: Any, places: Iterable[Place]) -> dict[str, str]:
    """The visible townships above some places, by code: what a list of hubs is narrowed to."""
    paths = {path for place in places for path in _above(place.path)}
    found = Place.objects.visible_to(user).filter(path__in=paths, kind__in=("town", "township", "subdistrict"))
    return {place.code: place.short_name for place in found.order_by("path")}


def _above(path: str) -> list[str]:
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:at]) + "/" for at in range(1, len(parts))]


def group_rows(items: Mapping[str, ServiceItem]) -> list[dict[str, Any]]:
    """Items under their groups, in the order of the pack: ``{"name", "items": [(code, item)]}``."""
    names = queries.groups()
    rows: dict[str, list[tuple[str, ServiceItem]]] = {}
    for code, item in items.items():
        rows.setdefault(f"{code.partition('.')[0]}.{item.group}", []).append((code, item))
    ordered = [code for code in names if code in rows]
    return [{"code": code, "name": str(names[code].name), "items": rows[code]} for code in ordered]
