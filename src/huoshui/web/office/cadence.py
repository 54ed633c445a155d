"""What comes round: the list of what is due, one turn at one place, excuses."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.figures.reporting.queries import waiting_returns
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.models import Entry
from huoshui.kernel.reading import read_once
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.matters.queries import due_again_now
from huoshui.places.models import Place
from huoshui.places.queries import names_apart, township_names
from huoshui.schedules.actions import excuse, withdraw_excuse
from huoshui.schedules.models import Occasion, OccasionQuerySet, Plan
from huoshui.schedules.permits import refusal_to_excuse
from huoshui.schedules.queries import OccasionFilter, occasions, tally
from huoshui.web.entries import moments
from huoshui.web.office.cadence_pages.records import record_step, recorded, records_of
from huoshui.web.office.cadence_pages.words import OPEN, SHORT, shown_state
from huoshui.web.office.figure_pages.returns import address as return_address
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import MOST_ROWS, LongList, address_without, chosen, day, paged, place_asked
from huoshui.web.requests import SignedInRequest

DAYS_BACK = 365
"""How far the list looks back where the address does not say."""
MOST_REPORTS = 20
MOST_TOLD = 50
"""Entries of a turn's story."""
STEPS = {"excuse": excuse, "withdraw": withdraw_excuse}


@require_GET
@login_required
def cadence(request: SignedInRequest) -> HttpResponse:
    """What is due, by state, place, plan and period."""
    require(request.user, "schedule.view")
    plans = plans_seen(request.user)
    wanted, place = asked_for(request, plans)
    counts = tally(request.user, wanted)
    many = counts[wanted.state] if wanted.state else sum(counts.values())
    rows = paged(request, _Counted(occasions(request.user, wanted), many))
    offered = _places_offered(request, place)
    names = names_apart({one.pk: one for one in (*offered, *(row.place for row in rows))}.values())
    address = address_without(request, "page", "state")
    tabs = [{"label": _("全部"), "url": address, "active": not wanted.state, "count": sum(counts.values())}]
    tabs += [
        {
            "label": state.label, "url": f"{address}state={state.value}", "active": wanted.state == state.value,
            "count": counts[state.value],
        }
        for state in Occasion.State
    ]  # fmt: skip
    context = {
        "rows": _shown(request, list(rows), names),
        "page": rows,
        "tabs": tabs,
        "filters": _filters(request, plans, wanted, [(one.code, names[one.pk]) for one in offered], place),
        "state": wanted.state,
        "query": request.GET.urlencode(),
        "may_set": bool(request.user.grants("schedule.set")),
        "plans": plans,
        "reports": own_reports(request.user),
        "again": due_again_now(request.user, place.path if place else ""),
        "today": clock.today(),
        "place_code": place.code if place else "",
    }
    return page(request, "office/cadence/list.html", context)


@require_GET
@login_required
def cadence_export(request: SignedInRequest) -> HttpResponse:
    """The same list as an Excel workbook."""
    require(request.user, "schedule.view")
    wanted, _place = asked_for(request, plans_seen(request.user))
    rows = list(occasions(request.user, wanted).select_related("plan", "place", "excused_by"))
    towns = township_names(row.place for row in rows)
    heads = [
        (_("到期日"), 12), (_("应办"), 24), (_("乡镇"), 12), (_("地点"), 18), (_("状态"), 10), (_("应办次数"), 10),
        (_("已办次数"), 10), (_("办理日期"), 12), (_("可补办至"), 12), (_("免办日期"), 12), (_("准予免办"), 18),
        (_("免办原因"), 34),
    ]  # fmt: skip
    table = StreamedTable(_("应办"), f"{_('应办')} {demonstration_mark()}".strip(), heads)
    for row in rows:
        table.row((
            row.due_on, row.plan.name, towns[row.place_id], row.place.short_name, row.state_name, row.plan.times,
            row.have, row.done_on, row.late_until, row.excused_on, row.excused_by.title if row.excused_by else "",
            row.excuse,
        ))  # fmt: skip
    response = HttpResponse(table.file(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="due-{clock.today():%Y%m%d}.xlsx"'
    return response


@require_GET
@login_required
def occasion_page(request: SignedInRequest, occasion_id: UUID) -> HttpResponse:
    """One turn at one place: how it stands, what counts for it, who excused it."""
    return _show(request, occasion_id, FormState())


@form_of("occasion", "occasion_id")
@login_required
def occasion_step(request: SignedInRequest, occasion_id: UUID, step: str) -> HttpResponse:
    """Excuse the place, or take the excuse back."""
    occasion, form = Occasion.objects.get_visible(request.user, pk=occasion_id), FormState.typed(request)
    act, why = STEPS[step], str(form.values.get("why", ""))
    if form.attempt(act, by=request.user, occasion=occasion, why=why) is None:
        return _show(request, occasion_id, form)
    messages.success(request, _("已准予免办") if step == "excuse" else _("已收回免办"))
    return redirect("occasion", occasion_id=occasion_id)


PLAN_TURNED = ("schedules.begin", "schedules.end")
"""What happened to the plan of a turn and belongs to the turn's story."""


def story_of(user: Any, row: Any) -> list[dict[str, Any]]:
    """What the journal has of a turn: the plan that asks it, its excuses, and the records that count and are seen."""
    about = Q(subject_kind=Occasion._meta.label_lower, subject_id=row.pk)
    about |= Q(subject_kind=Plan._meta.label_lower, subject_id=row.plan_id, action__in=PLAN_TURNED)
    about |= recorded(user, row)
    entries = Entry.objects.filter(about).exclude(action="visits.save_answers").order_by("seq")
    return moments(entries[:MOST_TOLD], beside=row.pk, reader=user)


def _show(request: SignedInRequest, occasion_id: UUID, form: FormState) -> HttpResponse:
    user = request.user
    Occasion.objects.get_visible(user, pk=occasion_id)
    row: Any = occasions(user).select_related("plan__place", "place__parent", "excused_by").get(pk=occasion_id)
    refusal = refusal_to_excuse(user, row)
    context = {
        "row": row,
        "short": SHORT[row.state],
        "words": shown_state(row),
        "records": records_of(user, row),
        "story": story_of(user, row),
        "open": row.state in OPEN,
        "step": record_step(user, row) if row.state in OPEN else None,
        "sees_plan": Plan.objects.visible_to(user).filter(pk=row.plan_id).exists(),
        "may_excuse": refusal is None and row.done_on is None,
        "own_place": refusal is not None and refusal.code == "schedule.own_place",
        "general_problems": [problem for problem in form.problems if problem.field != "why"],
    }
    return page(request, "office/cadence/occasion.html", context, form)


def own_reports(user: Any) -> list[dict[str, Any]]:
    """The returns that the reader is to fill in, the earliest due first: they come round by their own periods."""
    rows = [row for row, verb in waiting_returns(user) if verb == "submit"] if user.grants("figure.report") else []
    return [
        {"row": row, "url": return_address(row.code, row.place, row.period.code)}
        for row in sorted(rows, key=lambda row: (row.due, row.place.path))[:MOST_REPORTS]
    ]


@read_once
def plans_seen(user: Any) -> dict[str, str]:
    """The plans of whose turns a reader sees some, by id."""
    seen = Occasion.objects.visible_to(user)
    rows = Plan.objects.filter(pk__in=seen.order_by().values("plan").distinct()).select_related("place")
    return {str(plan.pk): f"{plan.name} · {plan.place.short_name}" for plan in rows.order_by("name", "-begins_on")}


def asked_for(request: SignedInRequest, plans: dict[str, str]) -> tuple[OccasionFilter, Place | None]:
    """The filter in the address, and its place. Raises value.choice, value.type or filter.not_found."""
    place = place_asked(request)
    plan = chosen(request, "plan", _("安排"), plans)
    state = chosen(request, "state", _("状态"), dict(Occasion.State.choices))
    since = day(request, "since", _("从"))
    if "since" not in request.GET:
        since = clock.today() - dt.timedelta(days=DAYS_BACK)
    wanted = OccasionFilter(
        place.path if place else "", UUID(plan) if plan else None, state, since, day(request, "until", _("到"))
    )
    return wanted, place


class _Counted(LongList):
    """Occasions whose number is known: they were counted by state."""

    def __init__(self, rows: OccasionQuerySet, many: int) -> None:
        self._rows, self._many = rows, many

    def __len__(self) -> int:
        return min(self._many, MOST_ROWS + 1)

    def __getitem__(self, rows: slice) -> list[Occasion]:
        return list(self._rows[rows])


def _places_offered(request: SignedInRequest, place: Place | None) -> list[Place]:
    """The places that owe something, those right above them, and the one that is asked for."""
    owing = Place.objects.visible_to(request.user).filter(occasions__isnull=False)
    some = Place.objects.visible_to(request.user).filter(
        Q(pk__in=owing.values("pk")) | Q(pk__in=owing.values("parent"))
    )
    offered = list(some.order_by("path"))
    return offered + ([place] if place and place not in offered else [])


def _filters(
    request: SignedInRequest,
    plans: dict[str, str],
    wanted: OccasionFilter,
    places: list[tuple[str, str]],
    place: Place | None,
) -> list[dict[str, Any]]:
    first, last = (one.isoformat() if one else "" for one in (wanted.since, wanted.until))
    return [
        {
            "name": "plan", "label": _("安排"), "value": request.GET.get("plan", ""),
            "options": [{"value": code, "label": name} for code, name in plans.items()],
        },
        {
            "name": "place", "label": _("地点"), "value": place.code if place else "",
            "options": [{"value": code, "label": name} for code, name in places],
        },
        {"name": "since", "label": _("到期日从"), "type": "date", "value": first},
        {"name": "until", "label": _("到"), "type": "date", "value": last},
    ]  # fmt: skip


def _shown(request: SignedInRequest, rows: list[Any], names: dict[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "place": names[row.place_id],
            "short": SHORT[row.state],
            "step": record_step(request.user, row) if row.state in OPEN else None,
            "may_excuse": row.state in (*OPEN, "missed") and refusal_to_excuse(request.user, row) is None,
        }
        for row in rows
    ]
