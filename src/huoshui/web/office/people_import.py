"""Accounts and duties brought in from a workbook: tried, its outcome read, and exactly that written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.duties.people_file import template
from huoshui.duties.people_import import PeopleImport, PersonRow, import_people
from huoshui.kernel.access import denied
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.trials import Outcome
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest

TEMPLATE = "office/people/import.html"


def _only_managers(request: SignedInRequest) -> None:
    if not request.user.grants("account.manage"):
        raise denied("account.manage")


@require_http_methods(["GET", "POST"])
@login_required
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Open many accounts: always tried first; what was tried is written, and nothing else."""
    _only_managers(request)
    form = FormState()
    if request.method == "GET":
        return page(request, TEMPLATE, {}, form)
    form = FormState.typed(request)
    open_units = bool(form.values.get("open_units"))
    if form.values.get("step") == "write":
        return _write(request, form, open_units)
    upload = request.FILES.get("file")
    if upload is None:
        form.attempt(_no_file)
        return page(request, TEMPLATE, {}, form)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(import_people, by=request.user, data=data, name=name, open_units=open_units, dry_run=True)
    return _answer(request, form, report, keep_tried(request.user, data, name) if report else None)


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


def _write(request: SignedInRequest, form: FormState, open_units: bool) -> HttpResponse:
    """Write what was tried; sent twice, the second finds the first one's work done."""
    user, plan = request.user, str(form.values.get("plan", ""))
    tried = form.attempt(tried_file, by=user, sha256=str(form.values.get("sha256", "")))
    if tried is None:
        return _answer(request, form, None, None)
    how: dict[str, Any] = {"by": user, "data": tried.data, "name": tried.name, "open_units": open_units}
    report = form.attempt(import_people, **how, agreed=plan)
    if report and report.written:
        counts = {"accounts": len(report.opened), "rows": len(report.trial.possible)}
        messages.success(
            request, _("已写入：新开账号 %(accounts)d 个，共 %(rows)d 行。请打印登录条交给本人。") % counts
        )
        return _to_slips(tried)
    now = report or import_people(**how, dry_run=True)
    if not now.problems and not now.trial.possible:  # pressed twice: the first one's work is done
        return _to_slips(tried)
    return _answer(request, form, now, tried)


def _to_slips(tried: TriedFile) -> HttpResponse:
    """The page where the accounts of the file get their slips."""
    return redirect(f"{reverse('first_links')}?file={tried.sha256}")


def _answer(
    request: SignedInRequest, form: FormState, report: PeopleImport | None, tried: TriedFile | None
) -> HttpResponse:
    context = {
        "report": report,
        "tried": tried,
        "lines": [_line(row) for row in report.trial.outcomes] if report else [],
        "shown": report.problems[:SHOWN_PROBLEMS] if report else [],
    }
    return page(request, TEMPLATE, context, form)


def _line(outcome: Outcome[PersonRow]) -> dict[str, Any]:
    line = outcome.row.line
    opens = any(change.code == "account" for change in outcome.changes)
    duties = [change.after for change in outcome.changes if change.code != "account"]
    if outcome.refusal:
        what = _("不能办")
    elif opens:
        what = _("新开账号并分派职责") if duties else _("新开账号")
    else:
        what = _("已有账号，分派职责") if duties else _("已登记，不用办")
    return {"line": line, "what": what, "duties": duties, "outcome": outcome}


@require_GET
@login_required
def template_file(request: SignedInRequest) -> HttpResponse:
    """The workbook to be filled in."""
    _only_managers(request)
    return as_file(template(), XLSX, f"{_('账号批量开立模板')}.xlsx")


@require_GET
@login_required
def problems(request: SignedInRequest, sha256: str) -> HttpResponse:
    """What is wrong with a file that the reader tried, as a workbook to correct it by."""
    tried = tried_file(request.user, sha256)
    units = bool(request.GET.get("open_units"))
    report = import_people(by=request.user, data=tried.data, name=tried.name, open_units=units, dry_run=True)
    return problem_list(report.problems)
