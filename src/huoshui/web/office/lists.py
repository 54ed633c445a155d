"""Lists: pages of rows whose filters stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from huoshui.kernel.choices import named, require_known, unknown
from huoshui.kernel.errors import Refusal
from huoshui.packs.values import EXPECTED
from huoshui.places.models import Place
from huoshui.web.requests import SignedInRequest

PAGE_SIZE = 50
MOST_ROWS = 10_000
"""How far one leafs through a list; whoever looks for more than that wants a filter."""


class LongList:
    """Base of what is counted and sliced like a list, but is no queryset: its length is told up to MOST_ROWS + 1."""


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of rows that the address asks for; a page beyond the last shows the last."""
    return _NumberedPaginator(rows, size).get_page(request.GET.get("page"))


class _NumberedPage(Page[Any]):
    @property
    def numbers(self) -> list[int | str]:
        """The pages to offer: the first, the last, and those beside this one, with dots between."""
        return list(self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1))


class _NumberedPaginator(Paginator[Any]):
    """Counts no further than MOST_ROWS: to count a million rows takes longer than to show a page of them."""

    @cached_property
    def count(self) -> int:
        bounded = isinstance(self.object_list, QuerySet | LongList)
        return min(self._counted, MOST_ROWS) if bounded else self._counted

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than can be leafed through."""
        return self.count < self._counted

    @cached_property
    def _counted(self) -> int:
        if not isinstance(self.object_list, QuerySet):
            return len(self.object_list)
        counted: int = self.object_list.order_by()[: MOST_ROWS + 1].count()
        return counted

    def _get_page(self, *args: Any, **kwargs: Any) -> _NumberedPage:
        return _NumberedPage(*args, **kwargs)


def address_without(request: HttpRequest, *names: str) -> str:
    """The query string without the given names, ending so that another ``name=value`` can follow."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    text = query.urlencode()
    return f"?{text}&" if text else "?"


def chosen(request: HttpRequest, field: str, label: object, names: Mapping[str, object], rows: Any = None) -> str:
    """The code that the address gives a filter, "" for none.

    Raises value.choice, telling the ``names``, for one that is neither among them nor recorded in ``rows``.
    """
    code: str = request.GET.get(field, "")
    if rows is not None:
        require_known(rows, field, code, names, label=label, names=names)
    elif code and code not in names:
        raise unknown(field, code, names.values(), label)
    return code


def place_asked(request: SignedInRequest) -> Place | None:
    """The visible place of ``?place=``, below which the list looks; None for none. Raises filter.not_found."""
    code = request.GET.get("place", "")
    visible = Place.objects.visible_to(request.user)
    place: Place | None = named(visible, "place", _("地点"), code=code) if code else None
    return place


def day(request: HttpRequest, field: str, label: str) -> dt.date | None:
    """The day that the address gives a filter. Raises value.type for what is none."""
    text = request.GET.get(field, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("value.type", field=field, label=label, value=text, expected=EXPECTED["date"]) from None


def address_despite(request: HttpRequest, refusal: Refusal) -> str:
    """The page asked for without the filters that were refused; "" where none of them stands in its address."""
    refused = {problem.field for problem in refusal.problems} & set(request.GET)
    if request.method not in ("GET", "HEAD") or not refused:
        return ""
    query = request.GET.copy()
    for name in (*refused, "page"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
