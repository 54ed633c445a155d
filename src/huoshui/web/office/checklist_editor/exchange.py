"""A checklist to Excel and back, and from an XLSForm: tried, the outcome read, and exactly that published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.packs.actions import within_reach
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import definition
from huoshui.visits.exchange.export import checklist_workbook
from huoshui.visits.exchange.importing import ChecklistImport, import_checklist
from huoshui.visits.models import Round
from huoshui.visits.schema import Checklist
from huoshui.visits.xlsform.importing import FormImport, import_form
from huoshui.web.files import as_file
from huoshui.web.office.checklist_editor.changes import differences
from huoshui.web.office.checklist_editor.choices import Choices
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS, problem_list
from huoshui.web.requests import SignedInRequest

EXCEL, FORM = "office/checklists/excel.html", "office/checklists/xlsform.html"


@require_GET
@login_required
def download(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """The checklist as a workbook: of the current version, or of ``?version=``."""
    number = request.GET.get("version")
    lookup: dict[str, Any] = {"number": number} if number else {"current": True}
    version = PackVersion.objects.get_visible(request.user, pack=code, **lookup)
    found = checklist_of(version, checklist)
    return as_file(checklist_workbook(version, found), XLSX, f"{found.name.zh}-{version.number}.xlsx")


def checklist_of(version: PackVersion, code: str) -> Checklist:
    """A checklist of a version. Raises access.not_found."""
    try:
        found: Checklist = definition(version, "checklists", code)
    except KeyError:
        raise Refusal("access.not_found") from None
    return found


@require_http_methods(["GET", "POST"])
@login_required
def excel(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """Bring an edited workbook back: always tried first; what was tried is published, and nothing else."""
    version = _editable(request, code)
    context = {"version": version, "checklist": checklist_of(version, checklist)}
    given = {"by": request.user, "pack": code, "code": checklist}
    return _handled(request, EXCEL, context, import_checklist, given)


@require_http_methods(["GET", "POST"])
@login_required
def xlsform(request: SignedInRequest, code: str) -> HttpResponse:
    """Import an XLSForm as a new checklist, or in place of ``into``: tried, what is lost named, then confirmed."""
    version = _editable(request, code)
    sent = request.POST if request.method == "POST" else request.GET
    checklists = version.section("checklists") if "checklists" in version.content else {}
    into, kinds = sent.get("into", ""), sent.getlist("place_kinds")
    context = {
        "version": version,
        "into": into,
        "checklists": [(known, str(found.name), known == into) for known, found in checklists.items()],
        "kinds": [(kind, name, kind in kinds) for kind, name in Choices(within_reach(version), []).place_kinds()],
        "place_kinds": kinds,
        "checklist": checklists.get(into),
    }
    given = {"by": request.user, "pack": code, "into": into, "place_kinds": kinds}
    return _handled(request, FORM, context, import_form, given)


@require_GET
@login_required
def problems(request: SignedInRequest, code: str, checklist: str, sha256: str) -> HttpResponse:
    """What is wrong with a workbook that the reader tried, to correct it by."""
    tried = tried_file(request.user, sha256)
    given: dict[str, Any] = {"by": request.user, "pack": code, "code": checklist}
    given |= {"data": tried.data, "name": tried.name}
    return problem_list(import_checklist(**given, dry_run=True).problems)


@require_GET
@login_required
def notes(request: SignedInRequest, code: str, sha256: str) -> HttpResponse:
    """Everything that an XLSForm which the reader tried would lose, and what is wrong with it."""
    tried = tried_file(request.user, sha256)
    sent: dict[str, Any] = {"into": request.GET.get("into", ""), "place_kinds": request.GET.getlist("place_kinds")}
    report = import_form(by=request.user, pack=code, data=tried.data, name=tried.name, dry_run=True, **sent)
    return problem_list([*report.problems, *report.left_out, *report.otherwise])


def _editable(request: SignedInRequest, code: str) -> PackVersion:
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    require(request.user, "checklist.edit", pack=code)
    return version


def _no_file() -> None:
    raise Refusal("value.required", field="file", label=_("文件"))


def _handled(
    request: SignedInRequest, template: str, context: dict[str, Any], run: Any, given: dict[str, Any]
) -> HttpResponse:
    """One request of either import: the empty form, a trial, or the writing of what was tried."""
    form = FormState()
    if request.method == "GET":
        return page(request, template, context, form)
    if request.POST.get("step") == "write":
        return _written(request, form, template, context, run, given)
    upload = request.FILES.get("file")
    if upload is None:
        form.attempt(_no_file)
        return page(request, template, context, form)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(run, **given, data=data, name=name, dry_run=True)
    return _answer(request, form, template, context, report, keep_tried(request.user, data, name) if report else None)


def _written(
    request: SignedInRequest, form: FormState, template: str, context: dict[str, Any], run: Any, given: dict[str, Any]
) -> HttpResponse:
    """Publish what was tried; when something else would be published by now, show what would."""
    tried = form.attempt(tried_file, by=request.user, sha256=request.POST.get("sha256", ""))
    if tried is None:
        return page(request, template, context, form)
    file = {"data": tried.data, "name": tried.name}
    report = form.attempt(run, **given, **file, agreed=request.POST.get("plan", ""))
    if report and report.ok:
        return _published(request, report)
    report = report or run(**given, **file, dry_run=True)
    if report.ok and not report.number and report.before is not None:
        return _published(request, report)  # a second press of the button finds the first one's work done
    return _answer(request, form, template, context, report, tried)


def _published(request: HttpRequest, report: ChecklistImport) -> HttpResponse:
    if report.number:
        messages.success(request, _("已发布 %(number)s 版，新组织的轮次用这一版。") % {"number": report.number})
    else:
        messages.success(request, _("没有改动"))
    return redirect("checklist", code=report.pack, checklist=report.code)


def _answer(
    request: SignedInRequest,
    form: FormState,
    template: str,
    context: dict[str, Any],
    report: ChecklistImport | None,
    tried: TriedFile | None,
) -> HttpResponse:
    if report and report.problems and not form.status >= 400:
        form.status = report.problems[0].kind.status
    outcome: dict[str, Any] = {"report": report, "tried": tried}
    if report:
        outcome |= {
            "problems": report.problems[:SHOWN_PROBLEMS],
            "changes": differences(report.before, report.after) if report.before and report.after else [],
            "keeping": _keeping(request, report),
        }
    if isinstance(report, FormImport):
        outcome |= {"left_out": report.left_out[:SHOWN_PROBLEMS], "otherwise": report.otherwise[:SHOWN_PROBLEMS]}
    return page(request, template, {**context, **outcome}, form)


def _keeping(request: SignedInRequest, report: ChecklistImport) -> list[Round]:
    """Rounds that are not sealed and keep the version they began with."""
    rounds = Round.objects.visible_to(request.user).filter(checklist_code=report.code, pack_version__pack=report.pack)
    return list(rounds.exclude(state=Round.State.SEALED).select_related("pack_version").order_by("opens_on"))
