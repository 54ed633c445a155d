"""The parts of 数据 that somebody may open, as tabs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.figures.reporting.conflicts import open_conflicts
from huoshui.places.models import Place


def figure_tabs(user: Any, place: Place, here: str, year: str = "") -> list[dict[str, Any]]:
    """The tabs for a reader at a place; ``here``: the name of the page that is shown, ``year``: the one it shows."""
    chosen = f"?place={place.code}&year={year}" if year else ""
    parts = [
        (_("一览"), "figures", "figure.view", chosen),
        (_("看板"), "boards", "figure.view", chosen),
        (_("报表"), "returns", "figure.view", ""),
        (_("数据分歧"), "conflicts", "figure.view", ""),
        (_("核对公开材料"), "publications", "publication.check", ""),
        (_("导入"), "figure_import", "figure.import", ""),
        (_("导出"), "figure_export", "figure.view", f"?place={place.code}"),
        (_("查询台"), "console", "console.use", ""),
        (_("写指标"), "figure_try", "pack.load", ""),
    ]
    doubts = open_conflicts(user, place).count()
    return [
        {
            "label": label,
            "url": reverse(name) + query,
            "active": name == here,
            "count": doubts if name == "conflicts" and doubts else None,
        }
        for label, name, permission, query in parts
        if user.grants(permission)
    ]
