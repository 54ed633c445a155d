"""Lists over the API: pages of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from ninja import Field, Schema

from huoshui.kernel.errors import Refusal

MOST_PER_PAGE = 500


class Paged(Schema):
    """Which page of a list. Beyond the last one, value.range names the pages that there are."""

    page: int = Field(1, description="Page, from 1 to the number of pages.", json_schema_extra={"minimum": 1})
    size: int = Field(
        100,
        description=f"Rows of a page, 1 to {MOST_PER_PAGE}.",
        json_schema_extra={"minimum": 1, "maximum": MOST_PER_PAGE},
    )


class PageOut(Schema):
    """What every page of a list tells besides its ``items``: how many rows and pages there are, and which it is."""

    total: int
    page: int
    pages: int


def page_of(rows: Any, asked: Paged, row_out: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of rows: ``{"total", "page", "pages", "items"}``. Raises value.range for page or size."""
    paginator = Paginator(rows, _within("size", asked.size, MOST_PER_PAGE))
    shown = paginator.page(_within("page", asked.page, paginator.num_pages))
    return {
        "total": paginator.count,
        "page": shown.number,
        "pages": paginator.num_pages,
        "items": [row_out(row) for row in shown],
    }


def _within(field: str, value: int, high: int) -> int:
    if not 1 <= value <= high:
        raise Refusal("value.range", field=field, label=field, value=value, low=1, high=high)
    return value
