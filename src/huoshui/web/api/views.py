"""Saved views of the ledger over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.matters import actions
from huoshui.matters.models import SavedView
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
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


class ViewIn(Schema):
    """A view to keep: the query string of the ledger's page, for oneself or shared with one's unit."""

    name: str
    query: str
    shared: bool = False


class ViewChange(Schema):
    """Another name, and whether it is shared."""

    name: str
    shared: bool


class DeletedOut(Schema):
    """Which view is gone."""

    deleted: UUID


def view_out(view: SavedView, reader: UUID) -> dict[str, Any]:
    """A view as a reader sees it, as JSON."""
    unit = view.unit.name if view.unit else None
    row = ViewRow(id=view.pk, name=view.name, query=view.query, unit=unit, own=view.account_id == reader)
    return row.model_dump(mode="json")


def _view(request: SignedInRequest, view_id: UUID) -> SavedView:
    return SavedView.objects.get_visible(request.user, pk=view_id)


@router.get("/ledger-views", response={200: ViewPage, **REFUSED})
def list_ledger_views(request: SignedInRequest, query: Query[Paged]) -> Any:
    """One's own views of the ledger, and those shared with one's unit."""
    found = SavedView.objects.visible_to(request.user).select_related("unit").order_by("name", "id")
    return page_of(found, query, lambda view: view_out(view, request.user.pk))


@router.post("/ledger-views", response={200: ViewRow, **REFUSED_WRITE})
def save_view(request: SignedInRequest, body: ViewIn) -> Any:
    """Keep a view of the ledger."""

    def write() -> dict[str, Any]:
        return view_out(actions.save_view(by=request.user, **body.model_dump()), request.user.pk)

    return idempotent(request, "matters.save_view", body, write)


@router.patch("/ledger-views/{view_id}", response={200: ViewRow, **REFUSED_WRITE})
def change_view(request: SignedInRequest, view_id: UUID, body: ViewChange) -> Any:
    """Rename one's own view, share it, or keep it to oneself again."""
    view = _view(request, view_id)

    def write() -> dict[str, Any]:
        return view_out(actions.change_view(by=request.user, view=view, **body.model_dump()), request.user.pk)

    return idempotent(request, "matters.change_view", body, write)


@router.delete("/ledger-views/{view_id}", response={200: DeletedOut, **REFUSED_WRITE})
def delete_view(request: SignedInRequest, view_id: UUID) -> Any:
    """Delete one's own view."""

    def write() -> dict[str, Any]:
        actions.delete_view(by=request.user, view=_view(request, view_id))
        return {"deleted": str(view_id)}

    return idempotent(request, "matters.delete_view", None, write)
