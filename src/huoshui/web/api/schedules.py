"""What comes round, over the API: plans, their occasions, excuses."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.kernel.choices import unknown
from huoshui.places.models import Place
from huoshui.schedules import actions
from huoshui.schedules.models import Occasion, Plan
from huoshui.schedules.queries import OccasionFilter, occasions, plans_of
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.named_places import named_place
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("schedules")


class PlanOut(Schema):
    """Something that comes round at the places of some kinds at and below a place; ``until`` is exclusive."""

    id: UUID
    name: str
    place: str
    schedule: str = Field(description="The pack's schedule that it was begun from (pack.code); empty: an office's own.")
    section: str
    of: str
    place_kinds: list[str]
    attribute: str = Field(description="Yes-or-no attribute without which a place does not owe it; empty: none.")
    rule: str = Field(description="Recurrence rule of RFC 5545.")
    times: int
    grace_days: int
    remind_days: int
    begins_on: dt.date
    until: dt.date | None
    why_ended: str
    version: int


class PlanPage(PageOut):
    """A page of plans."""

    items: list[PlanOut]


class SchedulePlanIn(Schema):
    """A plan to begin at a place (its code): from a pack's ``schedule``, where what is given here comes first, or of
    an office's own, which needs section, of, name, place_kinds and rule. ``until`` is exclusive."""

    place: str
    begins_on: dt.date
    until: dt.date | None = None
    schedule: str = ""
    section: str | None = None
    of: str | None = None
    name: str | None = None
    place_kinds: list[str] | None = None
    rule: str | None = None
    times: int | None = None
    grace_days: int | None = None
    remind_days: int | None = None


class PlanEndIn(Schema):
    """Until when a plan holds (exclusive, today or later), why, and the version that was seen."""

    until: dt.date
    why: str
    seen_version: int | None = None


class OccasionOut(Schema):
    """One turn of a plan at one place, and how it stands today: due, overdue, missed, done, late or excused."""

    id: UUID
    plan: UUID
    name: str
    place: str
    opens_on: dt.date
    due_on: dt.date
    late_until: dt.date
    times: int
    have: int
    done_on: dt.date | None
    state: str
    excused_on: dt.date | None
    excuse: str


class OccasionPage(PageOut):
    """A page of occasions."""

    items: list[OccasionOut]


class OccasionQuery(Paged):
    """Which occasions: at and below a place (its code), of a plan, in a state, due between two days (included)."""

    place: str = ""
    plan: UUID | None = None
    state: str = Field("", description="due, overdue, missed, done, late or excused.")
    since: dt.date | None = None
    until: dt.date | None = None


class WhyIn(Schema):
    """Why."""

    why: str


def plan_out(plan: Plan) -> dict[str, Any]:
    """A plan."""
    found = {name: getattr(plan, name) for name in PlanOut.model_fields if name != "place"}
    return PlanOut(**found, place=plan.place.code).model_dump(mode="json")


def occasion_out(row: Any) -> dict[str, Any]:
    """An occasion, read with its state, plan and place."""
    own = set(OccasionOut.model_fields) - {"plan", "name", "place", "times"}
    found = {name: getattr(row, name) for name in own}
    found |= {"plan": row.plan_id, "name": row.plan.name, "place": row.place.code, "times": row.plan.times}
    return OccasionOut(**found).model_dump(mode="json")


@router.get("/schedules/plans", response={200: PlanPage, **REFUSED})
def list_plans(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Visible plans, those that run first."""
    return page_of(plans_of(request.user), query, plan_out)


@router.post("/schedules/plans", response={200: PlanOut, **REFUSED_WRITE})
def begin(request: SignedInRequest, body: SchedulePlanIn) -> Any:
    """Begin a plan; what was due since its first day is made at once."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        plan = actions.begin_plan(
            by=request.user, place=place, wanted=_wanted(body), begins_on=body.begins_on, until=body.until
        )
        return plan_out(plan)

    return idempotent(request, "schedules.begin", body, write)


def _wanted(body: SchedulePlanIn) -> actions.Wanted:
    given = body.model_dump(exclude={"place", "begins_on", "until", "schedule"}, exclude_none=True)
    return actions.wanted(schedule=body.schedule, **given)


@router.post("/schedules/plans/{plan_id}/end", response={200: PlanOut, **REFUSED_WRITE})
def end(request: SignedInRequest, plan_id: UUID, body: PlanEndIn) -> Any:
    """End a plan; what was due before stays."""
    plan = Plan.objects.get_visible(request.user, pk=plan_id)

    def write() -> dict[str, Any]:
        return plan_out(actions.end_plan(by=request.user, plan=plan, **body.model_dump()))

    return idempotent(request, "schedules.end", body, write)


@router.get("/schedules/occasions", response={200: OccasionPage, **REFUSED})
def list_occasions(request: SignedInRequest, query: Query[OccasionQuery]) -> Any:
    """Visible occasions, the latest due first."""
    if query.state and query.state not in Occasion.State.values:
        raise unknown("state", query.state, Occasion.State.values, "state")
    place = named_place(request, query.place).path if query.place else ""
    wanted = OccasionFilter(place, query.plan, query.state, query.since, query.until)
    return page_of(occasions(request.user, wanted), query, occasion_out)


@router.post("/schedules/occasions/{occasion_id}/excuse", response={200: OccasionOut, **REFUSED_WRITE})
def excuse(request: SignedInRequest, occasion_id: UUID, body: WhyIn) -> Any:
    """Excuse a place from one turn: from above, never by the place itself."""
    return _step(request, occasion_id, body, "schedules.excuse", actions.excuse)


@router.post("/schedules/occasions/{occasion_id}/withdraw-excuse", response={200: OccasionOut, **REFUSED_WRITE})
def withdraw_excuse(request: SignedInRequest, occasion_id: UUID, body: WhyIn) -> Any:
    """Take an excuse back: it is owed again."""
    return _step(request, occasion_id, body, "schedules.withdraw_excuse", actions.withdraw_excuse)


def _step(request: SignedInRequest, occasion_id: UUID, body: WhyIn, name: str, act: Any) -> Any:
    occasion = Occasion.objects.get_visible(request.user, pk=occasion_id)

    def write() -> dict[str, Any]:
        act(by=request.user, occasion=occasion, why=body.why)
        return occasion_out(occasions(request.user).get(pk=occasion.pk))

    return idempotent(request, name, body, write)
