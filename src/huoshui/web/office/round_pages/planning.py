"""Planning a round: what is reviewed with which checklist, which villages, by which rules, by whom."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.packs.values import clean_values
from huoshui.places.models import Place, prefixes
from huoshui.visits import actions
from huoshui.visits.models import Missing, Round
from huoshui.visits.teams import fitting_places, opening_gaps
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.plan_form import DAYS, fitting, save_plan, standing_values, teams_of, towns_of
from huoshui.web.office.round_pages.steps import stages
from huoshui.web.office.round_pages.teams import team_rows
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def round_new(request: SignedInRequest) -> HttpResponse:
    """Name, checklist, place and dates; every fitting village below the place is taken in at once."""
    user = request.user
    if not user.grants("round.plan"):
        raise Refusal("access.not_found")
    form = FormState({"opens_on": clock.today(), "closes_on": clock.today() + dt.timedelta(days=4)})
    if request.method == "POST":
        form = FormState.typed(request)
        round = form.attempt(_plan, by=user, values=form.values)
        if round:
            return redirect("round_plan", round_id=round.pk)
    # What is scored comes first: a survey is seldom what a round is planned for.
    checklists = sorted(
        all_current("checklists").items(), key=lambda item: (item[1].ranking is None, -item[1].total_points)
    )
    context = {"checklists": dict(checklists), "scopes": _scopes(user)}
    return page(request, "office/rounds/new.html", context, form)


def _scopes(user: Any) -> list[Place]:
    """The open places under which the person plans rounds and that hold, or are, one that a checklist is for."""
    fitting_paths = fitting_places(*all_current("checklists").values()).values_list("path", flat=True)
    holding = {path for fitting_path in fitting_paths for path in prefixes(fitting_path)}
    planned = [grant.path for grant in user.grants("round.plan")]
    return [
        place
        for place in Place.objects.visible_to(user).filter(closed_on__isnull=True).order_by("path")
        if place.path in holding and place.path.startswith(tuple(planned))
    ]


def _plan(*, by: Any, values: dict[str, Any]) -> Round:
    days = clean_values(DAYS, {day.code: values.get(day.code) for day in DAYS})
    if not values.get("place"):
        raise Refusal("value.required", field="place", label=_("范围"))
    place = Place.objects.get_visible(by, code=values["place"])
    with transaction.atomic():
        round = actions.plan_round(
            by=by, place=place, checklist=values.get("checklist", ""), name=values.get("name", ""), **days
        )
        actions.set_places(by=by, round=round, places=list(fitting(round)))
    return round


@require_http_methods(["GET", "POST"])
@login_required
def round_plan(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Basics and rules, villages, judges: one form, saved at once, so that no choice is lost to another."""
    round = _planned(request, round_id)
    form, typed = FormState(standing_values(round)), None
    if request.method == "POST":
        form = FormState({**form.values, **FormState.typed(request).values})
        saved = form.attempt(save_plan, request=request, round=round, values=form.values)
        if saved is not None:
            return _after_saving(request, saved)
        round, typed = _planned(request, round_id), request.POST
    context = {
        "round": round,
        "stages": stages(round),
        "towns": towns_of(round, typed),
        "teams": teams_of(round, typed),
        "gaps": opening_gaps(round),
        "missing_choices": Missing.choices,
    }
    return page(request, "office/rounds/plan.html", context, form)


def _after_saving(request: SignedInRequest, round: Round) -> HttpResponse:
    """On to the confirmation when that was asked for; otherwise back to the plan, where the button stood."""
    messages.success(request, _("已保存"))
    if request.POST.get("then") == "begin":
        return redirect("round_begin", round_id=round.pk)
    at = request.POST.get("then", "")
    return redirect(reverse("round_plan", args=[round.pk]) + (f"#{at}" if at in ("judges", "places") else ""))


@require_GET
@login_required
def round_begin(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """What begins, to be read once more before the judges can score; or what is still missing."""
    round = _planned(request, round_id)
    if round.state != Round.State.PLANNED:
        return redirect("round", round_id=round.pk)
    towns = [town for town in towns_of(round) if town.chosen]
    context = {
        "round": round,
        "stages": stages(round),
        "gaps": opening_gaps(round),
        "towns": towns,
        "villages": sum(town.chosen for town in towns),
        "teams": [team for team in team_rows(round) if team.judges],
        "judges": round.judges.count(),
    }
    return page(request, "office/rounds/begin.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def round_withdraw(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Take a round off that was planned by mistake, once the reason is given and it is confirmed."""
    round = _planned(request, round_id)
    if round.state != Round.State.PLANNED:
        return redirect("round", round_id=round.pk)
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        form.attempt(actions.withdraw_round, by=request.user, round=round, reason=form.values.get("reason", ""))
        if not form.refused:
            messages.success(request, _("“%(name)s”已撤销") % {"name": round.name})
            return redirect("rounds")
    context = {"round": round, "villages": round.places.count(), "judges": round.judges.count()}
    return page(request, "office/rounds/withdraw.html", context, form)


def _planned(request: SignedInRequest, round_id: UUID) -> Round:
    """The round, if the person may plan it and it still can be planned."""
    user = request.user
    round: Round = Round.objects.select_related("place", "pack_version").get_visible(user, pk=round_id)
    require(user, "round.plan", path=round.place.path, pack=round.pack)
    if round.is_locked:
        needed = listed(state.label for state in (Round.State.PLANNED, Round.State.OPEN))
        raise Refusal("round.state", field="state", state=round.get_state_display(), needed=needed)
    return round


def may_plan(user: Any, round: Round) -> bool:
    """Whether the planning page opens for this person."""
    return not round.is_locked and allows(user, "round.plan", path=round.place.path, pack=round.pack)
