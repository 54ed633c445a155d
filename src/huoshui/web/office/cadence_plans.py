"""Plans of what comes round: those that run, beginning one, one plan with its places and turns, ending it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows, require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.ids import new_id
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.places.queries import names_apart
from huoshui.schedules.actions import Wanted, begin_plan, end_plan
from huoshui.schedules.keeping import owing
from huoshui.schedules.models import Occasion, Plan, attribute_named, kinds_named
from huoshui.schedules.queries import last_turns, plans_of
from huoshui.schedules.recurrence import BadRule, check, due_days, told, turns_a_year
from huoshui.schedules.schema import Schedule
from huoshui.schedules.targets import TARGETS
from huoshui.web.office.cadence_pages.picker import LAST, MONTHDAYS, OFTEN, WEEKDAYS, rule_of
from huoshui.web.office.cadence_pages.words import SHORT
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

DAYS_SHOWN, YEARS_AHEAD = 5, 6
NUMBERS = {"times": _lazy("每期次数"), "grace_days": _lazy("可补办天数"), "remind_days": _lazy("提前提醒天数")}


@require_GET
@login_required
def plans(request: SignedInRequest) -> HttpResponse:
    """The plans that the reader sees: what each asks of how many places, how often."""
    require(request.user, "schedule.view")
    rows = [{"plan": plan, "kinds": kinds_named(plan), **_burden(plan)} for plan in plans_of(request.user)]
    context = {"rows": rows, "may_set": bool(request.user.grants("schedule.set"))}
    return page(request, "office/cadence/plans.html", context)


def _burden(plan: Plan) -> dict[str, Any]:
    """How many times a year it asks a place."""
    return {"a_year": turns_a_year(plan.rule, plan.begins_on) * plan.times}


@require_http_methods(["GET", "POST"])
@login_required
def begin(request: SignedInRequest) -> HttpResponse:
    """Begin a plan, from a pack's schedule (``?schedule=``) or of one's own; ``do`` begins it, else it is looked at."""
    user = request.user
    if not user.grants("schedule.set"):
        raise Refusal("access.not_found")
    form = FormState.typed(request) if request.method == "POST" else FormState(_beginning(request))
    if request.method == "POST":
        form.values["place_kinds"] = request.POST.getlist("place_kinds")
    if request.method == "POST" and request.POST.get("do") == "begin":
        done = form.attempt(_begin_once, user=user, values=form.values)
        if done:
            messages.success(request, _("已启用"))
            return redirect("plan", plan_id=done["plan"])
        form.values["key"] = new_id()  # nothing was written: what is sent next may be corrected
    return page(request, "office/cadence/begin.html", _form_context(user, form), form)


def _beginning(request: SignedInRequest) -> dict[str, Any]:
    """What the form begins with."""
    today, code = clock.today(), request.GET.get("schedule", "")
    values: dict[str, Any] = {
        "often": "monthly", "monthday": LAST, "weekday": "FR", "month": "12", "times": 1, "grace_days": 0,
        "remind_days": 3, "begins_on": today.replace(day=1), "key": new_id(), "schedule": "", "place_kinds": None,
        "of": request.GET.get("of", ""),
    }  # fmt: skip
    known: Schedule | None = all_current("schedules").get(code)
    if known is None:
        return values
    same = ("times", "grace_days", "remind_days", "rule")
    values |= {name: getattr(known, name) for name in same} | {"name": str(known.name), "often": "rule"}
    return values | {"schedule": code, "of": f"{known.section}:{known.of}", "place_kinds": list(known.place_kinds)}


def _form_context(user: Any, form: FormState) -> dict[str, Any]:
    values = form.values
    targets = {f"{section}:{code}": item for section in TARGETS for code, item in all_current(section).items()}
    values["of"] = values.get("of") if values.get("of") in targets else next(iter(targets), "")
    kinds = all_current("place_kinds")
    able = list(targets[values["of"]].place_kinds) if values["of"] else []
    offered = {code: kinds[code].name for code in able or kinds if code in kinds}
    if values.get("place_kinds") is None:
        values["place_kinds"] = [code for code in offered if kinds[code].level == "village"] or list(offered)
    schedules = all_current("schedules")
    return {
        "targets": {code: item.name for code, item in targets.items()},
        "schedules": {code: item.name for code, item in schedules.items()},
        "basis": schedules[values["schedule"]].basis if values.get("schedule") in schedules else None,
        "places": _places_set(user),
        "kinds": offered,
        "often": OFTEN, "weekdays": WEEKDAYS, "months": [str(month) for month in range(1, 13)],
        "monthdays": {day: _("最后一天") if day == LAST else _("%(day)s 日") % {"day": day} for day in MONTHDAYS},
        "preview": _preview(user, values),
        "general_problems": [problem for problem in form.problems if problem.field not in SHOWN],
        "kinds_problem": form.problem_of("place_kinds"),
    }  # fmt: skip


SHOWN = {"name", "of", "rule", "place_kinds", "times", "grace_days", "remind_days", "begins_on", "until"}
"""Fields of the form beside which a problem stands."""


def _places_set(user: Any) -> list[Place]:
    """The places for which the reader may begin something: those of their duties."""
    paths = {grant.path for grant in user.grants("schedule.set")}
    return list(Place.objects.visible_to(user).filter(path__in=paths).order_by("path"))


def _preview(user: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What the form would ask for, before it is begun: the rule in words, the next due days, how much in a year."""
    try:
        rule = check(rule_of(values))
        begins = dt.date.fromisoformat(str(values.get("begins_on", "")))
        since = max(begins, clock.today())
        until = since.replace(year=since.year + YEARS_AHEAD, day=1)
    except BadRule as bad:
        return {"problem": Problem(bad.code, "rule", params=bad.params)}
    except ValueError:
        return {"problem": Problem("value.required", "begins_on", params={"label": _("启用日期")})}
    times = str(values.get("times", "1"))
    place = next((one for one in _places_set(user) if one.code == values.get("place")), None)
    place = place or next(iter(_places_set(user)), None)
    kinds = values.get("place_kinds") or []
    plan = Plan(place=place, place_kinds=kinds, attribute=_attribute(values)) if place else None
    return {
        "rule": rule,
        "told": told(rule),
        "days": due_days(rule, begins, since, until)[:DAYS_SHOWN],
        "a_year": turns_a_year(rule, begins) * (int(times) if times.isdigit() else 1),
        "places": owing(plan, clock.today()).filter(closed_on__isnull=True).count() if plan else 0,
        "past": begins < clock.today(),
    }


def _begin_once(user: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Begin what the form says, once however often it is sent."""
    return once(
        actor_id=user.pk,
        key=str(values.get("key", ""))[:80],
        request={"operation": "schedules.begin", "form": values},
        write=lambda: {"plan": str(_begin(user, values).pk)},
    )


def _begin(user: Any, values: dict[str, Any]) -> Plan:
    place = Place.objects.visible_to(user).filter(code=values.get("place", "")).first()
    if place is None:
        raise Refusal("value.required", field="place", label=_("地点"))
    section, _colon, of = str(values.get("of", "")).partition(":")
    numbers = {name: _number(values, name, label) for name, label in NUMBERS.items()}
    wanted = Wanted(
        section, of, str(values.get("name", "")), tuple(values["place_kinds"]), rule_of(values),
        schedule=str(values.get("schedule", "")), attribute=_attribute(values), **numbers,
    )  # fmt: skip
    begins, until = _day(values, "begins_on", _("启用日期")), _day(values, "until", _("停用日期"))
    if begins is None:
        raise Refusal("value.required", field="begins_on", label=_("启用日期"))
    return begin_plan(by=user, place=place, wanted=wanted, begins_on=begins, until=until)


def _attribute(values: dict[str, Any]) -> str:
    """The attribute that the chosen schedule of a pack asks of a place, while it still asks for the same."""
    known: Schedule | None = all_current("schedules").get(str(values.get("schedule", "")))
    same = known is not None and values.get("of") == f"{known.section}:{known.of}"
    return (known.attribute or "") if known and same else ""


def _number(values: dict[str, Any], name: str, label: object) -> int:
    text = str(values.get(name, "")).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Refusal("value.type", field=name, label=label, value=text, expected=_("整数"))
    return int(text)


def _day(values: dict[str, Any], name: str, label: object) -> dt.date | None:
    text = str(values.get(name, "")).strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("value.type", field=name, label=label, value=text, expected=_("日期")) from None


@require_GET
@login_required
def plan_page(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """One plan: what it asks, and how its latest turns stand at each place."""
    return _show(request, plan_id, FormState({"until": clock.today() + dt.timedelta(days=1)}))


@form_of("plan", "plan_id", then="#end")
@login_required
def plan_end(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """End a plan."""
    plan, form = Plan.objects.get_visible(request.user, pk=plan_id), FormState.typed(request)
    if form.attempt(_end, by=request.user, plan=plan, form=form) is None:
        return _show(request, plan_id, form)
    messages.success(request, _("已停用"))
    return redirect("plan", plan_id=plan_id)


def _end(*, by: Any, plan: Plan, form: FormState) -> Plan:
    until = _day(form.values, "until", _("停用日期"))
    if until is None:
        raise Refusal("value.required", field="until", label=_("停用日期"))
    return end_plan(by=by, plan=plan, until=until, why=str(form.values.get("why", "")), seen_version=form.seen_version)


def _show(request: SignedInRequest, plan_id: UUID, form: FormState) -> HttpResponse:
    user = request.user
    plan: Any = Plan.objects.get_visible(user, pk=plan_id)
    days, rows = last_turns(user, plan)
    today = clock.today()
    ended = plan.until is not None and plan.until <= today
    target = all_current(plan.section).get(plan.of)
    coming = [] if ended else [
        day for day in due_days(plan.rule, plan.begins_on, today, today + dt.timedelta(days=YEARS_AHEAD * 366))
        if plan.until is None or day < plan.until
    ]  # fmt: skip
    context = {
        "plan": plan,
        "ended": ended,
        "target": target.name if target else plan.of,
        "kinds": kinds_named(plan),
        "attribute": attribute_named(plan),
        "days": days,
        "coming": coming[:DAYS_SHOWN],
        "lines": _lines(rows, days),
        "states": [{"code": state.value, "name": state.label, "short": SHORT[state.value]} for state in Occasion.State],
        "may_end": not ended and allows(user, "schedule.set", path=plan.place.path, pack=plan.pack),
        "general_problems": [problem for problem in form.problems if problem.field not in ("until", "why")],
        **_burden(plan),
    }
    return page(request, "office/cadence/plan.html", context, form)


def _lines(rows: list[Any], days: list[dt.date]) -> list[dict[str, Any]]:
    """A line for each place, with a cell for each turn (None: it did not owe that one)."""
    by_place: dict[UUID, dict[dt.date, Any]] = defaultdict(dict)
    places = {}
    for row in rows:
        by_place[row.place_id][row.due_on] = row
        places[row.place_id] = row.place
    names = names_apart(places.values())
    return [
        {
            "name": names[key],
            "code": place.code,
            "cells": [_cell(by_place[key].get(day)) for day in days],
            "done": sum(row.state in ("done", "late") for row in by_place[key].values()),
            "owed": sum(row.state not in ("due", "excused") for row in by_place[key].values()),
        }
        for key, place in places.items()
    ]


def _cell(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"id": row.pk, "state": row.state, "name": row.state_name, "short": str(SHORT[row.state]), "day": row.due_on}
