"""Checklists over the API: as a workbook, back from one, and from an XLSForm."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Schema
from ninja.files import UploadedFile

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.spreadsheets import XLSX
from huoshui.packs.models import PackVersion
from huoshui.visits.exchange.export import checklist_workbook
from huoshui.visits.exchange.importing import ChecklistImport, import_checklist
from huoshui.visits.xlsform.importing import FormImport, import_form
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ProblemOut, ReadableRouter
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
    ``notes``: of an XLSForm, what is not in the checklist (``left_out``) or is there in another form.
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
    kinds = [kind.strip() for kind in place_kinds.split(",") if kind.strip()]

    def run(**how: Any) -> ChecklistImport:
        return import_form(by=request.user, pack=pack, into=into, place_kinds=kinds, **how)

    sent = {"pack": pack, "into": into, "place_kinds": kinds}
    return _answer(request, "checklists.xlsform", file, dry_run, plan, sent, run)


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
