"""Lists: pages of rows whose filters stand in the address."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_SIZE = 50


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of rows that the address asks for; a page beyond the last shows the last."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def address_without(request: HttpRequest, *names: str) -> str:
    """The query string without the given names, ending so that another ``name=value`` can follow."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    text = query.urlencode()
    return f"?{text}&" if text else "?"
