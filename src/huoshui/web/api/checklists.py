"""Checklists over the API: as a workbook, back from one, and from an XLSForm."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile

from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.numbers import shown
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.exchange.export import checklist_workbook
from huoshui.visits.exchange.importing import ChecklistImport, import_checklist
from huoshui.visits.models import Visit
from huoshui.visits.queries import QuestionSummary, Survey, scale_of, summaries, survey_of, told_answers
from huoshui.visits.question_list.importing import QuestionListImport, Wanted, import_questions
from huoshui.visits.xlsform.importing import FormImport, import_form
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ProblemOut, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked
from huoshui.web.files import as_file
from huoshui.web.office.checklist_editor.changes import differences
from huoshui.web.office.checklist_editor.exchange import checklist_of
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("packs")


class ChecklistLineOut(Schema):
    """One thing that is said differently; "" where it was, or is, not said."""

    label: str
    before: str
    after: str


class ChecklistChangeOut(Schema):
    """A part of the checklist that is added, removed or changed: ``head``, ``items.floor``."""

    name: str
    sign: str
    title: str
    lines: list[ChecklistLineOut]


class ChecklistImportOut(Schema):
    """What an import published, or would publish; with problems nothing was written.

    ``number``: the version of the pack; "" when nothing changes. ``plan``: give it back to publish exactly this.
    ``notes``: of an XLSForm, what is not in the checklist (``left_out``) or is there in another form; of a question
    list, what is taken otherwise than somebody may think (``otherwise``).
    """

    pack: str
    checklist: str
    dry_run: bool
    number: str
    plan: str
    changes: list[ChecklistChangeOut]
    problems: list[ProblemOut]
    left_out: list[ProblemOut]
    otherwise: list[ProblemOut]


def import_out(report: ChecklistImport) -> dict[str, Any]:
    """An import's wire form, for the API and the command line."""
    found = differences(report.before, report.after) if report.before and report.after and report.ok else []
    changes = [
        {
            "name": change.name,
            "sign": change.sign,
            "title": change.title,
            "lines": [{"label": line.label, "before": line.old, "after": line.new} for line in change.lines],
        }
        for change in found
    ]
    left_out, otherwise = (report.left_out, report.otherwise) if isinstance(report, FormImport) else ([], [])
    otherwise = report.notes if isinstance(report, QuestionListImport) else otherwise
    return {
        "pack": report.pack,
        "checklist": report.code,
        "dry_run": report.dry_run,
        "number": report.number,
        "plan": report.plan,
        "changes": changes,
        "problems": [problem.as_dict() for problem in report.problems],
        "left_out": [note.as_dict() for note in left_out],
        "otherwise": [note.as_dict() for note in otherwise],
    }


@router.get("/packs/{pack}/checklists/{code}/checklist.xlsx", response={200: None, **REFUSED})
def get_checklist_workbook(request: SignedInRequest, pack: str, code: str) -> HttpResponse:
    """The current version of a checklist as a workbook to be edited and brought back."""
    version = PackVersion.objects.get_visible(request.user, pack=pack, current=True)
    return as_file(checklist_workbook(version, checklist_of(version, code)), XLSX, f"{code}-{version.number}.xlsx")


@router.post("/packs/{pack}/checklists/{code}/import", response={200: ChecklistImportOut, **REFUSED_WRITE})
def import_checklist_workbook(
    request: SignedInRequest,
    pack: str,
    code: str,
    file: File[UploadedFile],
    dry_run: Form[bool] = True,
    plan: Form[str] = "",
) -> Any:
    """Bring an exported and edited checklist back: all of it, or nothing. ``plan`` is that of a dry run."""

    def run(**how: Any) -> ChecklistImport:
        return import_checklist(by=request.user, pack=pack, code=code, **how)

    return _answer(request, "checklists.import", file, dry_run, plan, {"pack": pack, "code": code}, run)


@router.post("/packs/{pack}/xlsform", response={200: ChecklistImportOut, **REFUSED_WRITE})
def import_xlsform(
    request: SignedInRequest,
    pack: str,
    file: File[UploadedFile],
    into: Form[str] = "",
    place_kinds: Form[str] = "",
    dry_run: Form[bool] = True,
    plan: Form[str] = "",
) -> Any:
    """Make a checklist of an XLSForm: a new one for ``place_kinds`` (by commas), or in place of ``into``.

    Read ``left_out`` and ``otherwise`` of the dry run before giving its ``plan`` back.
    """
    kinds = _codes(place_kinds)

    def run(**how: Any) -> ChecklistImport:
        return import_form(by=request.user, pack=pack, into=into, place_kinds=kinds, **how)

    sent = {"pack": pack, "into": into, "place_kinds": kinds}
    return _answer(request, "checklists.xlsform", file, dry_run, plan, sent, run)


@router.post("/packs/{pack}/question-list", response={200: ChecklistImportOut, **REFUSED_WRITE})
def import_question_list(
    request: SignedInRequest,
    pack: str,
    file: File[UploadedFile],
    name: Form[str],
    place_kinds: Form[str],
    roles: Form[str],
    until: Form[dt.date | None] = None,
    dry_run: Form[bool] = True,
    plan: Form[str] = "",
) -> Any:
    """Make a survey of an Excel list of questions (.xlsx), asked of ``roles`` at ``place_kinds`` (codes, by commas).

    ``until`` is its last day. Read ``otherwise`` of the dry run before giving its ``plan`` back. The survey's code is
    ``checklist`` of the answer.
    """
    sent = {"pack": pack, "name": name.strip(), "place_kinds": _codes(place_kinds), "roles": _codes(roles)}
    wanted = Wanted(name.strip(), _codes(place_kinds), _codes(roles), until)

    def run(**how: Any) -> ChecklistImport:
        return import_questions(by=request.user, pack=pack, wanted=wanted, **how)

    until_sent = {"until": until.isoformat() if until else ""}
    return _answer(request, "checklists.question_list", file, dry_run, plan, sent | until_sent, run)


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _answer(
    request: SignedInRequest,
    name: str,
    file: UploadedFile,
    dry_run: bool,
    plan: str,
    sent: dict[str, Any],
    run: Callable[..., ChecklistImport],
) -> Any:
    given = {"data": file.read(), "name": file.name or ""}
    if dry_run:
        return import_out(run(**given, dry_run=True))

    def write() -> dict[str, Any]:
        report = run(**given, agreed=plan or None)
        if not report.ok:
            raise Refusal.of(report.problems)
        return import_out(report)

    body = {**sent, "sha256": hashlib.sha256(given["data"]).hexdigest(), "plan": plan}
    return once(**asked(request, name, body), write=write)


class RemindedOut(Schema):
    """How many people were reminded."""

    told: int


@router.post("/packs/{pack}/checklists/{code}/answers/remind", response={200: RemindedOut, **REFUSED_WRITE})
def remind_survey(request: SignedInRequest, pack: str, code: str, area: str = "") -> Any:
    """Remind everybody who is asked and has not answered, in ``area`` (a place's code) or everywhere; once a day."""
    within = named(Place.objects.visible_to(request.user), "area", code=area) if area else None

    def write() -> dict[str, Any]:
        return {"told": actions.remind_survey(by=request.user, pack=pack, code=code, area=within)}

    return once(**asked(request, "visits.remind_survey", {"area": area}), write=write)


class SurveyQuery(Paged):
    """Which answers: of the places in ``area`` (a place's code; "": of all), and every sheet or the counted ones."""

    area: str = ""
    every: bool = False


class SurveySheetOut(Schema):
    """A handed-in sheet of a survey; ``answers`` in words by item code, ``counts``: the latest of its place."""

    id: UUID
    place: str
    visited_on: dt.date
    counts: bool
    answers: dict[str, str]


class SurveySheetPage(PageOut):
    """A page of sheets of a survey."""

    items: list[SurveySheetOut]


class ShareOut(Schema):
    """How many sheets gave one answer; ``per_mille`` of those that answered the question."""

    code: str
    name: str
    count: int
    per_mille: int


class QuestionSummaryOut(Schema):
    """What was answered to one question over the sheets that count.

    ``low``, ``middle`` (lower median) and ``high`` of numbers as numerals in the item's unit, of dates as dates;
    ``total`` of numbers.
    """

    code: str
    name: str
    answered: int
    shares: list[ShareOut]
    low: str | None
    middle: str | None
    high: str | None
    total: str | None


class SurveySummaryOut(Schema):
    """A survey question by question; ``places`` it is for, ``counted`` of them with a sheet, ``sheets`` in all."""

    pack: str
    checklist: str
    places: int
    counted: int
    sheets: int
    questions: list[QuestionSummaryOut]


@router.get("/packs/{pack}/checklists/{code}/answers", response={200: SurveySheetPage, **REFUSED})
def list_survey_answers(request: SignedInRequest, pack: str, code: str, query: Query[SurveyQuery]) -> Any:
    """The visible answers of sheets that belong to no round, by place."""
    found = _survey(request, pack, code, query.area)
    items = found.items

    def row(visit: Visit) -> dict[str, Any]:
        told = told_answers(visit, items, found.answers[visit.pk])
        answers = {item.code: said for item, said in zip(items, told, strict=True) if said}
        where = {"id": visit.pk, "place": visit.place.code, "visited_on": visit.visited_on}
        return {**where, "counts": visit.pk in found.counted, "answers": answers}

    return page_of(found.sheets if query.every else found.latest, query, row)


@router.get("/packs/{pack}/checklists/{code}/answers/summary", response={200: SurveySummaryOut, **REFUSED})
def get_survey_summary(request: SignedInRequest, pack: str, code: str, area: str = "") -> Any:
    """The same question by question: counts of choices, yes and no; the range of numbers and dates."""
    found = _survey(request, pack, code, area)
    return {
        "pack": pack,
        "checklist": code,
        "places": len(found.places),
        "counted": len(found.latest),
        "sheets": len(found.sheets),
        "questions": [_summary_out(summary) for summary in summaries(found)],
    }


def _survey(request: SignedInRequest, pack: str, code: str, area: str) -> Survey:
    version = PackVersion.objects.get_visible(request.user, pack=pack, current=True)
    within = named(Place.objects.visible_to(request.user), "area", code=area) if area else None
    return survey_of(request.user, version, checklist_of(version, code), area=within)


def _summary_out(summary: QuestionSummary) -> dict[str, Any]:
    def told(value: Any) -> str | None:
        return shown(value, scale_of(summary.item)) if isinstance(value, int) else value and str(value)

    shares = [
        {"code": share.code, "name": share.name or share.code, "count": share.count, "per_mille": share.tenths}
        for share in summary.shares
    ]
    numbers = {key: told(getattr(summary, key)) for key in ("low", "middle", "high", "total")}
    named_as = {"code": summary.item.code, "name": str(summary.item.name), "answered": summary.answered}
    return {**named_as, "shares": shares, **numbers}
