"""The analyst's console over the API: the views, a question and its answer, questions that are kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.console import actions
from huoshui.console.answers import HIDDEN
from huoshui.console.models import SavedQuery
from huoshui.console.queries import saved_queries, views
from huoshui.kernel.access import require
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("console")


class ViewColumnOut(Schema):
    """A column: text, integer, date or yes_no."""

    name: str
    type: str
    about: str


class ViewOut(Schema):
    """A fact view: rows of one kind of record, with documented columns."""

    name: str
    about: str
    columns: list[ViewColumnOut]


class ViewsOut(Schema):
    """All fact views."""

    items: list[ViewOut]


class AskIn(Schema):
    """A question: one SELECT in the dialect of PostgreSQL over the fact views."""

    sql: str = Field(max_length=8_000)
    limit: int = Field(actions.SHOWN, ge=1, le=actions.EXPORTED, description="Rows at the most.")


class AnswerColumnOut(Schema):
    """A column of an answer. ``counted``: it tells of several records, so small values of it are hidden."""

    name: str
    type: str
    counted: bool


class AnswerOut(Schema):
    """The rows: numbers as numerals, dates as ISO 8601, null for no value.

    ``suppressed`` names the cells (row and column, from 0) that are hidden: those of fewer than five records, and
    those beside them that a total would give away. In ``rows`` they are null.
    """

    columns: list[AnswerColumnOut]
    rows: list[list[str | int | bool | None]]
    suppressed: list[tuple[int, int]]
    cut: bool = Field(description="Whether there are more rows than ``limit``.")


class SavedQueryOut(Schema):
    """A kept question."""

    id: UUID
    name: str
    sql: str
    shared: bool
    account: str


class SavedQueryPage(PageOut):
    """A page of kept questions."""

    items: list[SavedQueryOut]


class SavedQueryIn(Schema):
    """A question to keep; ``shared``: other analysts may ask it too, within their own duties."""

    name: str
    sql: str
    shared: bool = False


class RemovedQueryOut(Schema):
    """What was removed."""

    id: UUID


@router.get("/console/views", response={200: ViewsOut, **REFUSED}, summary="Fact views")
def list_views(request: SignedInRequest) -> dict[str, Any]:
    """The views that can be asked, with their columns."""
    require(request.user, "console.use")
    return {"items": views()}


@router.post("/console/ask", response={200: AnswerOut, **REFUSED_WRITE}, summary="Ask in SQL")
def ask(request: SignedInRequest, body: AskIn) -> dict[str, Any]:
    """Ask the fact views in SQL: read-only, within the account's duties, for a few seconds, journalled.

    WITH, JOIN … ON, LEFT JOIN, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, windows, and the listed functions; anything
    else is refused with the reason. A division by zero is null.
    """
    found = actions.ask(by=request.user, sql=body.sql, most=body.limit)
    hidden = [(at, column) for at, row in enumerate(found.rows) for column, cell in enumerate(row) if cell is HIDDEN]
    return {
        "columns": [{"name": one.title, "type": one.type, "counted": one.counted} for one in found.outputs],
        "rows": [[_plain(cell) for cell in row] for row in found.rows],
        "suppressed": hidden,
        "cut": found.cut,
    }


def _plain(cell: Any) -> str | int | bool | None:
    if cell is None or cell is HIDDEN:
        return None
    if isinstance(cell, bool | int):
        return cell
    return format(cell, "f") if hasattr(cell, "quantize") else str(cell)


@router.get("/console/queries", response={200: SavedQueryPage, **REFUSED}, summary="Kept questions")
def list_queries(request: SignedInRequest, query: Query[Paged]) -> Any:
    """One's own kept questions, and those that others share."""
    require(request.user, "console.use")
    return page_of(saved_queries(request.user), query, _saved)


@router.post("/console/queries", response={200: SavedQueryOut, **REFUSED_WRITE}, summary="Keep a question")
def save(request: SignedInRequest, body: SavedQueryIn) -> Any:
    """Keep a question under a name; one's own of that name is replaced."""

    def write() -> dict[str, Any]:
        return _saved(actions.save_query(by=request.user, **body.model_dump()))

    return idempotent(request, "console.save_query", body, write)


@router.delete(
    "/console/queries/{query_id}", response={200: RemovedQueryOut, **REFUSED_WRITE}, summary="Remove a question"
)
def remove(request: SignedInRequest, query_id: UUID) -> Any:
    """Remove a kept question of one's own."""

    def write() -> dict[str, Any]:
        row = SavedQuery.objects.standing().get_visible(request.user, pk=query_id)
        actions.remove_query(by=request.user, query=row)
        return {"id": str(row.pk)}

    return idempotent(request, "console.remove_query", None, write)


def _saved(row: SavedQuery) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("name", "sql", "shared")}
    return SavedQueryOut(id=row.pk, account=row.account.username, **told).model_dump(mode="json")
