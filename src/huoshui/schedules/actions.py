"""Schedules: begun and ended by an office, made due by the timer, excused by somebody above the place."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from huoshui.duties.queries import system_account
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import OccasionsTold, publish
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current_definition
from huoshui.places.models import Place, prefixes
from huoshui.schedules.keeping import make_occasions
from huoshui.schedules.models import Occasion, OccasionQuerySet, Plan
from huoshui.schedules.permits import refusal_to_excuse
from huoshui.schedules.recurrence import BadRule, check, due_days, months_of_season
from huoshui.schedules.schema import MOST_GRACE, MOST_REMIND
from huoshui.schedules.targets import TARGETS

logger = logging.getLogger(__name__)
NAME_LENGTH, REASON_LENGTH, MOST_TIMES = 80, 200, 31
NEAR, OVERDUE = Occasion.Told.NEAR, Occasion.Told.OVERDUE
YEARS_AHEAD, YEARS_BACK = 5, 10
"""A plan may begin so long ago, for what was done before the register came."""


@dataclass(frozen=True)
class Wanted:
    """What a new plan asks for; ``schedule`` "": an office's own."""

    section: str
    of: str
    name: str
    place_kinds: tuple[str, ...]
    rule: str
    times: int = 1
    grace_days: int = 0
    remind_days: int = 3
    schedule: str = ""
    attribute: str = ""
    """Yes-or-no attribute that a place must have; "": none."""


def wanted(schedule: str = "", **given: Any) -> Wanted:
    """What a plan is to ask for: what is ``given``, and what a pack's ``schedule`` (pack.code) says besides.

    Raises schedule.unknown, or value.required for what neither says.
    """
    values: dict[str, Any] = _declared(schedule) | given
    for field, label in (("of", _("要办什么")), ("rule", _("周期"))):
        if not values.get(field):
            raise Refusal("value.required", field=field, label=label)
    values |= {"place_kinds": tuple(values.get("place_kinds", ()))}
    return Wanted(**{"section": "", "name": "", **values}, schedule=schedule)


def _declared(schedule: str) -> dict[str, Any]:
    if not schedule:
        return {}
    try:
        _version, known = current_definition("schedules", schedule)
    except (PackVersion.DoesNotExist, KeyError):
        raise Refusal("schedule.unknown", field="schedule", name=schedule) from None
    same = ("section", "of", "place_kinds", "rule", "times", "grace_days", "remind_days")
    return {name: getattr(known, name) for name in same} | {"name": str(known.name), "attribute": known.attribute or ""}


@action("schedules.begin")
def begin_plan(*, by: Any, place: Place, wanted: Wanted, begins_on: dt.date, until: dt.date | None = None) -> Plan:
    """Ask the places at and below ``place`` for something that comes round, from a day on (``until`` exclusive).

    What was due since that day is made at once. Raises access.denied, value.required (name), value.too_long (name),
    schedule.unknown (of), schedule.place_kind, schedule.rule*, schedule.times, schedule.grace, schedule.dates,
    schedule.never_due or schedule.twice.
    """
    pack = wanted.of.partition(".")[0]
    require(by, "schedule.set", path=place.path, pack=pack)
    version, definition = _target(wanted)
    rule = _rule(wanted.rule)
    problems = _problems(wanted, definition, begins_on, until)
    if problems:
        raise Refusal.of(problems)
    last = until - dt.timedelta(days=1) if until else begins_on + dt.timedelta(days=5 * 366)
    if not due_days(rule, begins_on, begins_on, last):
        raise Refusal("schedule.never_due", field="until", first=begins_on, last=last)
    _refuse_twice(place, wanted, begins_on, until)
    plan = Plan.objects.create(
        place=place, pack=pack, pack_version=version, schedule=wanted.schedule, name=wanted.name.strip(),
        section=wanted.section, of=wanted.of, place_kinds=list(wanted.place_kinds), rule=rule, times=wanted.times,
        grace_days=wanted.grace_days, remind_days=wanted.remind_days, begins_on=begins_on, until=until,
        attribute=wanted.attribute,
    )  # fmt: skip
    made = make_occasions(plan)
    fields = ("schedule", "name", "of", "place_kinds", "rule", "times", "grace_days", "remind_days", "begins_on",
              "until", "attribute")  # fmt: skip
    journal.record(by=by, subject=plan, place=place, after=journal.snapshot(plan, *fields) | {"occasions": made})
    return plan


def _target(wanted: Wanted) -> tuple[PackVersion, Any]:
    if wanted.section in TARGETS:
        try:
            return current_definition(wanted.section, wanted.of)
        except (PackVersion.DoesNotExist, KeyError):
            pass
    raise Refusal("schedule.unknown", field="of", name=wanted.of)


def _rule(text: str) -> str:
    try:
        return check(text)
    except BadRule as bad:
        raise Refusal.of([Problem(bad.code, "rule", params=bad.params)]) from None


def _problems(wanted: Wanted, definition: Any, begins_on: dt.date, until: dt.date | None) -> list[Problem]:
    found: list[Problem] = []
    name, earliest = wanted.name.strip(), clock.today() - dt.timedelta(days=YEARS_BACK * 366)
    if not name:
        found.append(Problem("value.required", "name", params={"label": _("名称")}))
    if len(name) > NAME_LENGTH:
        params = {"label": _("名称"), "length": len(name), "limit": NAME_LENGTH}
        found.append(Problem("value.too_long", "name", params=params))
    if not wanted.place_kinds:
        found.append(Problem("value.required", "place_kinds", params={"label": _("地点种类")}))
    for kind in wanted.place_kinds:
        if definition.place_kinds and kind not in definition.place_kinds:
            params = {"name": str(definition.name), "kind": kind}
            found.append(Problem("schedule.place_kind", "place_kinds", params=params))
    if until is not None and until <= begins_on:
        found.append(Problem("schedule.dates", "until", params={"first": begins_on}))
    if begins_on < earliest:
        found.append(Problem("schedule.too_early", "begins_on", params={"earliest": earliest}))
    if begins_on > clock.today() + dt.timedelta(days=YEARS_AHEAD * 366):
        found.append(Problem("schedule.too_late", "begins_on", params={"years": YEARS_AHEAD}))
    return found + _unlike_numbers(wanted)


def _unlike_numbers(wanted: Wanted) -> list[Problem]:
    """Numbers beyond what they may be."""
    allowed = [
        ("times", "schedule.times", 1, MOST_TIMES), ("grace_days", "schedule.grace", 0, MOST_GRACE),
        ("remind_days", "schedule.remind", 0, MOST_REMIND),
    ]  # fmt: skip
    return [
        Problem(code, field, params={"limit": most})
        for field, code, least, most in allowed
        if not least <= getattr(wanted, field) <= most
    ]


def _refuse_twice(place: Place, wanted: Wanted, begins_on: dt.date, until: dt.date | None) -> None:
    """The same thing is not asked twice of the same places at the same time; in other seasons it may be."""
    season = months_of_season(wanted.rule)
    same = Plan.objects.filter(section=wanted.section, of=wanted.of).select_related("place")
    for plan in same:
        nested = plan.place.path in prefixes(place.path) or place.path in prefixes(plan.place.path)
        meets = (until is None or plan.begins_on < until) and (plan.until is None or begins_on < plan.until)
        other = months_of_season(plan.rule)
        apart = season and other and not season & other
        if nested and meets and not apart and set(plan.place_kinds) & set(wanted.place_kinds):
            raise Refusal("schedule.twice", field="of", name=plan.name, place=plan.place.short_name)


@action("schedules.end")
def end_plan(*, by: Any, plan: Plan, until: dt.date, why: str, seen_version: int | None = None) -> Plan:
    """End a plan: nothing is due by it on or after ``until``, which is today or later; what was due before stays.

    What would have been due then and is not done is taken away. Raises access.denied, record.stale, schedule.ended,
    schedule.end_past, value.required or value.too_long (why).
    """
    require(by, "schedule.set", path=plan.place.path, pack=plan.pack)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("place").get(pk=plan.pk)
    plan.require_version(seen_version)
    today = clock.today()
    if plan.until is not None and plan.until <= today:
        raise Refusal("schedule.ended", field="until", day=plan.until)
    if until < max(today, plan.begins_on):
        raise Refusal("schedule.end_past", field="until", earliest=max(today, plan.begins_on))
    reason = _reason(why, "why", _("停用原因"))
    before = journal.snapshot(plan, "until")
    plan.until, plan.why_ended = until, reason
    gone, _models = plan.occasions.waiting().filter(due_on__gte=until, have=0).delete()
    plan.save_next_version("until", "why_ended")
    after = journal.snapshot(plan, "until") | {"occasions_dropped": gone}
    journal.record(by=by, subject=plan, place=plan.place, before=before, after=after, note=reason)
    return plan


@action("schedules.make_due", reference=False)
def make_due(*, by: Any, plan: Plan) -> int:
    """Make the occasions of a plan whose time has begun. Returns how many.

    Raises access.denied: only the timer may.
    """
    require(by, "schedule.run", path=plan.place.path, pack=plan.pack)
    made = make_occasions(plan)
    if not made:
        running_action().changed_nothing()
        return 0
    journal.record(by=by, subject=plan, place=plan.place, after={"occasions": made})
    return made


@action("schedules.excuse", reference=False)
def excuse(*, by: Any, occasion: Occasion, why: str) -> Occasion:
    """Excuse a place from one turn: by somebody whose duty reaches it from above, never by the place itself.

    Raises access.denied, schedule.own_place, schedule.done, schedule.excused, value.required or value.too_long (why).
    """
    occasion = _locked(occasion)
    _require_above(by, occasion)
    if occasion.done_on is not None:
        raise Refusal("schedule.done", field="occasion", day=occasion.done_on)
    if occasion.excused_on is not None:
        raise Refusal("schedule.excused", field="occasion", day=occasion.excused_on)
    occasion.excuse = _reason(why, "why", _("免办原因"))
    occasion.excused_by, occasion.excused_on = by, clock.today()
    occasion.save(update_fields=["excuse", "excused_by", "excused_on"])
    after = {"due_on": occasion.due_on, "excused_on": occasion.excused_on}
    journal.record(by=by, subject=occasion, place=occasion.place, after=after, note=occasion.excuse)
    return occasion


@action("schedules.withdraw_excuse", reference=False)
def withdraw_excuse(*, by: Any, occasion: Occasion, why: str) -> Occasion:
    """Take an excuse back: it is owed again. Raises access.denied, schedule.own_place, schedule.not_excused, or
    value.required or value.too_long (why)."""
    occasion = _locked(occasion)
    _require_above(by, occasion)
    if occasion.excused_on is None:
        raise Refusal("schedule.not_excused", field="occasion")
    reason = _reason(why, "why", _("收回原因"))
    before = {"due_on": occasion.due_on, "excused_on": occasion.excused_on}
    occasion.excuse, occasion.excused_by, occasion.excused_on = "", None, None
    occasion.save(update_fields=["excuse", "excused_by", "excused_on"])
    journal.record(
        by=by, subject=occasion, place=occasion.place, before=before, after={"due_on": occasion.due_on}, note=reason
    )
    return occasion


def _locked(occasion: Occasion) -> Occasion:
    rows = Occasion.objects.select_for_update(of=("self",)).select_related("plan", "place")
    return rows.get(pk=occasion.pk)


def _require_above(by: Any, occasion: Occasion) -> None:
    refusal = refusal_to_excuse(by, occasion)
    if refusal is not None:
        raise refusal


def _reason(text: str, field: str, label: str) -> str:
    reason = text.strip()
    if not reason:
        raise Refusal("value.required", field=field, label=label)
    if len(reason) > REASON_LENGTH:
        raise Refusal("value.too_long", field=field, label=label, length=len(reason), limit=REASON_LENGTH)
    return reason


@action("schedules.remind", reference=False)
def remind(*, by: Any, plan: Plan) -> int:
    """Tell the people of the places what is near its due day by a plan, and once what is past it; each once.

    Returns of how many occasions. Raises access.denied (only the timer may).
    """
    require(by, "schedule.run", path=plan.place.path, pack=plan.pack)
    today = clock.today()
    told: dict[str, int] = {}
    waiting = plan.occasions.counting().waiting().select_for_update(of=("self",)).order_by("place__path", "due_on")
    near = waiting.filter(due_on__range=(today, today + dt.timedelta(days=plan.remind_days)))
    rows: list[tuple[Literal["near", "overdue"], OccasionQuerySet, int]] = [
        ("near", near.filter(told=Occasion.Told.NOTHING), NEAR),
        ("overdue", waiting.filter(due_on__lt=today, told__lt=OVERDUE), OVERDUE),
    ]
    for what, found, now in rows:
        ids = tuple(found.values_list("pk", flat=True))
        if ids:
            plan.occasions.filter(pk__in=ids).update(told=now)
            publish(OccasionsTold(by, what, ids))
            told[what] = len(ids)
    if not told:
        running_action().changed_nothing()
        return 0
    journal.record(by=by, subject=plan, place=plan.place, after=told)
    return sum(told.values())


def tick() -> int:
    """Make what became due by any plan, and remind of it; a plan that fails is logged and holds up no other.

    Returns how many occasions were made.
    """
    today, made = clock.today(), 0
    running = Plan.objects.filter(begins_on__lte=today).exclude(until__lte=today).select_related("place")
    for plan in running.order_by("begins_on", "id"):
        try:
            made += make_due(by=system_account(), plan=plan)
        except Refusal:
            logger.exception("plan %s was left as it is", plan.pk)
    for plan in _to_remind(today):
        try:
            remind(by=system_account(), plan=plan)
        except Refusal:
            logger.exception("nobody was reminded of plan %s", plan.pk)
    return made


def _to_remind(today: dt.date) -> list[Plan]:
    """Plans of which somebody may have to be told something: seldom one, so that the timer writes seldom."""
    open_ones = Occasion.objects.waiting().filter(plan=OuterRef("pk"))
    new = open_ones.filter(told=Occasion.Told.NOTHING)
    leads = Plan.objects.filter(remind_days__gt=0).order_by().values_list("remind_days", flat=True).distinct()
    soon = [Q(remind_days=days) & Exists(new.filter(due_on__lte=today + dt.timedelta(days))) for days in leads]
    overdue = Q(remind_days__gt=0) & Exists(open_ones.filter(told__lt=OVERDUE, due_on__lt=today))
    found = Plan.objects.filter(reduce(or_, soon, overdue)).select_related("place")
    return list(found.order_by("begins_on", "id"))
