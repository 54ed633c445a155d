"""An older ledger brought in from a file: tried, its outcome read, and exactly that written."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.access import denied
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.matters.actions.opening import kind_or_refuse
from huoshui.matters.actions.taking_over import closing_step
from huoshui.matters.models import Matter
from huoshui.matters.old_ledger import OldLedger, headings, import_old_ledger, needed, template
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/matters/old_ledger.html"


def kinds_taken_over(user: Any) -> dict[str, MatterKind]:
    """The kinds of which the reader's duties let them bring in an older ledger."""
    roles = {(grant.role, grant.pack) for grant in user.grants("matter.open")}
    return {
        code: kind
        for code, kind in all_current("matters").items()
        if (step := closing_step(kind))
        and any(role in step.roles and pack in (None, code.partition(".")[0]) for role, pack in roles)
    }


@require_http_methods(["GET", "POST"])
@login_required
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Take over what an older ledger of ``kind`` lists as ended: tried first; what was tried is written."""
    known = _known(request)
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
    report = form.attempt(import_old_ledger, by=request.user, kind=kind, data=data, name=name, dry_run=True)
    return _page(request, form, known, report, keep_tried(request.user, data, name) if report else None)


def _known(request: SignedInRequest) -> dict[str, MatterKind]:
    found = kinds_taken_over(request.user)
    if not found:
        raise denied("matter.open")
    return found


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


def _write(request: SignedInRequest, form: FormState, known: dict[str, MatterKind], kind: str) -> HttpResponse:
    """Write what was tried; sent twice, the second finds each number taken over already."""
    tried = form.attempt(tried_file, by=request.user, sha256=str(form.values.get("sha256", "")))
    if tried is None:
        return _page(request, form, known)
    report = form.attempt(import_old_ledger, by=request.user, kind=kind, data=tried.data, name=tried.name)
    if report is None or not report.written:
        return _page(request, form, known, report, tried)
    messages.success(request, _("已补录 %(rows)d 件") % {"rows": len(report.lines)})
    first = Matter.objects.get(kind=kind, source_item=report.lines[0].key, source_label=tried.name)
    return redirect(f"{reverse('ledger')}?{urlencode({'kind': kind, 'source': str(first.source_id)})}")


def _page(
    request: SignedInRequest,
    form: FormState,
    known: dict[str, MatterKind],
    report: OldLedger | None = None,
    tried: TriedFile | None = None,
) -> HttpResponse:
    kind = known.get(str(form.values.get("kind", "")))
    names, must = (headings(kind), needed(kind)) if kind else ({}, [])
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
    _known(request)
    _version, kind = kind_or_refuse(request.GET.get("kind", ""))
    return as_file(template(kind), XLSX, f"{kind.name}.xlsx")


@require_GET
@login_required
def problems(request: SignedInRequest, sha256: str) -> HttpResponse:
    """What is wrong with a file that the reader tried, as a workbook to correct it by."""
    tried, kind = tried_file(request.user, sha256), request.GET.get("kind", "")
    report = import_old_ledger(by=request.user, kind=kind, data=tried.data, name=tried.name, dry_run=True)
    return problem_list(report.problems)
