"""Activities brought in from a file: tried, its outcome read, and exactly that written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.activities.actions.common import kind_or_refuse
from huoshui.activities.import_file import headings, needed, template
from huoshui.activities.imports import ActivityImport, import_activities
from huoshui.activities.queries import kinds
from huoshui.activities.schema import ActivityKind
from huoshui.kernel.access import denied
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/activities/import.html"


def kinds_to_import(user: Any) -> dict[str, ActivityKind]:
    """The kinds of which the reader's duties let them bring in files. Raises access.denied where there are none."""
    grants = user.grants("activity.import")
    roles = {(grant.role, grant.pack) for grant in grants}
    found = {
        code: kind
        for code, kind in kinds().items()
        if any(role in kind.recorded_by and pack in (None, code.partition(".")[0]) for role, pack in roles)
    }
    if not found:
        raise denied("activity.import")
    return found


@require_http_methods(["GET", "POST"])
@login_required
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Record many activities of ``kind``: always tried first; what was tried is written, and nothing else."""
    known = kinds_to_import(request.user)
    form = FormState({"kind": request.GET.get("kind", next(iter(known)))})
    if request.method == "GET":
        return _page(request, form, known)
    form = FormState.typed(request)
    kind = str(form.values.get("kind", ""))
    if form.values.get("step") == "write":
        return _write(request, form, known, kind)
    upload = request.FILES.get("file")
    if upload is None:
        form.attempt(_no_file)
        return _page(request, form, known)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(import_activities, by=request.user, kind=kind, data=data, name=name, dry_run=True)
    return _page(request, form, known, report, keep_tried(request.user, data, name) if report else None)


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


def _write(request: SignedInRequest, form: FormState, known: dict[str, ActivityKind], kind: str) -> HttpResponse:
    """Write what was tried; sent twice, the second finds the first one's work done."""
    user, plan = request.user, str(form.values.get("plan", ""))
    tried = form.attempt(tried_file, by=user, sha256=str(form.values.get("sha256", "")))
    if tried is None:
        return _page(request, form, known)
    how: dict[str, Any] = {"by": user, "kind": kind, "data": tried.data, "name": tried.name}
    report = form.attempt(import_activities, **how, agreed=plan)
    if report and report.written:
        messages.success(request, _("已写入 %(rows)d 项活动") % {"rows": len(report.trial.possible)})
        return redirect(f"{reverse('activities')}?kind={kind}")
    now = report or import_activities(**how, dry_run=True)
    return _page(request, form, known, now, tried)


def _page(
    request: SignedInRequest,
    form: FormState,
    known: dict[str, ActivityKind],
    report: ActivityImport | None = None,
    tried: TriedFile | None = None,
) -> HttpResponse:
    kind = known.get(str(form.values.get("kind", "")))
    names = headings(kind) if kind else {}
    must = needed(kind) if kind else []
    context = {
        "kinds": known,
        "kind": kind,
        "kind_code": form.values.get("kind", ""),
        "must": [names[code] for code in must],
        "may": [name for code, name in names.items() if code not in must],
        "report": report,
        "tried": tried,
        "shown": report.problems[:SHOWN_PROBLEMS] if report else [],
    }
    return page(request, TEMPLATE, context, form)


@require_GET
@login_required
def template_file(request: SignedInRequest) -> HttpResponse:
    """The workbook to be filled in, for ``?kind=``."""
    kinds_to_import(request.user)
    _version, kind = kind_or_refuse(request.GET.get("kind", ""))
    return as_file(template(kind), XLSX, f"{kind.name}.xlsx")


@require_GET
@login_required
def problems(request: SignedInRequest, sha256: str) -> HttpResponse:
    """What is wrong with a file that the reader tried, as a workbook to correct it by."""
    tried, kind = tried_file(request.user, sha256), request.GET.get("kind", "")
    report = import_activities(by=request.user, kind=kind, data=tried.data, name=tried.name, dry_run=True)
    return problem_list(report.problems)
