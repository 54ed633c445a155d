"""Planning a round: what is reviewed with which checklist, which villages, by which rules, by whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits import actions
from huoshui.visits.models import Judge, Missing, Round
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.steps import next_step, stages
from huoshui.web.office.round_pages.teams import team_rows, too_few
from huoshui.web.requests import SignedInRequest

DAYS = [
    FieldDef(code="opens_on", name=Text(zh="开始日期", en="Opens on"), type="date", required=True),
    FieldDef(code="closes_on", name=Text(zh="结束日期", en="Closes on"), type="date", required=True),
]


@dataclass
class Town:
    """The villages of one town, as the form shows them."""

    place: Place | None
    villages: list[Place]
    chosen: int
    visit_on: dt.date | None


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
    paths = [grant.path for grant in user.grants("round.plan")]
    kinds = all_current("place_kinds")
    scopes = [
        place
        for place in Place.objects.visible_to(user).order_by("path")
        if any(place.path.startswith(path) for path in paths)
        and place.kind in kinds
        and kinds[place.kind].category == "unit"
        and place.kind not in _reviewed_kinds()
    ]
    # What is scored comes first: a survey is seldom what a round is planned for.
    checklists = sorted(all_current("checklists").items(), key=lambda item: -item[1].total_points)
    context = {"checklists": dict(checklists), "scopes": scopes}
    return page(request, "office/rounds/new.html", context, form)


def _reviewed_kinds() -> set[str]:
    return {kind for checklist in all_current("checklists").values() for kind in checklist.place_kinds}


def _plan(*, by: Any, values: dict[str, Any]) -> Round:
    days = clean_values(DAYS, {day.code: values.get(day.code) for day in DAYS})
    if not values.get("place"):
        raise Refusal("value.required", field="place", label=_("范围"))
    place = Place.objects.get_visible(by, code=values["place"])
    with transaction.atomic():
        round = actions.plan_round(
            by=by, place=place, checklist=values.get("checklist", ""), name=values.get("name", ""), **days
        )
        actions.set_places(by=by, round=round, places=list(_fitting(round)))
    return round


def _fitting(round: Round) -> Any:
    """The places below the round's place that its checklist is for."""
    fitting = Place.objects.under(round.place.path).filter(kind__in=round.checklist.place_kinds)
    return fitting.filter(closed_on__isnull=True).select_related("parent").order_by("path")


@require_http_methods(["GET", "POST"])
@login_required
def round_plan(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Basics and rules, villages, judges; each its own form. Then the round can begin."""
    round = _planned(request, round_id)
    form = FormState(_typed_values(round))
    if request.method == "POST":
        form = FormState({**form.values, **FormState.typed(request).values})
        save = {"basics": _save_basics, "places": _save_places, "judges": _save_judges}.get(
            request.POST.get("part", "")
        )
        if save is None:
            raise Refusal("access.not_found")
        if form.attempt(save, request=request, round=round, values=form.values) is not None:
            return redirect(f"{reverse('round_plan', args=[round.pk])}#{request.POST['part']}")
        round = _planned(request, round_id)
    context = {
        "round": round,
        "stages": stages(round),
        "step": next_step(request.user, round),
        "towns": _towns(round),
        "teams": team_rows(round),
        "short": too_few(round),
        "missing_choices": Missing.choices,
        "part": request.POST.get("part", ""),
    }
    return page(request, "office/rounds/plan.html", context, form)


def _planned(request: SignedInRequest, round_id: UUID) -> Round:
    """The round, if the person may plan it and it still can be planned."""
    user = request.user
    round: Round = Round.objects.select_related("place", "pack_version").get_visible(user, pk=round_id)
    require(user, "round.plan", path=round.place.path, pack=round.pack)
    if round.is_locked:
        needed = listed(state.label for state in (Round.State.PLANNED, Round.State.OPEN))
        raise Refusal("round.state", field="state", state=round.get_state_display(), needed=needed)
    return round


def _typed_values(round: Round) -> dict[str, Any]:
    names = ("name", "opens_on", "closes_on", *Round.RULES, "version")
    return {name: getattr(round, name) for name in names}


def _save_basics(*, request: SignedInRequest, round: Round, values: dict[str, Any]) -> Round:
    days = clean_values(DAYS, {day.code: values.get(day.code) for day in DAYS})
    seen = str(values.get("version", ""))
    return actions.amend_round(
        by=request.user,
        round=round,
        name=values.get("name", ""),
        rules={rule: values.get(rule) for rule in Round.RULES},
        seen_version=int(seen) if seen.isdigit() else None,
        **days,
    )


def _save_places(*, request: SignedInRequest, round: Round, values: dict[str, Any]) -> bool:
    chosen = set(request.POST.getlist("village"))
    places = [place for place in _fitting(round) if place.code in chosen]
    visit_on = {}
    towns = towns_of(places)
    for place in places:
        town = towns[place.pk]
        day = values.get(f"day-{town.code if town else ''}")
        if day:
            visit_on[place.pk] = _day(day)
    actions.set_places(by=request.user, round=round, places=places, visit_on=visit_on)
    return True


def _day(text: str) -> dt.date:
    day: dt.date = clean_values(
        [FieldDef(code="visit_on", name=Text(zh="观摩日期", en="Day of the tour"), type="date")], {"visit_on": text}
    )["visit_on"]
    return day


def _save_judges(*, request: SignedInRequest, round: Round, values: dict[str, Any]) -> list[Judge]:
    area = Place.objects.get_visible(request.user, code=values.get("area", ""))
    names = request.POST.getlist("account")
    if not names:
        raise Refusal("value.required", field="account", label=_("评委"))
    found = {
        account.username: account for account in Account.objects.visible_to(request.user).filter(username__in=names)
    }
    accounts = [found[name] for name in names if name in found]
    return actions.appoint_judges(by=request.user, round=round, accounts=accounts, place=area)


@require_POST
@login_required
def dismiss(request: SignedInRequest, round_id: UUID, judge_id: UUID) -> HttpResponse:
    """Take a judge off the round."""
    judge = Judge.objects.select_related("round").get_visible(request.user, pk=judge_id, round_id=round_id)
    actions.dismiss_judge(by=request.user, judge=judge, reason=request.POST.get("reason", ""))
    return redirect(f"{reverse('round_plan', args=[round_id])}#judges")


def _towns(round: Round) -> list[Town]:
    """Every fitting village by town; those of the round are chosen."""
    entries = {entry.place_id: entry for entry in round.places.all()}
    towns: dict[Any, Town] = {}
    villages = list(_fitting(round))
    above = towns_of(villages)
    for village in villages:
        village.chosen = village.pk in entries
        place = above[village.pk]
        town = towns.setdefault(place.pk if place else None, Town(place, [], 0, None))
        town.villages.append(village)
        town.chosen += village.chosen
        if village.chosen:
            town.visit_on = town.visit_on or entries[village.pk].visit_on
    return list(towns.values())


def may_plan(user: Any, round: Round) -> bool:
    """Whether the planning page opens for this person."""
    return not round.is_locked and allows(user, "round.plan", path=round.place.path, pack=round.pack)
