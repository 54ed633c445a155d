"""Activities over the API: list, plan, record, correct, cancel, consents to pictures, and files of many."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from ninja import Field, File, Form, Query, Schema
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from huoshui.activities import actions
from huoshui.activities import values as typed_values
from huoshui.activities.imports import ActivityImport, import_activities
from huoshui.activities.models import Activity, PictureConsent
from huoshui.activities.queries import ActivityFilter, activities, parts_of
from huoshui.duties.models import Unit
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("activities")


class ActivityRow(Schema):
    """An activity in the list; ``day`` to ``last_day``: planned, or held."""

    id: UUID
    kind: str
    title: str
    place: str
    place_name: str
    site: str | None
    venue: str
    unit: str | None
    state: str
    day: dt.date
    last_day: dt.date
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    minutes: int | None
    headcount: int | None
    version: int


class ActivityPage(PageOut):
    """A page of activities."""

    items: list[ActivityRow]


class ConsentOut(Schema):
    """A consent to pictures of children; of how many, never of whom."""

    id: UUID
    children: int
    given_on: dt.date
    paper: str
    withdrawn_on: dt.date | None


class ActivityOut(ActivityRow):
    """An activity with its fields in words (names masked), its parts and consents."""

    outcome: str
    cancel_reason: str
    key: str
    parent: UUID | None
    parts: list[UUID]
    values: dict[str, str]
    consents: list[ConsentOut]


class ActivityQuery(Paged):
    """Filters of the list; ``place`` is a code, ``group`` that of a heading."""

    kind: str = ""
    group: str = ""
    state: str = ""
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    text: str = ""


class ActivityPlanIn(Schema):
    """An activity to plan; ``site`` and ``place`` are codes, ``unit`` an id, ``parent`` the whole it is a part of."""

    kind: str
    place: str
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    site: str = ""
    venue: str = ""
    unit: UUID | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    parent: UUID | None = None


class ChangePlanIn(Schema):
    """What is to change of a plan, and the version that was read.

    What is left out stays; ``ends_at`` null takes the end away.
    """

    title: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    site: str | None = None
    venue: str | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    seen_version: int


class HeldIn(Schema):
    """What is told of an activity that was held, and the version that was read."""

    held_on: dt.date
    last_day: dt.date | None = None
    minutes: int | None = None
    headcount: int | None = None
    outcome: str = ""
    title: str | None = None
    venue: str | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    seen_version: int


class AtOnceIn(Schema):
    """An activity that was held and that nobody had planned; ``key``: its number where it comes from."""

    kind: str
    place: str
    title: str
    held_on: dt.date
    last_day: dt.date | None = None
    minutes: int | None = None
    headcount: int | None = None
    outcome: str = ""
    site: str = ""
    venue: str = ""
    unit: UUID | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    parent: UUID | None = None


class CancelIn(Schema):
    """Why, and the version that was read."""

    reason: str
    seen_version: int


class ConsentIn(Schema):
    """What guardians agreed to, and the version of the activity that was read."""

    children: int
    given_on: dt.date
    paper: str
    seen_version: int


class WithdrawConsentIn(Schema):
    """What was said, without names, and the version of the activity that was read."""

    said: str = ""
    seen_version: int


class ActivityImportOut(Schema):
    """What a file would do, or did; ``plan`` names it."""

    rows: int
    unchanged: int
    written: bool
    plan: str
    problems: list[dict[str, Any]] = Field(default_factory=list)


def activity_row(row: Activity) -> dict[str, Any]:
    """The listed columns of an activity."""
    plain = ("kind", "title", "venue", "state", "day", "last_day", "starts_at", "ends_at", "minutes", "headcount")
    return {
        "id": row.pk, "place": row.place.code, "place_name": row.place.short_name,
        "site": row.site.code if row.site else None, "unit": row.unit.name if row.unit else None,
        "version": row.version, **{name: getattr(row, name) for name in plain},
    }  # fmt: skip


def consent_out(consent: PictureConsent) -> dict[str, Any]:
    """One consent."""
    names = ("children", "given_on", "paper", "withdrawn_on")
    return {"id": consent.pk, **{name: getattr(consent, name) for name in names}}


def activity_out(request: SignedInRequest, row: Activity) -> dict[str, Any]:
    """An activity as this reader sees it."""
    kind = row.definition
    values = {code: typed_values.shown(kind, code, value) for code, value in typed_values.read(row).items()}
    told = activity_row(row) | {
        "outcome": row.outcome, "cancel_reason": row.cancel_reason, "key": row.key, "parent": row.parent_id,
        "parts": [part.pk for part in parts_of(request.user, row)], "values": values,
        "consents": [consent_out(one) for one in row.consents.order_by("id")],
    }  # fmt: skip
    return ActivityOut(**told).model_dump(mode="json")


def _activity(request: SignedInRequest, activity_id: UUID) -> Activity:
    related = ("place", "site", "unit", "pack_version")
    found: Activity = Activity.objects.select_related(*related).get_visible(request.user, pk=activity_id)
    return found


def _again(request: SignedInRequest, row: Activity) -> dict[str, Any]:
    return activity_out(request, _activity(request, row.pk))


def _place(request: SignedInRequest, code: str) -> Place:
    found: Place = Place.objects.get_visible(request.user, code=code)
    return found


def _where(request: SignedInRequest, body: ActivityPlanIn | AtOnceIn) -> dict[str, Any]:
    """The records that a new activity names."""
    user = request.user
    return {
        "place": _place(request, body.place),
        "site": _place(request, body.site) if body.site else None,
        "unit": named(Unit.objects.visible_to(user), "unit", pk=body.unit) if body.unit else None,
        "parent": _activity(request, body.parent) if body.parent else None,
    }


@router.get("/activities", response={200: ActivityPage, **REFUSED})
def list_activities(request: SignedInRequest, query: Query[ActivityQuery]) -> Any:
    """Visible activities, the latest day first."""
    visible = Place.objects.visible_to(request.user)
    path = named(visible, "place", code=query.place).path if query.place else ""
    wanted = ActivityFilter(**query.dict(exclude={"page", "size", "place"}), place=path)
    return page_of(activities(request.user, wanted), query, activity_row)


@router.get("/activities/{uuid:activity_id}", response={200: ActivityOut, **REFUSED})
def get_activity(request: SignedInRequest, activity_id: UUID) -> Any:
    """One visible activity."""
    return activity_out(request, _activity(request, activity_id))


@router.post("/activities/plan", response={200: ActivityOut, **REFUSED_WRITE})
def plan_activity(request: SignedInRequest, body: ActivityPlanIn) -> Any:
    """Plan an activity."""

    def write() -> dict[str, Any]:
        given = body.model_dump(exclude={"place", "site", "unit", "parent"}) | _where(request, body)
        return _again(request, actions.plan(by=request.user, **given))

    return idempotent(request, "activities.plan", body, write)


@router.post("/activities/record", response={200: ActivityOut, **REFUSED_WRITE})
def record_activity_at_once(request: SignedInRequest, body: AtOnceIn) -> Any:
    """Record an activity that was held and that nobody had planned here."""

    def write() -> dict[str, Any]:
        given = body.model_dump(exclude={"place", "site", "unit", "parent"}) | _where(request, body)
        return _again(request, actions.record_at_once(by=request.user, **given))

    return idempotent(request, "activities.record_at_once", body, write)


@router.post("/activities/import", response={200: ActivityImportOut, **REFUSED_WRITE})
def import_many(
    request: SignedInRequest,
    file: File[UploadedFile],
    kind: Form[str],
    dry_run: Form[bool] = True,
    plan: Form[str] = "",
) -> Any:
    """Record the activities of a file (.xlsx or .csv), all or none; tried unless ``dry_run`` is false.

    ``plan``: that of the dry run that was read; something else is then not written.
    """
    data = file.read()
    how: dict[str, Any] = {"by": request.user, "kind": kind, "data": data, "name": file.name or ""}
    if dry_run:
        return _import_out(import_activities(**how, dry_run=True))

    def write() -> dict[str, Any]:
        report = import_activities(**how, agreed=plan or None)
        if report.problems:
            raise Refusal.of(report.problems)
        return _import_out(report)

    sent = {"kind": kind, "name": file.name, "sha256": hashlib.sha256(data).hexdigest(), "plan": plan}
    return once(**asked(request, "activities.import", sent), write=write)


def _import_out(report: ActivityImport) -> dict[str, Any]:
    return {
        "rows": len(report.trial.possible), "unchanged": len(report.trial.unchanged), "written": report.written,
        "plan": report.plan, "problems": [problem.as_dict() for problem in report.problems],
    }  # fmt: skip


@router.patch("/activities/{uuid:activity_id}", response={200: ActivityOut, **REFUSED_WRITE})
def change_activity_plan(request: SignedInRequest, activity_id: UUID, body: ChangePlanIn) -> Any:
    """Change the plan."""
    activity = _activity(request, activity_id)

    def write() -> dict[str, Any]:
        given = body.model_dump(exclude_unset=True)
        if "site" in given:
            given["site"] = _place(request, given["site"]) if given["site"] else None
        return _again(request, actions.change_plan(by=request.user, activity=activity, **given))

    return idempotent(request, "activities.change_plan", body, write)


@router.post("/activities/{uuid:activity_id}/record", response={200: ActivityOut, **REFUSED_WRITE})
def record_activity(request: SignedInRequest, activity_id: UUID, body: HeldIn) -> Any:
    """Record that a planned activity was held."""
    activity = _activity(request, activity_id)

    def write() -> dict[str, Any]:
        return _again(request, actions.record(by=request.user, activity=activity, **body.model_dump()))

    return idempotent(request, "activities.record", body, write)


@router.post("/activities/{uuid:activity_id}/correct", response={200: ActivityOut, **REFUSED_WRITE})
def correct_activity(request: SignedInRequest, activity_id: UUID, body: HeldIn) -> Any:
    """Correct what was recorded; the journal keeps what it was."""
    activity = _activity(request, activity_id)

    def write() -> dict[str, Any]:
        return _again(request, actions.correct(by=request.user, activity=activity, **body.model_dump()))

    return idempotent(request, "activities.correct", body, write)


@router.post("/activities/{uuid:activity_id}/cancel", response={200: ActivityOut, **REFUSED_WRITE})
def cancel_activity(request: SignedInRequest, activity_id: UUID, body: CancelIn) -> Any:
    """Cancel the plan, or take the record back."""
    activity = _activity(request, activity_id)

    def write() -> dict[str, Any]:
        return _again(request, actions.cancel(by=request.user, activity=activity, **body.model_dump()))

    return idempotent(request, "activities.cancel", body, write)


@router.post("/activities/{uuid:activity_id}/consents", response={200: ActivityOut, **REFUSED_WRITE})
def record_picture_consent(request: SignedInRequest, activity_id: UUID, body: ConsentIn) -> Any:
    """Record a consent to pictures of children, given on paper."""
    activity = _activity(request, activity_id)

    def write() -> dict[str, Any]:
        actions.record_consent(by=request.user, activity=activity, **body.model_dump())
        return _again(request, activity)

    return idempotent(request, "activities.record_consent", body, write)


@router.post(
    "/activities/{uuid:activity_id}/consents/{uuid:consent_id}/withdraw", response={200: ActivityOut, **REFUSED_WRITE}
)
def withdraw_picture_consent(
    request: SignedInRequest, activity_id: UUID, consent_id: UUID, body: WithdrawConsentIn
) -> Any:
    """Withdraw a consent; the pictures of children come off."""
    activity = _activity(request, activity_id)
    consent = activity.consents.filter(pk=consent_id).first()
    if consent is None:
        raise Refusal("access.not_found")

    def write() -> dict[str, Any]:
        actions.withdraw_consent(by=request.user, consent=consent, **body.model_dump())
        return _again(request, activity)

    return idempotent(request, "activities.withdraw_consent", body, write)
