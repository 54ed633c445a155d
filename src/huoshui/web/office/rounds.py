"""Rounds of review: the list, one round with its tabs, and the steps from planning to the seal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel.access import allows
from huoshui.places.directory import places_with_ids
from huoshui.visits.models import Judge, Round, RoundPlace, Visit
from huoshui.visits.queries import surveys_of
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, chosen, paged
from huoshui.web.office.packs import show_checklist
from huoshui.web.office.round_pages.shown import show_round
from huoshui.web.office.round_pages.steps import next_step, take
from huoshui.web.office.round_pages.tabs import TABS, content_of
from huoshui.web.office.survey_new import OWN_SURVEYS
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def rounds(request: SignedInRequest) -> HttpResponse:
    """Visible rounds, latest first, each with its progress and its next step."""
    user = request.user
    rows = Round.objects.visible_to(user).order_by("-opens_on", "name")
    state = chosen(request, "state", _("状态"), dict(Round.State.choices), rows)
    rows = rows.filter(state=state) if state else rows
    shown = paged(request, rows)
    _with_places_and_packs(shown)
    places, sent = _counts(shown)
    mine = set(Judge.objects.filter(account=user.pk).values_list("round_id", flat=True))
    for round in shown:
        round.places_in, round.sent = places[round.pk], sent[round.pk]
        round.step = next_step(user, round)
        round.mine = round.pk in mine and round.state == Round.State.OPEN
    context = {
        "rows": shown,
        "filters": [_state_filter(state)],
        "address": address_without(request, "page"),
        "may_plan": bool(user.grants("round.plan")),
        "surveys": surveys_of(user),
        "may_survey": allows(user, "checklist.edit", pack=OWN_SURVEYS),
        "states": {value: str(label) for value, label in Round.State.choices},
        "judges": bool(mine) or bool(user.grants("visit.score")),
    }
    return page(request, "office/rounds/list.html", context)


def _with_places_and_packs(rounds: Sequence[Round]) -> None:
    """Read along each round's place, and the pack of those that have a next step: packs are large."""
    places = places_with_ids(round.place_id for round in rounds)
    for round in rounds:
        round.place = places[round.place_id]
    prefetch_related_objects([round for round in rounds if round.state != Round.State.SEALED], "pack_version")


def _counts(rounds: Iterable[Round]) -> tuple[Counter[UUID], Counter[UUID]]:
    """Of each of the rounds on one page: how many places it reviews, how many sheets were sent."""
    shown = [round.pk for round in rounds]
    places = RoundPlace.objects.filter(round__in=shown).values_list("round_id").annotate(Count("id"))
    sheets = Visit.objects.filter(round__in=shown, state=Visit.State.SUBMITTED)
    return Counter(dict(places)), Counter(dict(sheets.values_list("round_id").annotate(Count("id"))))


def _state_filter(state: str) -> dict[str, Any]:
    options = [{"value": value, "label": label} for value, label in Round.State.choices]
    return {"name": "state", "label": _("状态"), "value": state, "options": options}


@require_GET
@login_required
def round_page(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """One round: where it stands, the one next step, and its tabs."""
    round = _visible(request, round_id)
    tab = chosen(request, "tab", _("页签"), TABS)
    return show_round(request, round, tab, FormState())


@require_GET
@login_required
def round_checklist(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The checklist of a round in its version, for whoever sees the round; it is edited among the packs."""
    round = _visible(request, round_id)
    return show_checklist(request, round.pack_version, round.checklist, round=round)


@form_of("round", "round_id")
@login_required
def take_step(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Open, lock, compute, sign, seal, or withdraw the results; what is refused is said on the round's page."""
    round = _visible(request, round_id)
    form, step = FormState.typed(request), request.POST.get("step", "")
    if form.attempt(take, by=request.user, round=round, step=step, values=form.values) is None:
        return show_round(request, _visible(request, round_id), "signatures" if step in ("sign", "seal") else "", form)
    messages.success(request, _done(step))
    tab = {"compute": "?tab=ranking", "sign": "?tab=signatures", "seal": "?tab=ranking"}.get(step, "")
    return redirect(redirect("round", round_id=round.pk).url + tab)


def _done(step: str) -> str:
    words = {
        "open": _("已开始，评委可以打分了"),
        "lock": _("已锁定"),
        "compute": _("成绩已算出"),
        "sign": _("已签字"),
        "seal": _("已封存"),
        "withdraw": _("成绩已撤回，签字作废"),
    }
    return words[step]


@require_GET
@login_required
def round_progress(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The live part of the progress tab, asked for again while the round is open."""
    round = _visible(request, round_id)
    return page(
        request, "office/rounds/_progress.html", {"round": round, **content_of("progress", request.user, round)}
    )


def _visible(request: SignedInRequest, round_id: UUID) -> Round:
    rows = Round.objects.select_related("place", "pack_version")
    round: Round = rows.get_visible(request.user, pk=round_id)
    return round
