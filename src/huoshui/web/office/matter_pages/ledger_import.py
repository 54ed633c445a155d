"""The ledger brought back from Excel: tried, its outcome read, and exactly that written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.matters.ledger_import import LedgerImport, import_ledger
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/matters/import.html"


@require_http_methods(["GET", "POST"])
@login_required
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Import an edited ledger: always tried first; what was tried is written, and nothing else."""
    form = FormState()
    if request.method == "GET":
        return page(request, TEMPLATE, {}, form)
    if request.POST.get("step") == "write":
        return _write(request, form)
    upload = request.FILES.get("file")
    if upload is None:
        form.attempt(_no_file)
        return page(request, TEMPLATE, {}, form)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(import_ledger, by=request.user, data=data, name=name, dry_run=True)
    return _answer(request, form, report, keep_tried(request.user, data, name) if report else None)


@require_GET
@login_required
def problems(request: SignedInRequest, sha256: str) -> HttpResponse:
    """What is wrong with a file that the reader tried, as a workbook to correct it by."""
    tried = tried_file(request.user, sha256)
    return problem_list(import_ledger(by=request.user, data=tried.data, name=tried.name, dry_run=True).problems)


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


class _Refused(Exception):
    """The file was sound when it was tried, and is not any more; nothing is kept as an answer."""


def _write(request: SignedInRequest, form: FormState) -> HttpResponse:
    """Write what was tried, once however often it is sent; when something else would happen, show what would."""
    user, plan = request.user, request.POST.get("plan", "")
    tried = form.attempt(tried_file, by=user, sha256=request.POST.get("sha256", ""))
    if tried is None:
        return _answer(request, form, None, None)

    def write() -> dict[str, Any]:
        report = import_ledger(by=user, data=tried.data, name=tried.name, agreed=plan)
        if not report.ok:
            raise _Refused
        return {"changed": len(report.changed)}

    sent = {"operation": "matters.import", "sha256": tried.sha256, "plan": plan}
    try:
        key = f"{tried.sha256[:40]}{plan[:40]}"
        answer = form.attempt(once, actor_id=user.pk, key=key, request=sent, write=write)
    except _Refused:
        answer = None
    if answer is None:
        return _answer(request, form, import_ledger(by=user, data=tried.data, name=tried.name, dry_run=True), tried)
    messages.success(
        request, _("“%(name)s”已写入：更改 %(count)d 件") % {"name": tried.name, "count": answer["changed"]}
    )
    return redirect("ledger")


def _answer(
    request: SignedInRequest, form: FormState, report: LedgerImport | None, tried: TriedFile | None
) -> HttpResponse:
    context = {
        "report": report,
        "tried": tried,
        "problems": report.problems[:SHOWN_PROBLEMS] if report else [],
        "to_write": len(report.changed) if report and report.ok else 0,
    }
    return page(request, TEMPLATE, context, form)
