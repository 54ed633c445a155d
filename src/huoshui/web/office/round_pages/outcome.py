"""「成果」: everything that comes out of a round, to look at, print and take along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel.spreadsheets import XLSX
from huoshui.places.models import Place
from huoshui.reports.round_results import comments_pdf, result_sheet_pdf, results_workbook
from huoshui.reports.round_results.words import basis_words, title_of
from huoshui.reports.typesetting import PDF
from huoshui.visits.models import Round, RoundPlace
from huoshui.visits.queries import comparison, places_of_round, ranking, red_and_blue, town_summaries
from huoshui.visits.visibility import places_open_to
from huoshui.web.files import as_file
from huoshui.web.requests import SignedInRequest


def outcome(user: Any, round: Round) -> dict[str, Any]:
    """The tab: towns, each village against its own last round, lists, and what there is to print."""
    rows = ranking(round, user)
    compared = comparison(round, user, rows)
    readable = places_open_to(user, round)
    commented = [row for row in rows if row.place.pk in readable]
    return {
        "compared": compared,
        "bases": [(basis, basis_words(basis)) for basis in compared.bases],
        "towns": town_summaries(round, user, rows),
        "lists": red_and_blue(round, user, rows),
        "comment_towns": sorted({row.town for row in commented if row.town}, key=lambda town: town.path),
        "comments": len(commented),
        "open_places": readable,
    }


@require_GET
@login_required
def sheet(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The result sheet for signing, as PDF."""
    round = _visible(request, round_id)
    return as_file(result_sheet_pdf(round, request.user), PDF, f"{title_of(round, _('成绩表'))}.pdf", inline=True)


@require_GET
@login_required
def excel(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """All results as a workbook."""
    round = _visible(request, round_id)
    return as_file(results_workbook(round, request.user), XLSX, f"{title_of(round, _('成果'))}.xlsx")


@require_GET
@login_required
def comments(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """A page a village, as PDF: of a town, or of all that the reader may read."""
    round = _visible(request, round_id)
    code = request.GET.get("town", "")
    places, name = None, ""
    if code:
        town = Place.objects.get_visible(request.user, code=code)
        places, name = places_of_round(round, town), town.short_name
    title = title_of(round, f"{name}{_('观摩评说')}")
    return as_file(comments_pdf(round, request.user, places), PDF, f"{title}.pdf", inline=True)


@require_GET
@login_required
def comment(request: SignedInRequest, round_id: UUID, code: str) -> HttpResponse:
    """One village's page, as PDF."""
    round = _visible(request, round_id)
    entry = RoundPlace.objects.select_related("place").get_visible(request.user, round=round, place__code=code)
    title = title_of(round, f"{entry.place.short_name}{_('观摩评说')}")
    return as_file(comments_pdf(round, request.user, [entry.place]), PDF, f"{title}.pdf", inline=True)


def _visible(request: SignedInRequest, round_id: UUID) -> Round:
    round: Round = Round.objects.select_related("place", "pack_version").get_visible(request.user, pk=round_id)
    return round
