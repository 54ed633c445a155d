"""Targets, and questions between figures, over the API."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Schema

from huoshui.duties.models import Account
from huoshui.figures.queries import get_indicator
from huoshui.figures.reporting.conflicts import (
    RECORDS,
    decide_conflict,
    give_conflict,
    holding,
    look_for_conflicts,
)
from huoshui.figures.reporting.models import Conflict, Target
from huoshui.figures.reporting.targets import drop_target, set_target, shown
from huoshui.kernel.choices import named
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.named_places import named_place
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("figures")


class TargetOut(Schema):
    """A target; ``value`` in words: ≥ 88.0."""

    id: UUID
    indicator: str
    place: str
    period: str
    value: str
    source: str
    version: int


class TargetPage(PageOut):
    """A page of targets."""

    items: list[TargetOut]


class TargetIn(Schema):
    """A target to set: ≥88, ≤5, =0; the document that sets it; the version that was read, none for a new one."""

    indicator: str
    place: str
    period: str
    value: str
    source: str
    seen_version: int | None = None


class DropIn(ReasonIn):
    """Why, and the version that was read."""

    seen_version: int


class ConflictOut(Schema):
    """A question between figures: the rule that found it, what each source says, and what was decided."""

    id: UUID
    rule: str
    place: str
    state: str
    owner: str
    decision: str
    reason: str
    holds: UUID | Literal["record"] | None
    members: list[dict[str, str]]
    version: int


class ConflictPage(PageOut):
    """A page of questions."""

    items: list[ConflictOut]


class ConflictQuery(Paged):
    """Which: open, decided or gone; and which page."""

    state: str = "open"


class GiveIn(Schema):
    """The username of who is to find out."""

    owner: str
    seen_version: int


class DecideIn(Schema):
    """definitions, value or doubted; for value the observation that holds, or record: what is counted; and why."""

    decision: str
    reason: str
    holds: UUID | Literal["record"] | None = None
    seen_version: int


class LookIn(Schema):
    """Where figures are held against each other: a place by its code, and all below."""

    place: str


class LookedOut(Schema):
    """How many questions are open there."""

    open: int


def target_out(row: Target) -> dict[str, Any]:
    """A target."""
    names = ("id", "indicator", "period", "source", "version")
    told = {name: getattr(row, name) for name in names}
    told |= {"place": row.place.code, "value": shown(row, get_indicator(row.indicator))}
    return TargetOut(**told).model_dump(mode="json")


@router.get("/targets", response={200: TargetPage, **REFUSED}, summary="Targets")
def list_targets(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Visible targets, the newest first."""
    return page_of(Target.objects.visible_to(request.user).select_related("place").order_by("-id"), query, target_out)


@router.put("/targets", response={200: TargetOut, **REFUSED_WRITE}, summary="Set a target")
def put_target(request: SignedInRequest, body: TargetIn) -> Any:
    """Set what an indicator should come to, or change it."""
    there = named_place(request, body.place)
    return idempotent(
        request,
        "figures.set_target",
        body,
        lambda: target_out(set_target(by=request.user, **body.model_dump() | {"place": there})),
    )


@router.post("/targets/{target_id}/drop", response={200: TargetOut, **REFUSED_WRITE}, summary="Take a target back")
def take_target_back(request: SignedInRequest, target_id: UUID, body: DropIn) -> Any:
    """Take a target back, and say why."""
    row = Target.objects.select_related("place").get_visible(request.user, pk=target_id)

    def write() -> dict[str, Any]:
        was = target_out(row)
        drop_target(by=request.user, target=row, **body.model_dump())
        return was

    return idempotent(request, "figures.drop_target", body, write)


def conflict_out(row: Conflict) -> dict[str, Any]:
    """A question as it stands."""
    fresh = Conflict.objects.select_related("place", "owner").get(pk=row.pk)
    names = ("id", "rule", "state", "decision", "reason", "members", "version")
    told = {name: getattr(fresh, name) for name in names}
    held = holding(fresh)
    told |= {
        "place": fresh.place.code,
        "owner": fresh.owner.username if fresh.owner else "",
        "holds": (held["observation"] or RECORDS) if held else None,
    }
    return ConflictOut(**told).model_dump(mode="json")


@router.get("/conflicts", response={200: ConflictPage, **REFUSED}, summary="Questions between figures")
def list_conflicts(request: SignedInRequest, query: Query[ConflictQuery]) -> Any:
    """The questions of a state that the token's account sees."""
    rows = Conflict.objects.visible_to(request.user).filter(state=query.state).order_by("place__path", "id")
    return page_of(rows, query, conflict_out)


@router.post("/conflicts/look", response={200: LookedOut, **REFUSED_WRITE}, summary="Look for questions")
def look(request: SignedInRequest, body: LookIn) -> Any:
    """Hold the figures at a place and below it against each other."""
    there = named_place(request, body.place)
    return idempotent(
        request, "figures.look_for_conflicts", body, lambda: {"open": look_for_conflicts(by=request.user, place=there)}
    )


@router.post("/conflicts/{conflict_id}/give", response={200: ConflictOut, **REFUSED_WRITE}, summary="Give a question")
def give(request: SignedInRequest, conflict_id: UUID, body: GiveIn) -> Any:
    """Say who is to find out."""
    row = Conflict.objects.get_visible(request.user, pk=conflict_id)
    owner: Account = named(Account.objects.visible_to(request.user), "owner", _("查明人"), username=body.owner)
    return idempotent(
        request,
        "figures.give_conflict",
        body,
        lambda: conflict_out(give_conflict(by=request.user, conflict=row, owner=owner, seen_version=body.seen_version)),
    )


@router.post("/conflicts/{conflict_id}/decide", response={200: ConflictOut, **REFUSED_WRITE}, summary="Decide")
def decide(request: SignedInRequest, conflict_id: UUID, body: DecideIn) -> Any:
    """Say what was found out, and why."""
    row = Conflict.objects.get_visible(request.user, pk=conflict_id)
    return idempotent(
        request,
        "figures.decide_conflict",
        body,
        lambda: conflict_out(decide_conflict(by=request.user, conflict=row, **body.model_dump())),
    )
