"""The register of forms: the list, one form with its life, registering one, another file of it, approving, ending."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.forms.actions import add_version, approve_form, end_form, propose_form
from huoshui.forms.files import data_of
from huoshui.forms.mapping import newest
from huoshui.forms.models import Form, FormVersion
from huoshui.forms.queries import entries_of, fillable_places, fillings, forms, questions
from huoshui.forms.repeats import repeats
from huoshui.kernel import clock
from huoshui.kernel.access import allows, who_can
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import separator
from huoshui.places.models import Place
from huoshui.web.entries import moments
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, paged
from huoshui.web.requests import SignedInRequest

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
RECENT = 12
"""Filled forms on a form's page."""


def tabs(current: str) -> list[dict[str, Any]]:
    """The parts of the register."""
    parts = [("forms", _("登记的报表")), ("form_repeats", _("重复提问")), ("form_burden", _("填报负担"))]
    return [{"label": label, "url": reverse(name), "active": name == current} for name, label in parts]


@require_GET
@login_required
def form_list(request: SignedInRequest) -> HttpResponse:
    """The register, by code; ``?state=`` draft, approved, past, ended."""
    state = request.GET.get("state", "")
    states = [
        ("", _("全部")),
        ("approved", _("在用")),
        ("draft", _("待批准")),
        ("past", _("已过期")),
        ("ended", _("已停用")),
    ]
    if state not in dict(states):
        raise Refusal(
            "value.choice", field="state", label=_("状态"), value=state, choices="approved, draft, past, ended"
        )
    context = {
        "tabs": tabs("forms"),
        "rows": paged(request, forms(request.user, state), 50),
        "state": state,
        "states": states,
        "today": clock.today(),
        "may_propose": bool(request.user.grants("form.propose")),
        "address": address_without(request, "page"),
    }
    return page(request, "office/forms/list.html", context)


def visible_form(request: SignedInRequest, code: str) -> Form:
    """The form of an address. Raises access.not_found."""
    found: Form = Form.objects.select_related("place", "proposed_by", "approved_by").get_visible(
        request.user, code=code
    )
    return found


@require_GET
@login_required
def form_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One form: who asks, its versions, how far it is mapped, what was filled, the next step."""
    return _show(request, visible_form(request, code), FormState())


def _show(request: SignedInRequest, form: Form, state: FormState) -> HttpResponse:
    user, version = request.user, newest(form)
    asked = questions(form)
    path = form.place.path
    others = [one for one in forms(user, Form.State.APPROVED) if one.pk != form.pk]
    repeated = [row for row in repeats([form, *others]) if any(one.pk == form.pk for one in row.forms)]
    context = {
        "form_row": form,
        "current": version,
        "versions": form.versions.select_related("by").order_by("-number"),
        "linked": [what for code, what in version.notes if code == "linked"],
        "asked": len(asked),
        "mapped": sum(one.spec is not None for one in asked),
        "by_hand": sum(one.by_hand for one in asked),
        "unmapped": sum(one.spec is None for one in asked),
        "repeated": repeated,
        "fillings": list(fillings(user, form)[:RECENT]),
        "past": form.is_past(),
        "may_map": form.state != Form.State.ENDED and allows(user, "form.propose", path=path),
        "may_approve": form.state == Form.State.DRAFT and allows(user, "form.approve", path=path),
        "may_end": form.state == Form.State.APPROVED and allows(user, "form.approve", path=path),
        "may_fill": form.state == Form.State.APPROVED and not form.is_past() and bool(fillable_places(user, form)),
        "approvers": who_can("form.approve", path, None),
        "entries": moments(entries_of(form)[:30], beside=form.pk, reader=user),
        "problems": state.problems,
    }
    return page(request, "office/forms/form.html", context, state)


@require_http_methods(["GET", "POST"])
@login_required
def form_new(request: SignedInRequest) -> HttpResponse:
    """Register a form."""
    if not request.user.grants("form.propose"):
        raise Refusal("access.not_found")
    state = (
        FormState.typed(request) if request.method == "POST" else FormState({"frequency": "year", "level": "village"})
    )
    if request.method == "POST":
        form = state.attempt(_propose, request=request, state=state)
        if form:
            messages.success(request, _("已登记。请把空格映射到登记里的数，再请别人批准"))
            return redirect("form_map", code=form.code)
    context = {
        "places": _proposable(request.user),
        "frequencies": Form.Frequency.choices,
        "levels": Form.Level.choices,
        "general_problems": state.problems,
    }
    return page(request, "office/forms/new.html", context, state)


def _proposable(user: Any) -> list[Place]:
    paths = {grant.path for grant in user.grants("form.propose")}
    return list(Place.objects.visible_to(user).filter(path__in=paths).order_by("path"))


def _propose(request: SignedInRequest, state: FormState) -> Form:
    data, name = _sent(request)
    told = {key: str(state.values.get(key, "")) for key in ("code", "name", "asker", "right", "frequency", "level")}
    place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=state.values.get("place", ""))
    ends = _day(str(state.values.get("ends_on", "")))
    return propose_form(by=request.user, place=place, ends_on=ends, data=data, file_name=name, **told)


def _sent(request: SignedInRequest) -> tuple[bytes, str]:
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("value.required", field="file", label=_("报表文件"))
    return sent.read(), sent.name or ""


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal("value.required", field="ends_on", label=_("停用日期")) from None


@require_http_methods(["GET", "POST"])
@login_required
def form_version(request: SignedInRequest, code: str) -> HttpResponse:
    """Hand in another file of a form; where the mapping does not fit it, say what stands for what."""
    form = visible_form(request, code)
    if not allows(request.user, "form.propose", path=form.place.path):
        raise Refusal("access.not_found")
    state = FormState.typed(request) if request.method == "POST" else FormState({"version": form.version})
    if request.method == "POST":
        made = state.attempt(_add, request=request, form=form, state=state)
        if made:
            messages.success(request, _("已换成第 %(number)s 版，映射已带过来，请再请人批准") % {"number": made.number})
            return redirect("form_map", code=form.code)
    gone = [problem.params for problem in state.problems if problem.code == "form.sheet_gone"]
    fits = ("form.sheet_gone", "form.cell_moved", "form.cell_taken", "form.cell_unknown")
    context = {
        "form_row": form,
        "current": newest(form),
        "gone": [(lost["sheet"], lost["known"].split(separator())) for lost in gone],
        "misfit": any(problem.code in fits for problem in state.problems),
    }
    return page(request, "office/forms/version.html", context, state)


def _add(request: SignedInRequest, form: Form, state: FormState) -> FormVersion:
    data, name = _sent(request)
    renamed = {
        key.removeprefix("sheet-"): value for key, value in state.values.items() if key.startswith("sheet-") and value
    }
    return add_version(
        by=request.user, form=form, data=data, file_name=name, renamed=renamed,
        remap=state.values.get("remap") == "1", seen_version=state.seen_version,
    )  # fmt: skip


@form_of("form", "code")
@login_required
def form_approve(request: SignedInRequest, code: str) -> HttpResponse:
    """Approve a form."""
    form, state = visible_form(request, code), FormState.typed(request)
    if state.attempt(approve_form, by=request.user, form=form, seen_version=state.seen_version) is None:
        return _show(request, visible_form(request, code), state)
    messages.success(request, _("已批准，可以填报了"))
    return redirect("form", code=code)


@form_of("form", "code")
@login_required
def form_end(request: SignedInRequest, code: str) -> HttpResponse:
    """End a form."""
    form, state = visible_form(request, code), FormState.typed(request)
    reason = str(state.values.get("reason", ""))
    if state.attempt(end_form, by=request.user, form=form, reason=reason, seen_version=state.seen_version) is None:
        return _show(request, visible_form(request, code), state)
    messages.success(request, _("已停用，以前填的仍可查看"))
    return redirect("form", code=code)


@require_GET
@login_required
def form_file(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """A version's file, as it was handed in."""
    form = visible_form(request, code)
    version = form.versions.select_related("file").filter(number=number).first()
    if version is None:
        raise Refusal("access.not_found")
    return as_file(data_of(version.file), TYPES[version.kind], version.name)
