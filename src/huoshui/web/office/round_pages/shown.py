"""One round as a page: its head, its one next step, and one of its tabs."""

from __future__ import annotations

from django.http import HttpResponse

from huoshui.visits.models import Judge, Round
from huoshui.visits.queries import progress, sees_fairness
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.opened import opened_by
from huoshui.web.office.round_pages.planning import may_plan
from huoshui.web.office.round_pages.steps import next_step, stages
from huoshui.web.office.round_pages.tabs import content_of, tabs_of
from huoshui.web.requests import SignedInRequest


def show_round(request: SignedInRequest, round: Round, tab: str, form: FormState) -> HttpResponse:
    """The round's page with a tab (the first one where the person has no such tab) and a form's refusals."""
    user = request.user
    tabs = tabs_of(user, round, tab)
    tab = tab if any(entry.code == tab for entry in tabs) else tabs[0].code
    for entry in tabs:
        entry.active = entry.code == tab
    is_open = round.state == Round.State.OPEN
    content = content_of(tab, user, round)
    context = {
        "round": round,
        "checklist": round.checklist,
        "stages": stages(round),
        "step": next_step(user, round),
        "opened": opened_by(user, round),
        "tabs": tabs,
        "tab": tab,
        "may_plan": may_plan(user, round),
        # Before the sheets are in, locking is possible but not the obvious thing to do.
        "sheets": (content.get("progress") or progress(round, user)).sheets if is_open else None,
        "my_sheets": is_open and Judge.objects.filter(round=round, account=user.pk).exists(),
        "sees_fairness": sees_fairness(user, round),
        **content,
    }
    return page(request, "office/rounds/page.html", context, form)
