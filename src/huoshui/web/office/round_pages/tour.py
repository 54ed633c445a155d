"""The tour of a round: planned by a routing solver, moved by hand, adopted, printed."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.tried_files import keep_tried, tried_file
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.reports.tours import day_sheets_pdf, tour_workbook
from huoshui.reports.typesetting import PDF
from huoshui.visits import actions
from huoshui.visits.models import Round, TourDistances, TourPlan
from huoshui.visits.queries import TourShown, tour_of
from huoshui.visits.queries.tour import REASONS
from huoshui.visits.tour.names import Names
from huoshui.visits.tour.table import NAMED_PAIRS, Distances
from huoshui.visits.tour.terms import USUAL, Terms
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

TARGET = re.compile(r"(\d+)-(\d+)")


@require_GET
@login_required
def shown(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The terms, and the plan as far as it is there."""
    return _show(request, _visible(request, round_id), FormState())


def _show(request: SignedInRequest, round: Round, form: FormState, **more: Any) -> HttpResponse:
    tour, names = tour_of(round, request.user), Names(round, request.user)
    spoken = {code: place.short_name for code, place in names.places.items()}
    standing = Terms(**tour.tour.terms).typed(spoken) if tour.tour else {**USUAL, "begins": round.place.code}
    form.values = {**standing, **form.values}
    context = {
        "round": round,
        "shown": tour,
        "days": _days(tour),
        "targets": render_to_string("office/rounds/_tour_targets.html", {"targets": _targets(tour)}),
        "left_out": [(place, REASONS[why]) for place, why in tour.left_out],
        "table": TourDistances.objects.visible_to(request.user).filter(round=round).first(),
        "ends": _ends(names),
        "without_points": sum(place.latitude is None for place in names.own.values()),
        "may_plan": not round.is_locked,
        **more,
    }
    return page(request, "office/rounds/tour.html", context, form)


def _days(tour: TourShown) -> list[dict[str, Any]]:
    """The routes day by day; days on which nobody is under way are left out."""
    numbers = sorted({route.day for route in tour.routes})
    by_day = {day: [route for route in tour.routes if route.day == day] for day in numbers}
    return [{"number": day, "on": routes[0].on, "routes": routes} for day, routes in by_day.items()]


def _targets(tour: TourShown) -> list[dict[str, str]]:
    """Where a stop can be moved to: every team's day."""
    if tour.inputs is None:
        return []
    terms = tour.inputs.terms
    return [
        {"value": f"{day}-{team}", "label": _("第 %(day)s 天 第 %(team)s 组") % {"day": day, "team": team}}
        for day in range(1, terms.days + 1)
        for team in range(1, terms.teams + 1)
    ]


def _ends(names: Names) -> list[Place]:
    """Where a day may begin or end: administrative units, and sites that have a point."""
    kinds = all_current("place_kinds")
    units = {code for code, kind in kinds.items() if kind.category == "unit"}
    found = [place for place in names.places.values() if place.kind in units or place.latitude is not None]
    return sorted(found, key=lambda place: (len(place.path), place.path))


@form_of("round_tour", "round_id")
@login_required
def ask(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Have the tour planned."""
    round, form = _visible(request, round_id), FormState.typed(request)
    if form.attempt(actions.ask_tour, by=request.user, round=round, terms=form.values) is None:
        return _show(request, round, form)
    return redirect("round_tour", round_id=round.pk)


@form_of("round_tour", "round_id")
@login_required
def distances(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Try a table of distances, or keep the one that was tried."""
    round, form, user = _visible(request, round_id), FormState(), request.user
    if request.POST.get("step") == "keep":
        if form.attempt(_keep, by=user, round=round, sha256=request.POST.get("sha256", "")) is None:
            return _show(request, round, form)
        messages.success(request, _("里程表已采用"))
        return redirect("round_tour", round_id=round.pk)
    upload = request.FILES.get("file")
    data, name = (upload.read(), upload.name or "") if upload else (b"", "")
    found = form.attempt(actions.keep_distances, by=user, round=round, data=data, name=name, dry_run=True)
    if found is None:
        return _show(request, round, form)
    keep_tried(user, data, name)
    return _show(request, round, form, tried=_tried(round, found, data))


def _keep(*, by: Any, round: Round, sha256: str) -> Distances:
    tried = tried_file(by, sha256)
    return actions.keep_distances(by=by, round=round, data=tried.data, name=tried.name)


def _tried(round: Round, found: Distances, data: bytes) -> dict[str, Any]:
    """What the trial found: how much it says, and which pairs of the round's places it lacks."""
    missing = found.missing(entry.place for entry in round.places.select_related("place"))
    return {
        "distances": found,
        "sha256": hashlib.sha256(data).hexdigest(),
        "missing": len(missing),
        "pairs": [f"{a.short_name}—{b.short_name}" for a, b in missing[:NAMED_PAIRS]],
    }


@form_of("round_tour", "round_id")
@login_required
def move(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Move a stop up or down, to another team or day, or out of the tour."""
    round, form = _visible(request, round_id), FormState.typed(request)
    place = Place.objects.get_visible(request.user, code=form.values.get("place", ""))
    if form.attempt(_move, by=request.user, round=round, place=place, form=form) is None:
        return _show(request, round, form)
    return redirect(reverse("round_tour", args=[round.pk]) + f"#stop-{place.code}")


def _move(*, by: Any, round: Round, place: Place, form: FormState) -> TourPlan:
    target = _target(tour_of(round, by), place, form.values)
    return actions.move_stop(by=by, round=round, place=place, seen_version=form.seen_version, **target)


def _target(tour: TourShown, place: Place, values: dict[str, Any]) -> dict[str, int | None]:
    """Day, team and position that a button means. Raises value.required for none of them."""
    step = values.get("step", "")
    for route in tour.routes:
        for stop in route.stops:
            if stop.place.pk == place.pk and step in ("up", "down"):
                position = max(1, stop.number + (1 if step == "down" else -1))
                return {"day": route.day, "team": route.team, "position": position}
    chosen = TARGET.fullmatch(values.get("to", ""))
    if chosen is None and values.get("to") != "out":
        raise Refusal("value.required", field="to", label=_("移到"))
    return {"day": int(chosen[1]), "team": int(chosen[2])} if chosen else {"day": None, "team": None}


@form_of("round_tour", "round_id")
@login_required
def adopt(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Let the plan hold for the round."""
    round, form = _visible(request, round_id), FormState.typed(request)
    if form.attempt(actions.adopt_tour, by=request.user, round=round, seen_version=form.seen_version) is None:
        return _show(request, round, form)
    messages.success(request, _("行程已采用，评委在“我的评分表”里看得到"))
    return redirect("round_tour", round_id=round.pk)


@require_GET
@login_required
def sheets(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The day sheets as PDF: of one day, or of all."""
    round = _visible(request, round_id)
    day = request.GET.get("day", "")
    data = day_sheets_pdf(round, tour_of(round, request.user), request.user, int(day) if day.isdecimal() else None)
    return as_file(data, PDF, f"{round.name} {_('行程单')}.pdf", inline=True)


@require_GET
@login_required
def excel(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The whole tour as a workbook."""
    round = _visible(request, round_id)
    return as_file(tour_workbook(round, tour_of(round, request.user)), XLSX, f"{round.name} {_('行程')}.xlsx")


def _visible(request: SignedInRequest, round_id: UUID) -> Round:
    """The round, if the person may plan it."""
    round: Round = Round.objects.select_related("place", "pack_version").get_visible(request.user, pk=round_id)
    require(request.user, "round.plan", path=round.place.path, pack=round.pack)
    return round
