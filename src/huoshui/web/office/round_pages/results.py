"""Results: the cell behind the heat map, the village's review, adjustments, late sheets, corrections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import Matter
from huoshui.matters.queries import matters_of_source
from huoshui.places.directory import places_with_ids
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Adjustment, Result, Round, RoundPlace, Visit
from huoshui.visits.queries import comparison, village_review
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.opened import opened_among
from huoshui.web.office.round_pages.sheet_items import photo_row
from huoshui.web.office.round_pages.shown import show_round
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def cell(request: SignedInRequest, round_id: UUID, code: str, item: str) -> HttpResponse:
    """The drawer behind a cell: the answers of every judge by number, and the photos."""
    round, place, _beside = _round_and_place(request, round_id, code)
    review = village_review(round, place, request.user)
    row = next((row for row in review.items if row.item.code == item), None)
    if row is None:
        raise Refusal("access.not_found")
    context = {
        "round": round,
        "place": place,
        "row": row,
        "photos": [photo_row(photo) for photo in row.photos],
        "matter": _matters(request.user, round, place).get(item),
    }
    fragment = bool(getattr(request, "htmx", False))
    return page(request, "office/rounds/_cell.html" if fragment else "office/rounds/cell.html", context)


@require_GET
@login_required
def review(request: SignedInRequest, round_id: UUID, code: str) -> HttpResponse:
    """A village's review: strengths, shortcomings, direction, its items, what failed and which matter it opened."""
    round, place, neighbours = _round_and_place(request, round_id, code)
    found = village_review(round, place, request.user)
    matters = _matters(request.user, round, place)
    rows: list[dict[str, Any]] = [
        {"row": row, "photos": [photo_row(photo) for photo in row.photos], "matter": matters.get(row.item.code)}
        for row in found.items
    ]
    kinds = {definition.code: definition.name for definition in round.checklist.adjustments}
    context = {
        "round": round,
        "place": place,
        "parent": places_with_ids([place.parent_id]).get(place.parent_id) if place.parent_id else None,
        "review": found,
        "rows": rows,
        "opened": opened_among(request.user, round, place, matters.values()),
        "failing": [entry for entry in rows if entry["row"].failed],
        "adjustments": [(kinds.get(entry.code, entry.code), entry) for entry in found.adjustments],
        "neighbours": neighbours,
        "change": comparison(round, request.user, [found.result]).of(place) if found.result else None,
    }
    return page(request, "office/rounds/place.html", context)


PACK_SOURCES = ("pack_version__manifest_data", "pack_version__content")
"""Large, and already read: a version's typed definitions are kept by the process."""


def _round_and_place(
    request: SignedInRequest, round_id: UUID, code: str
) -> tuple[Round, Place, tuple[Place | None, Place | None]]:
    """A round, one of its places, and those before and after it in the order of the tour."""
    rounds = Round.objects.select_related("place", "pack_version").defer("place__outline", *PACK_SOURCES)
    round = rounds.get_visible(request.user, pk=round_id)
    entries = RoundPlace.objects.visible_to(request.user).filter(round=round).order_by("position")
    stops = list(entries.values_list("place_id", "place__code"))
    at = next((n for n, (_pk, known) in enumerate(stops) if known == code), None)
    if at is None:
        raise Refusal("access.not_found")
    beside = [stops[n][0] if 0 <= n < len(stops) else None for n in (at - 1, at, at + 1)]
    places = places_with_ids(pk for pk in beside if pk)
    before, place, after = (places.get(pk) if pk else None for pk in beside)
    if place is None:
        raise Refusal("access.not_found")
    return round, place, (before, after)


def _matters(user: Any, round: Round, place: Place) -> dict[str, Matter]:
    """The visible matters that the round opened for the place, by item code."""
    found = matters_of_source(user, round.pk, place)
    return {matter.source_item.rpartition("/")[2]: matter for matter in found}


@form_of("round", "round_id", then="?tab=adjustments")
@login_required
def adjust(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Record a bonus or deduction of a village."""
    round = _visible(request, round_id)
    form = FormState.typed(request)
    if form.attempt(_adjust, by=request.user, round=round, values=form.values) is None:
        return show_round(request, round, "adjustments", form)
    messages.success(request, _("加减分已登记"))
    return _to_tab(round, "adjustments")


def _adjust(*, by: Any, round: Round, values: dict[str, Any]) -> Adjustment:
    if not values.get("place"):
        raise Refusal("value.required", field="place", label=_("村"))
    place = Place.objects.get_visible(by, code=values["place"])
    return actions.record_adjustment(
        by=by,
        round=round,
        place=place,
        code=values.get("code", ""),
        points=values.get("points", ""),
        reason=values.get("reason", ""),
    )


@form_of("round", "round_id", then="?tab=adjustments")
@login_required
def withdraw_adjustment(request: SignedInRequest, round_id: UUID, adjustment_id: UUID) -> HttpResponse:
    """Take a bonus or deduction back."""
    round = _visible(request, round_id)
    rows = Adjustment.objects.select_related("round", "place")
    adjustment = rows.get_visible(request.user, pk=adjustment_id, round=round)
    form = FormState.typed(request)
    reason = form.values.get("reason", "")
    form.attempt(actions.withdraw_adjustment, by=request.user, adjustment=adjustment, reason=reason)
    if form.refused:
        return show_round(request, round, "adjustments", form)
    return _to_tab(round, "adjustments")


@form_of("round", "round_id")
@login_required
def admit(request: SignedInRequest, round_id: UUID, visit_id: UUID) -> HttpResponse:
    """Let a sheet that came late count."""
    round = _visible(request, round_id)
    visit = Visit.objects.get_visible(request.user, pk=visit_id, round=round)
    form = FormState.typed(request)
    reason = form.values.get("reason", "")
    if form.attempt(actions.admit_late_visit, by=request.user, visit=visit, reason=reason) is None:
        return show_round(request, round, "progress", form)
    messages.success(request, _("已准入，计入成绩"))
    return _to_tab(round, "progress")


@require_http_methods(["GET", "POST"])
@login_required
def correct(request: SignedInRequest, round_id: UUID, code: str) -> HttpResponse:
    """Correct the total of a sealed result: both values stay, with the reason."""
    round, place, _beside = _round_and_place(request, round_id, code)
    require(request.user, "round.correct", path=round.place.path, pack=round.pack)
    result = Result.objects.get_visible(request.user, round=round, place=place)
    form = FormState({"version": result.version})
    if request.method == "POST":
        form = FormState.typed(request)
        done = form.attempt(
            actions.correct_result,
            by=request.user,
            result=result,
            total=form.values.get("total", ""),
            reason=form.values.get("reason", ""),
            seen_version=form.seen_version,
        )
        if done:
            messages.success(request, _("已更正，原值与理由一并留存"))
            return _to_tab(round, "ranking")
    corrections = result.corrections.select_related("by").order_by("created_at")
    context = {"round": round, "place": place, "result": result, "corrections": corrections}
    return page(request, "office/rounds/correct.html", context, form)


def _visible(request: SignedInRequest, round_id: UUID) -> Round:
    round: Round = Round.objects.select_related("place", "pack_version").get_visible(request.user, pk=round_id)
    return round


def _to_tab(round: Round, tab: str) -> HttpResponse:
    return redirect(f"{reverse('round', args=[round.pk])}?tab={tab}")
