"""Importing places: a file is tried, its outcome read, and exactly that written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import shown
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.packs.queries import all_current
from huoshui.packs.values import shown_value
from huoshui.places.datums import MICRO
from huoshui.places.import_columns import column_word
from huoshui.places.import_plan import Planned
from huoshui.places.imports import ImportReport, import_places
from huoshui.places.models import Place, PlaceImport
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def place_import(request: SignedInRequest) -> HttpResponse:
    """Import places from Excel or CSV: always tried first; what was tried is written, and nothing else."""
    _require_permission(request)
    form = FormState()
    if request.method == "GET":
        return page(request, "office/places/import.html", {}, form)
    if request.POST.get("step") == "write":
        return _write(request, form)
    upload = request.FILES.get("file")
    if upload is None:
        form.attempt(_no_file)
        return page(request, "office/places/import.html", {}, form)
    return _try(request, form, upload.read(), upload.name or "")


@require_GET
@login_required
def import_problems(request: SignedInRequest, sha256: str) -> HttpResponse:
    """What is wrong with a file that the reader tried, as a workbook to correct it by."""
    _require_permission(request)
    tried = tried_file(request.user, sha256)
    report = import_places(by=request.user, data=tried.data, name=tried.name, dry_run=True)
    return problem_list(report.problems)


@require_GET
@login_required
def import_done(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """What an import wrote."""
    _require_permission(request)
    run = PlaceImport.objects.get_visible(request.user, pk=run_id)
    return page(request, "office/places/import.html", {"run": run})


def _require_permission(request: SignedInRequest) -> None:
    if not request.user.grants("place.import"):
        raise Refusal("access.not_found")


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


def _try(request: SignedInRequest, form: FormState, data: bytes, name: str) -> HttpResponse:
    report = form.attempt(import_places, by=request.user, data=data, name=name, dry_run=True)
    tried = keep_tried(request.user, data, name) if report else None
    return _answer(request, form, report, tried)


def _write(request: SignedInRequest, form: FormState) -> HttpResponse:
    """Write what was tried; when that is no longer what would happen, say so and show what would."""
    user, given = request.user, request.POST
    tried = form.attempt(tried_file, by=user, sha256=given.get("sha256", ""))
    if tried is None:
        return _answer(request, form, None, None)
    report = form.attempt(
        import_places, by=user, data=tried.data, name=tried.name, agreed=given.get("plan", "")
    ) or import_places(by=user, data=tried.data, name=tried.name, dry_run=True)
    # A second press of the button finds the first one's work done.
    run = report.run or _written_already(user.label, tried)
    if run:
        return redirect("import_done", run_id=run.pk)
    return _answer(request, form, report, tried)


def _written_already(label: str, tried: TriedFile) -> PlaceImport | None:
    """The import of this file by the same person since it was tried."""
    found = PlaceImport.objects.filter(digest=tried.sha256, by_label=label[:120], created_at__gte=tried.at)
    return found.order_by("-created_at").first()


def _answer(
    request: SignedInRequest, form: FormState, report: ImportReport | None, tried: TriedFile | None
) -> HttpResponse:
    context = {
        "report": report,
        "tried": tried,
        "problems": report.problems[:SHOWN_PROBLEMS] if report else [],
        "lines": [_line(planned) for planned in report.preview] if report else [],
        "to_write": report.created + report.changed if report else 0,
    }
    return page(request, "office/places/import.html", context, form)


def _line(planned: Planned) -> dict[str, Any]:
    """A row of the trial: which place, and what of it would be new or changed."""
    row = planned.row
    kind = all_current("place_kinds")[row.kind]
    labels = {item.code: item for item in kind.attributes}
    fixed = {} if planned.place is None else planned.after
    changes = [
        {"label": column_word(key), "before": _fixed(key, planned.before.get(key)), "after": _fixed(key, value)}
        for key, value in fixed.items()
    ]
    for code, value in planned.attributes.items():
        item = labels.get(code)
        before, after = (shown_value(item, v) if item else str(v or "") for v in (planned.before.get(code), value))
        changes.append({"label": str(item.name) if item else code, "before": before, "after": after})
    return {"row": row, "kind": kind.name, "new": planned.place is None, "changes": changes}


def _fixed(key: str, value: Any) -> str:
    """A value that every place has, in words."""
    if value is None or value == "":
        return ""
    if key == "kind":
        kinds = all_current("place_kinds")
        return str(kinds[value].name) if value in kinds else str(value)
    if key == "precision":
        return str(Place.Precision(value).label)
    return shown(value, MICRO) if key in ("latitude", "longitude") else str(value)
