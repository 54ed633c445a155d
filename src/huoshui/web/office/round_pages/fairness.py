"""How fair a round's scoring was: the review lead's page, beside the official result and never in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.wording import listed
from huoshui.places.models import Place
from huoshui.places.queries import towns_of
from huoshui.visits import actions
from huoshui.visits.models import Round, judge_label
from huoshui.visits.queries import FairnessGroup, fairness_of
from huoshui.visits.queries.fairness import PROBLEMS
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

GRADES = (
    (0.5, gettext_lazy("低")),
    (0.75, gettext_lazy("中等")),
    (0.9, gettext_lazy("较好")),
)
"""Words for an intraclass correlation below a bound, after Koo & Li (2016); above the last: very good."""
MOST_ITEMS = 10


@dataclass(frozen=True)
class GroupShown:
    """A group with what the page says of it."""

    group: FairnessGroup
    number: int
    title: str
    problem: str
    strict: str
    lenient: str
    once: str
    """Judges who saw a single place."""


def _group_shown(group: FairnessGroup, number: int, towns: dict[UUID, Place | None]) -> GroupShown:
    names = {town.short_name for place in group.places if (town := towns[place.pk])}
    where = names.pop() if len(names) == 1 else _("%(count)s 个村") % {"count": len(group.places)}
    who = listed(judge_label(judge) for judge in group.judges)
    clear = sorted((row for row in group.severities if row.clear), key=lambda row: row.points)
    return GroupShown(
        group=group,
        number=number,
        title=_("%(where)s：%(judges)s") % {"where": where, "judges": who},
        problem=str(PROBLEMS.get(group.problem, "")),
        strict=listed(row.label for row in clear if row.points < 0),
        lenient=listed(row.label for row in reversed(clear) if row.points > 0),
        once=listed(row.label for row in group.severities if row.places == 1),
    )


def grade(correlation: float) -> str:
    """How good an intraclass correlation is, in a word."""
    return str(next((word for bound, word in GRADES if correlation < bound), _("很好")))


@require_GET
@login_required
def shown(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The page; before the analysis is done it says how to get it, or that it is under way."""
    return _show(request, _visible(request, round_id), FormState())


def _show(request: SignedInRequest, round: Round, form: FormState) -> HttpResponse:
    fairness = fairness_of(round, request.user)
    towns = towns_of(place for group in fairness.groups for place in group.places)
    context: dict[str, Any] = {
        "round": round,
        "fairness": fairness,
        "groups": [_group_shown(group, n, towns) for n, group in enumerate(fairness.groups, start=1)],
        "items": fairness.items[:MOST_ITEMS],
        "today": clock.today(),
    }
    return page(request, "office/rounds/fairness.html", context, form)


@form_of("round_fairness", "round_id")
@login_required
def ask(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """Have the round analysed."""
    round, form = _visible(request, round_id), FormState.typed(request)
    if form.attempt(actions.ask_fairness, by=request.user, round=round) is None:
        return _show(request, round, form)
    return redirect("round_fairness", round_id=round.pk)


def _visible(request: SignedInRequest, round_id: UUID) -> Round:
    rows = Round.objects.select_related("place", "pack_version")
    round: Round = rows.get_visible(request.user, pk=round_id)
    return round
