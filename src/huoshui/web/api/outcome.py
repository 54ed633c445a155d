"""What comes out of a round over the API: town summaries, comparison with the last round, comments, lists, files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema

from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.places.models import Place
from huoshui.reports.round_results import comments_pdf, result_sheet_pdf, results_workbook
from huoshui.reports.round_results.words import title_of
from huoshui.reports.typesetting import PDF
from huoshui.visits.queries import (
    PlaceChange,
    RankRow,
    TownSummary,
    VillageComment,
    comparison,
    places_of_round,
    red_and_blue,
    town_summaries,
    village_comments,
)
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.rounds import visible_round
from huoshui.web.files import as_file
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("rounds")


def _file(content_type: str) -> dict[str, Any]:
    content = {content_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "OK", "content": content}}}


class CommonFailureOut(Schema):
    """An item that fails at many places, and at how many."""

    item: str
    name: str
    places: int


class TownOut(Schema):
    """A town's results; points in thousandths of a point, ``deviation`` the standard deviation over all its places.

    ``failing``: failing items of all its places together.
    """

    town: str
    town_name: str
    places: int
    mean: int
    highest: int
    lowest: int
    deviation: int
    failing: int
    most_common: list[CommonFailureOut]


class TownPage(PageOut):
    """A page of towns."""

    items: list[TownOut]


class ItemChangeOut(Schema):
    """One compared item: percent of its points then and now, and whether it failed."""

    item: str
    name: str
    before: int
    now: int
    failed_before: bool
    failed_now: bool


class ComparisonOut(Schema):
    """A place against its own last sealed round of the same checklist; null where there is none.

    Totals in thousandths of a point, ``share_...`` of the compared points in tenths of a percent; ``change``: null
    where the checklist changed so that totals cannot be compared; ``left_out``: names of the items that could not be.
    """

    place: str
    place_name: str
    total: int
    last_round: UUID | None
    last_total: int | None
    change: int | None
    share_before: int | None
    share_now: int | None
    same_rules: bool | None
    items: list[ItemChangeOut]
    left_out: list[str]


class ComparisonPage(PageOut):
    """A page of comparisons."""

    items: list[ComparisonOut]


class RemarkOut(Schema):
    """What one judge, by number, said."""

    judge: int
    strengths: str
    shortcomings: str
    direction: str


class FailingOut(Schema):
    """An item that failed, and how many of the judges who answered found it so."""

    item: str
    name: str
    percent: int | None
    failed_by: int
    answered: int


class CommentOut(Schema):
    """What a round says to a village; ``rank``: null where the pack does not let places be ranked."""

    place: str
    place_name: str
    total: int
    rank: int | None
    remarks: list[RemarkOut]
    failing: list[FailingOut]


class CommentPage(PageOut):
    """A page of comments."""

    items: list[CommentOut]


class ListedOut(Schema):
    """A place on a list."""

    place: str
    place_name: str
    rank: int
    total: int


class ListsOut(Schema):
    """The red and blue lists as far as one sees them, and what they are for."""

    purpose: str
    red: list[ListedOut]
    blue: list[ListedOut]


class CommentQuery(Schema):
    """Of one place, or of all places of the round below it; "" for all that one may read."""

    place: str = ""


class CommentsQuery(Paged, CommentQuery):
    """A page of comments, of a place or of all."""


def town_out(summary: TownSummary) -> dict[str, Any]:
    """A town's summary."""
    return {
        "town": summary.town.code if summary.town else "",
        "town_name": summary.town.short_name if summary.town else "",
        **{name: getattr(summary, name) for name in ("places", "mean", "highest", "lowest", "deviation", "failing")},
        "most_common": [
            {"item": item.code, "name": str(item.name), "places": places} for item, places in summary.common
        ],
    }


def change_out(change: PlaceChange) -> dict[str, Any]:
    """A place's comparison."""
    place, basis = change.row.place, change.basis
    return {
        "place": place.code,
        "place_name": place.short_name,
        "total": change.row.total,
        "last_round": basis.round.pk if basis else None,
        "last_total": change.last.total if change.last else None,
        "change": change.change,
        "share_before": change.share_before,
        "share_now": change.share_now,
        "same_rules": basis.same_rules if basis else None,
        "items": [
            {
                "item": entry.item.code,
                "name": str(entry.item.name),
                "before": entry.before,
                "now": entry.now,
                "failed_before": entry.failed_before,
                "failed_now": entry.failed_now,
            }
            for entry in change.items
        ],
        "left_out": [str(item.name) for item in (*basis.added, *basis.dropped, *basis.changed)] if basis else [],
    }


def comment_out(comment: VillageComment) -> dict[str, Any]:
    """A village's comment."""
    place = comment.row.place
    return {
        "place": place.code,
        "place_name": place.short_name,
        "total": comment.row.total,
        "rank": comment.row.rank,
        "remarks": [
            {
                "judge": remark.number,
                "strengths": remark.strengths,
                "shortcomings": remark.shortcomings,
                "direction": remark.direction,
            }
            for remark in comment.remarks
        ],
        "failing": [
            {
                "item": failed.item.code,
                "name": str(failed.item.name),
                "percent": failed.percent,
                "failed_by": failed.failed_by,
                "answered": failed.answered,
            }
            for failed in comment.failing
        ],
    }


def listed_out(row: RankRow) -> dict[str, Any]:
    """A place on a list."""
    return {
        "place": row.place.code,
        "place_name": row.place.short_name,
        "rank": row.result.rank,
        "total": row.total,
    }


@router.get("/rounds/{round_id}/towns", response={200: TownPage, **REFUSED})
def list_towns(request: SignedInRequest, round_id: UUID, query: Query[Paged]) -> Any:
    """The towns of a round all of whose results one sees: mean, spread, most common failing items."""
    return page_of(town_summaries(visible_round(request, round_id), request.user), query, town_out)


@router.get("/rounds/{round_id}/comparison", response={200: ComparisonPage, **REFUSED})
def list_comparison(request: SignedInRequest, round_id: UUID, query: Query[Paged]) -> Any:
    """Each visible result against the place's own last sealed round of the same checklist, item by item."""
    return page_of(comparison(visible_round(request, round_id), request.user).rows, query, change_out)


@router.get("/rounds/{round_id}/comments", response={200: CommentPage, **REFUSED})
def list_comments(request: SignedInRequest, round_id: UUID, query: Query[CommentsQuery]) -> Any:
    """What the judges said of each village, by number, and what failed; in the order of the tour."""
    round = visible_round(request, round_id)
    return page_of(village_comments(round, request.user, _places(request, round, query.place)), query, comment_out)


@router.get("/rounds/{round_id}/lists", response={200: ListsOut, **REFUSED})
def get_lists(request: SignedInRequest, round_id: UUID) -> Any:
    """The red and blue lists of a sealed round whose pack has them; not found elsewhere."""
    found = red_and_blue(visible_round(request, round_id), request.user)
    if found is None:
        raise Refusal("access.not_found")
    red, blue = ([listed_out(row) for row in rows] for rows in (found.red, found.blue))
    return {"purpose": str(found.lists.purpose), "red": red, "blue": blue}


@router.get("/rounds/{round_id}/sheet.pdf", response=REFUSED, openapi_extra=_file(PDF))
def result_sheet_file(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The result sheet for signing."""
    round = visible_round(request, round_id)
    return as_file(result_sheet_pdf(round, request.user), PDF, f"{title_of(round, _('成绩表'))}.pdf")


@router.get("/rounds/{round_id}/comments.pdf", response=REFUSED, openapi_extra=_file(PDF))
def comments_file(request: SignedInRequest, round_id: UUID, query: Query[CommentQuery]) -> HttpResponse:
    """The comments, a page a village."""
    round = visible_round(request, round_id)
    pdf = comments_pdf(round, request.user, _places(request, round, query.place))
    return as_file(pdf, PDF, f"{title_of(round, _('观摩评说'))}.pdf")


@router.get("/rounds/{round_id}/results.xlsx", response=REFUSED, openapi_extra=_file(XLSX))
def results_file(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """All results as a workbook: ranking, items x villages, towns, comparison, comments, lists."""
    round = visible_round(request, round_id)
    return as_file(results_workbook(round, request.user), XLSX, f"{title_of(round, _('成果'))}.xlsx")


def _places(request: SignedInRequest, round: Any, code: str) -> list[Place] | None:
    """The round's places at and below a place; None for no filter. Raises filter.not_found."""
    if not code:
        return None
    return places_of_round(round, named(Place.objects.visible_to(request.user), "place", _("地点"), code=code))
