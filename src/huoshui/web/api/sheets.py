"""Sheets over the API, of a round or by themselves: begun, filled in, handed in, taken back, admitted late."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Field, Query, Schema

from huoshui.kernel.choices import named, require_known
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Round, Visit
from huoshui.visits.queries import FormItem, sheet_form
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import ReasonIn, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("sheets")


class SheetOut(Schema):
    """A sheet with its answers; points in thousandths of a point.

    ``round`` is null of a visit that stands by itself; ``admitted``: came after the lock, and counts. Of an answer
    ``text`` is its words or, of a question with several choices, their codes with blanks between.
    """

    id: UUID
    round: UUID | None
    place: str
    pack: str
    checklist: str
    admitted: bool
    state: str
    visited_on: dt.date
    strengths: str
    shortcomings: str
    direction: str
    version: int
    answers: dict[str, dict[str, Any]]


class SheetPage(PageOut):
    """A page of sheets."""

    items: list[SheetOut]


class AnswersIn(Schema):
    """Answers and notes by item code; what is left out stays, an empty value clears."""

    answers: dict[str, Any] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)
    strengths: str | None = None
    shortcomings: str | None = None
    direction: str | None = None
    visited_on: dt.date | None = None
    seen_version: int


class StartIn(Schema):
    """A visit by itself (a survey, a patrol): where, with which checklist (``pack.code``), and the day if not today."""

    place: str
    checklist: str
    visited_on: dt.date | None = None


class SheetQuery(Paged):
    """Filters of sheets: a round, a state."""

    round: UUID | None = None
    state: str = ""
    size: int = Field(50, description=Paged.model_fields["size"].description)


class FormItemOut(Schema):
    """An item to answer; points in thousandths of a point, ``scoring`` and ``evidence`` as the pack declares them.

    ``value``: what stands, as an answer may be given: a grade's code or points, a number of findings, true or false (an
    answer may also be "yes" or "no"), the measured value, words, a date, or a list of codes of choices. ``points`` is
    null until the judge answered, or confirmed what the register filled in. ``asked``: whether it is asked, as the
    answers stand; ``condition``: when it is, as a tree of lists (["and"|"or", ...], ["not", ...], ["missing", item],
    ["yes", item], ["has", item, option], ["is", item, type, operator, literal], ["constant", value]), null: always.
    """

    code: str
    section: str
    name: str
    guidance: str
    method: str
    most_points: int
    scoring: dict[str, Any]
    evidence: dict[str, Any] | None
    constraint_message: str
    asked: bool
    condition: list[Any] | None
    value: Any
    shown: str
    points: int | None
    fails: bool
    note: str
    prefilled: bool
    photos: int
    photos_missing: int


class SheetFormOut(Schema):
    """What a sheet asks for, what is answered, and what is still missing."""

    id: UUID
    checklist: str
    state: str
    version: int
    asked: int
    answered: int
    items: list[FormItemOut]


def sheet_out(visit: Visit) -> dict[str, Any]:
    """A sheet with its answers."""
    answers = {
        answer.item: {
            "choice": answer.choice,
            "value": answer.value,
            "findings": answer.findings,
            "yes": answer.yes,
            "text": answer.text,
            "day": answer.day,
            "points": answer.points,
            "note": answer.note,
        }
        for answer in visit.answers.all()
    }
    return {
        "id": visit.pk,
        "round": visit.round_id,
        "place": visit.place.code,
        "pack": visit.pack_version.pack,
        "checklist": visit.checklist_code,
        "admitted": visit.admitted,
        "state": visit.state,
        "visited_on": visit.visited_on,
        "strengths": visit.strengths,
        "shortcomings": visit.shortcomings,
        "direction": visit.direction,
        "version": visit.version,
        "answers": answers,
    }


def form_item_out(section: str, entry: FormItem) -> dict[str, Any]:
    """An item of the form."""
    item = entry.item
    return {
        "code": item.code,
        "section": section,
        "name": str(item.name),
        "guidance": str(item.guidance or ""),
        "method": str(entry.method),
        "most_points": item.points,
        "scoring": item.scoring.model_dump(mode="json"),
        "evidence": item.evidence.model_dump(mode="json") if item.evidence else None,
        "constraint_message": str(item.constraint_message or ""),
        "asked": entry.asked,
        "condition": entry.condition,
        "value": entry.value,
        "shown": entry.shown,
        "points": entry.points,
        "fails": entry.fails,
        "note": entry.note,
        "prefilled": entry.prefilled,
        "photos": len(entry.photos),
        "photos_missing": entry.photos_missing,
    }


@router.get("/sheets", response={200: SheetPage, **REFUSED})
def list_sheets(request: SignedInRequest, query: Query[SheetQuery]) -> Any:
    """Visible sheets, of rounds and by themselves: one's own, and others' once the round is locked."""
    rows = Visit.objects.visible_to(request.user).select_related("place", "pack_version").prefetch_related("answers")
    require_known(rows, "state", query.state, Visit.State.values)
    rows = rows.filter(state=query.state) if query.state else rows
    if query.round:
        rows = rows.filter(round=named(Round.objects.visible_to(request.user), "round", pk=query.round))
    return page_of(rows.order_by("-visited_on", "pk"), query, sheet_out)


@router.post("/rounds/{round_id}/places/{code}/sheet", response={200: SheetOut, **REFUSED_WRITE})
def open_sheet(request: SignedInRequest, round_id: UUID, code: str) -> Any:
    """One's own sheet for a place, made at first call."""
    round = Round.objects.get_visible(request.user, pk=round_id)
    place = Place.objects.get_visible(request.user, code=code)

    def write() -> dict[str, Any]:
        visit = actions.open_sheet(by=request.user, round=round, place=place)
        return SheetOut(**sheet_out(visit)).model_dump(mode="json")

    return idempotent(request, "visits.open_sheet", None, write)


@router.post("/sheets", response={200: SheetOut, **REFUSED_WRITE})
def start_visit(request: SignedInRequest, body: StartIn) -> Any:
    """Begin a visit that belongs to no round; each request without an Idempotency-Key begins another."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"place"})
        visit = actions.start_visit(by=request.user, place=place, **given)
        return SheetOut(**sheet_out(visit)).model_dump(mode="json")

    return idempotent(request, "visits.start_visit", body, write)


@router.get("/sheets/{sheet_id}", response={200: SheetOut, **REFUSED})
def get_sheet(request: SignedInRequest, sheet_id: UUID) -> Any:
    """One visible sheet."""
    return sheet_out(Visit.objects.get_visible(request.user, pk=sheet_id))


@router.get("/sheets/{sheet_id}/form", response={200: SheetFormOut, **REFUSED})
def get_sheet_form(request: SignedInRequest, sheet_id: UUID) -> Any:
    """The items of a visible sheet: what each asks for, what was answered, how many photos are still missing."""
    form = sheet_form(Visit.objects.get_visible(request.user, pk=sheet_id))
    return {
        "id": form.visit.pk,
        "checklist": form.visit.checklist_code,
        "state": form.visit.state,
        "version": form.visit.version,
        "asked": form.asked,
        "answered": form.answered,
        "items": [form_item_out(part.section.code, entry) for part in form.sections for entry in part.items],
    }


@router.patch("/sheets/{sheet_id}", response={200: SheetOut, **REFUSED_WRITE})
def save_answers(request: SignedInRequest, sheet_id: UUID, body: AnswersIn) -> Any:
    """Save answers on one's own draft."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        saved = actions.save_answers(by=request.user, visit=visit, **body.model_dump())
        return SheetOut(**sheet_out(saved)).model_dump(mode="json")

    return idempotent(request, "visits.save_answers", body, write)


@router.post("/sheets/{sheet_id}/submit", response={200: SheetOut, **REFUSED_WRITE})
def submit_sheet(request: SignedInRequest, sheet_id: UUID) -> Any:
    """Hand in one's own sheet."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        return SheetOut(**sheet_out(actions.submit_visit(by=request.user, visit=visit))).model_dump(mode="json")

    return idempotent(request, "visits.submit_visit", None, write)


@router.post("/sheets/{sheet_id}/take-back", response={200: SheetOut, **REFUSED_WRITE})
def take_back_sheet(request: SignedInRequest, sheet_id: UUID) -> Any:
    """Make one's own handed-in sheet a draft again, while the round is open."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        return SheetOut(**sheet_out(actions.take_back_visit(by=request.user, visit=visit))).model_dump(mode="json")

    return idempotent(request, "visits.take_back_visit", None, write)


@router.post("/sheets/{sheet_id}/admit", response={200: SheetOut, **REFUSED_WRITE})
def admit_late_sheet(request: SignedInRequest, sheet_id: UUID, body: ReasonIn) -> Any:
    """Let a sheet that came after the lock count, before the results are computed."""
    visit = Visit.objects.get_visible(request.user, pk=sheet_id)

    def write() -> dict[str, Any]:
        admitted = actions.admit_late_visit(by=request.user, visit=visit, reason=body.reason)
        return SheetOut(**sheet_out(admitted)).model_dump(mode="json")

    return idempotent(request, "visits.admit_late_visit", body, write)
