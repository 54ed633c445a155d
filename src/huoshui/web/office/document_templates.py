"""The Word templates of documents: which one counts, downloading it, and another in its stead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.documents.language import FUNCTIONS, NAMES
from huoshui.documents.models import DocumentTemplate
from huoshui.documents.preparing import get_kind
from huoshui.documents.queries import kinds
from huoshui.documents.standard import standard_template
from huoshui.documents.templates import replace_template, template_for
from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.reports.letters import WORD
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest


def _places(request: SignedInRequest) -> list[Place]:
    """The places at which the reader may replace templates."""
    paths = {grant.path for grant in request.user.grants("document.template")}
    return list(Place.objects.filter(path__in=paths).order_by("path"))


@require_GET
@login_required
def templates(request: SignedInRequest) -> HttpResponse:
    """Every kind with the template that counts for the reader."""
    require(request.user, "document.view")
    grants = sorted(request.user.grants("document.view"), key=lambda grant: len(grant.path))
    place = Place.objects.get(path=grants[0].path)
    rows = [(code, kind, template_for(code, kind, place)[0]) for code, kind in kinds().items()]
    may = bool(request.user.grants("document.template"))
    return page(request, "office/documents/templates.html", {"rows": rows, "place": place, "may_replace": may})


@require_http_methods(["GET", "POST"])
@login_required
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The template of a kind: its versions, the names it may use, and uploading another."""
    found, places = get_kind(kind), _places(request)
    require(request.user, "document.view")
    form = FormState.typed(request) if request.method == "POST" else FormState()
    if request.method == "POST" and form.attempt(_replace, request=request, kind=kind, form=form):
        messages.success(request, _("模板已更换，以后签发的用新模板；已签发的不变"))
        return redirect("document_template", kind=kind)
    versions = DocumentTemplate.objects.visible_to(request.user).filter(kind=kind).select_related("place", "by")
    context = {
        "code": kind,
        "kind": found,
        "places": places,
        "versions": versions.defer("data").order_by("place__path", "-number"),
        "names": [*(one.code for one in found.all_inputs), *NAMES],
        "functions": [f"{name}({', '.join(takes)})" for name, (takes, _gives) in FUNCTIONS.items()],
    }
    return page(request, "office/documents/template.html", context, form)


def _replace(request: SignedInRequest, kind: str, form: FormState) -> Any:
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("value.required", field="file", label=_("Word 文件"))
    place = Place.objects.get_visible(request.user, code=form.values.get("place", ""))
    return replace_template(by=request.user, kind=kind, place=place, name=sent.name or "", data=sent.read())


@require_GET
@login_required
def standard_file(request: SignedInRequest, kind: str) -> HttpResponse:
    """The standard template of a kind, to be edited."""
    require(request.user, "document.view")
    found = get_kind(kind)
    return as_file(standard_template(found), WORD, f"{found.name.zh}模板.docx")


@require_GET
@login_required
def template_file(request: SignedInRequest, template_id: str) -> HttpResponse:
    """An uploaded template, as it was."""
    found = DocumentTemplate.objects.get_visible(request.user, pk=template_id)
    return as_file(bytes(found.data), WORD, found.name)
