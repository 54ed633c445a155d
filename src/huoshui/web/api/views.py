"""Saved views of the ledger over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.matters.models import SavedView
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class ViewRow(Schema):
    """A view: its ledger's query string, and the unit it is shared with."""

    id: UUID
    name: str
    query: str
    unit: str | None
    own: bool


class ViewPage(PageOut):
    """A page of views."""

    items: list[ViewRow]


@router.get("/ledger-views", response={200: ViewPage, **REFUSED})
def list_ledger_views(request: SignedInRequest, query: Query[Paged]) -> Any:
    """One's own views of the ledger, and those shared with one's unit."""
    found = SavedView.objects.visible_to(request.user).select_related("unit").order_by("name", "id")
    return page_of(
        found,
        query,
        lambda view: {
            "id": view.pk,
            "name": view.name,
            "query": view.query,
            "unit": view.unit.name if view.unit else None,
            "own": view.account_id == request.user.pk,
        },
    )
