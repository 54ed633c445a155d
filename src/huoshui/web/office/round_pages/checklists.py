"""Checklists in the browser: one edited, and published as a new version of its pack."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.models import PackVersion
from huoshui.visits.actions import edit_checklist
from huoshui.visits.models import Round
from huoshui.visits.queries import checklist_source
from huoshui.visits.schema import METHOD_NAMES
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.round_pages.checklist_form import edit_form, edited
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def checklist_edit(request: SignedInRequest, code: str, checklist: str) -> HttpResponse:
    """Change texts, points, thresholds, grades and failing lines; add or retire items; publish."""
    version = PackVersion.objects.get_visible(request.user, pack=code, current=True)
    require(request.user, "checklist.edit", pack=code)
    source = checklist_source(version, checklist)
    if source is None:
        raise Refusal("access.not_found")
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        published = form.attempt(
            edit_checklist,
            by=request.user,
            pack=code,
            definition=edited(source, form.values),
            seen_number=form.values.get("seen", ""),
        )
        if published:
            words = _("没有改动") if published.pk == version.pk else _("已发布 %(number)s 版")
            messages.success(request, words % {"number": published.number})
            return redirect("checklist", code=code, checklist=checklist)
    context = {
        "version": version,
        "seen": form.values.get("seen", version.number),
        "checklist": version.typed("checklists")[checklist],
        "edit": edit_form(source),
        "findings": _by_input(form.problems, checklist),
        "elsewhere": _elsewhere(form.problems, source, checklist),
        "methods": METHOD_NAMES.items(),
        "running": Round.objects.filter(checklist_code=checklist, pack_version__pack=code)
        .exclude(state="sealed")
        .count(),
    }
    return page(request, "office/checklists/edit.html", context, form)


def _by_input(problems: list[Problem], checklist: str) -> dict[str, Problem]:
    """The first finding of each input, by the input's name."""
    found: dict[str, Problem] = {}
    for problem in problems:
        found.setdefault(problem.field.removeprefix(f"{checklist}."), problem)
    return found


def _elsewhere(problems: list[Problem], source: dict[str, Any], checklist: str) -> list[Problem]:
    """The findings that stand beside no input of the form."""
    names = {entry.name for entry in edit_form(source).fields()}
    return [problem for problem in problems if problem.field.removeprefix(f"{checklist}.") not in names]
