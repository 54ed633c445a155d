"""A survey from an Excel list of questions: tried, the outcome read, and exactly that published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.duties.queries import roles
from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.tried_files import TriedFile, keep_tried, tried_file
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.visits.actions import edit_checklist
from huoshui.visits.exchange.source import source_of
from huoshui.visits.question_list.importing import QuestionListImport, Wanted, import_questions
from huoshui.visits.question_list.template import template
from huoshui.visits.schema import Checklist
from huoshui.web.files import as_file
from huoshui.web.office.checklist_editor.exchange import checklist_of
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.problem_list import SHOWN_PROBLEMS
from huoshui.web.requests import SignedInRequest

OWN_SURVEYS = "own_surveys"
"""The pack of the district's own surveys."""
TEMPLATE = "office/surveys/new.html"
ABOVE = ("province", "city", "county")
"""Levels whose places nobody surveys by a form that goes out to villages."""
USUAL_KINDS, USUAL_ROLES = ("village",), ("village_secretary",)


@require_GET
@login_required
def template_file(request: SignedInRequest) -> HttpResponse:
    """The workbook to copy questions into."""
    require(request.user, "checklist.edit", pack=OWN_SURVEYS)
    name = _("调查题单模板")
    return as_file(template(), XLSX, f"{name}.xlsx")


@require_http_methods(["GET", "POST"])
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    """Name, places, who answers, until when, and the file: tried first, then published as it was read."""
    require(request.user, "checklist.edit", pack=OWN_SURVEYS)
    if request.method == "GET":
        return _shown(request, FormState(), None, None)
    form = FormState.typed(request)
    if request.POST.get("step") == "write":
        return _written(request, form)
    upload, wanted = request.FILES.get("file"), form.attempt(_wanted, request=request)
    if wanted is None:
        return _shown(request, form, None, None)
    if not form.attempt(_all_there, wanted=wanted, file=upload is not None) or upload is None:
        return _shown(request, form, None, None)
    data, name = upload.read(), upload.name or ""
    report = form.attempt(_try, request=request, wanted=wanted, data=data, name=name)
    return _shown(request, form, report, keep_tried(request.user, data, name) if report else None)


def _all_there(*, wanted: Wanted, file: bool) -> bool:
    """Raise value.required for everything without which there is no survey, all at once."""
    asked = (("name", _("调查名称"), wanted.name), ("file", _("题单文件"), file),
             ("place_kinds", _("调查哪种地点"), wanted.place_kinds))  # fmt: skip
    missing = [Problem("value.required", name, params={"label": label}) for name, label, given in asked if not given]
    if missing:
        raise Refusal.of(missing)
    return True


def _wanted(request: SignedInRequest) -> Wanted:
    sent = request.POST
    text = sent.get("until", "").strip()
    try:
        until = dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("value.type", field="until", label=_("截止日期"), value=text, expected=_("日期")) from None
    return Wanted(sent.get("name", "").strip(), sent.getlist("place_kinds"), sent.getlist("roles"), until)


def _try(*, request: SignedInRequest, wanted: Wanted, data: bytes, name: str) -> QuestionListImport:
    return import_questions(by=request.user, pack=OWN_SURVEYS, wanted=wanted, data=data, name=name, dry_run=True)


def _written(request: SignedInRequest, form: FormState) -> HttpResponse:
    """Publish what was tried; when something else would be published by now, show what would."""
    tried = form.attempt(tried_file, by=request.user, sha256=request.POST.get("sha256", ""))
    wanted = form.attempt(_wanted, request=request) if tried else None
    if tried is None or wanted is None:
        return _shown(request, form, None, None)
    file: dict[str, Any] = {"data": tried.data, "name": tried.name}
    agreed = request.POST.get("plan", "")
    report = form.attempt(import_questions, by=request.user, pack=OWN_SURVEYS, wanted=wanted, agreed=agreed, **file)
    if report and report.ok:
        messages.success(request, _("已发布，现在可以填了"))
        return redirect("survey", code=OWN_SURVEYS, checklist=report.code)
    return _shown(request, form, report or _try(request=request, wanted=wanted, **file), tried)


def _shown(
    request: SignedInRequest, form: FormState, report: QuestionListImport | None, tried: TriedFile | None
) -> HttpResponse:
    if report and report.problems and form.status < 400:
        form.status = report.problems[0].kind.status
    sent = request.POST if request.method == "POST" else None
    kinds = sent.getlist("place_kinds") if sent else list(USUAL_KINDS)
    asked = sent.getlist("roles") if sent else list(USUAL_ROLES)
    used, known = set(Place.objects.values_list("kind", flat=True)), all_current("place_kinds")
    context = {
        "kinds": [
            (code, str(kind.name), code in kinds)
            for code, kind in known.items()
            if code in used and kind.level not in ABOVE
        ],
        "roles": roles_to_ask(asked),
        "place_kinds": kinds,
        "asked": asked,
        "report": report,
        "tried": tried,
        "general_problems": [one for one in form.problems if one.field not in ("name", "file", "place_kinds")],
        "problems": report.problems[:SHOWN_PROBLEMS] if report else [],
        "notes": report.notes[:SHOWN_PROBLEMS] if report else [],
    }
    return page(request, TEMPLATE, context, form)


def roles_to_ask(asked: Iterable[str]) -> list[tuple[str, str, bool]]:
    """The roles that a survey can ask, by code and name, and whether it asks them."""
    chosen = set(asked)
    return [(code, str(role.name), code in chosen) for code, role in roles().items() if _may_be_asked(role)]


def is_unscored(checklist: Checklist) -> bool:
    """Whether those whom it is about may answer it themselves."""
    return not checklist.total_points and not any(item.opens for item in checklist.items.values())


@form_of("survey", "code", "checklist")
@login_required
def ask(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """Say who answers, and until when; without anybody, nobody is asked any more."""
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    definition = source_of(checklist_of(version, checklist))
    until, asked = request.POST.get("until", "").strip(), request.POST.getlist("roles")
    definition.pop("asks", None)
    if asked:
        definition["asks"] = {"roles": asked} | ({"until": until} if until else {})
    edit_checklist(by=request.user, pack=code, definition=definition, seen_number=version.number)
    messages.success(request, _("已发布，现在可以填了") if asked else _("不再要各处填了，已交的回答都在"))
    return redirect("survey", code=code, checklist=checklist)


def _may_be_asked(role: Any) -> bool:
    """Those who sit at a village, a grid or a township; nobody asks the district's own staff by role."""
    levels = {code: kind.level for code, kind in all_current("place_kinds").items()}
    return any(levels.get(kind) in ("village", "township") for kind in role.place_kinds)
