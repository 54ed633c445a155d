"""Where a figure opens: the path of its sheet, for pages and for files that lead there."""

from __future__ import annotations

from django.urls import reverse

from huoshui.kernel.reading import read_once


def sheet_path(indicator: str, place: str, period: str) -> str:
    """The path of a figure's sheet, by qualified code of the indicator, code of the place and of the period."""
    return f"{_sheets_path(indicator)}?place={place}&period={period}"


@read_once
def _sheets_path(indicator: str) -> str:
    return reverse("figure", args=[indicator])
