"""One cell of the ledger, changed in place: the same actions, the version that was seen, both values in a conflict."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from huoshui.kernel.errors import Refusal
from huoshui.matters import actions
from huoshui.matters.models import Matter
from huoshui.matters.permits import changeable_columns, field_of_column, roles_in
from huoshui.matters.queries import edit_form, people_for
from huoshui.matters.schema import OWNER
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages import ledger
from huoshui.web.office.matter_pages.chosen_columns import known_columns
from huoshui.web.repeated_parts import ENGINE
from huoshui.web.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
@login_required
def cell(request: SignedInRequest, number: str, column: str) -> HttpResponse:
    """The form of one cell, in its place or as a page of its own; ``?row`` gives the row back as it is."""
    matter = Matter.objects.get_visible(request.user, number=number)
    if request.method == "GET":
        return _row(request, matter) if ledger.ROW in request.GET else _form(request, matter, column, FormState())
    form = FormState.typed(request)
    if form.attempt(_change, request=request, matter=matter, column=column, form=form) is None:
        return _form(request, matter, column, form)
    return _row(request, matter)


def _change(*, request: SignedInRequest, matter: Matter, column: str, form: FormState) -> Matter:
    field = field_of_column(matter.definition, column)
    value = form.values.get("value", "")
    if field != OWNER:
        return actions.edit_fields(
            by=request.user, matter=matter, values={field: value}, seen_version=form.seen_version
        )
    person = people_for(matter).filter(username=value).first()
    if person is None:
        raise Refusal("matter.person_unknown", field=OWNER, label=_label(request, column), value=value)
    return actions.assign(by=request.user, matter=matter, owner=person, seen_version=form.seen_version)


def _row(request: SignedInRequest, matter: Matter) -> HttpResponse:
    if not _in_place(request):
        return redirect(f"{reverse('ledger')}?{ledger.query_of(request)}")
    return render(request, "office/matters/rows.html", ledger.row_context(request, matter), using=ENGINE)


def _form(request: SignedInRequest, matter: Matter, column: str, form: FormState) -> HttpResponse:
    """The form with the value as it stands; after a refusal what was typed, and in a conflict the stored one beside."""
    matter = Matter.objects.get_visible(request.user, pk=matter.pk)
    user = request.user
    if not changeable_columns(matter, user, roles_in(matter, user), [column]):
        raise Refusal("access.not_found") if not form.refused else Refusal.of(form.problems)
    field = field_of_column(matter.definition, column)
    asked: Any = next((item for item in edit_form(matter, user) if item.field.code == field), None)
    stored = (matter.owner.username if matter.owner else "") if field == OWNER else asked.shown
    context = {
        "matter": matter,
        "column": column,
        "label": _label(request, column),
        "field": asked.field if asked else None,
        "accounts": people_for(matter) if field == OWNER else None,
        "value": form.values.get("value", stored),
        "stored": (matter.owner.title if matter.owner else "") if field == OWNER else stored,
        "conflict": form.refused and form.problems[0].code == "record.stale",
        "problems": form.problems,
        "query": request.GET.urlencode(),
    }
    template = "office/matters/_cell_form.html" if _in_place(request) else "office/matters/cell.html"
    response = render(request, template, context, status=form.status)
    if form.refused:
        # A refusal stays in the cell; only what was written replaces the row.
        response["HX-Retarget"] = f"#cell-{matter.number}-{column}"
        response["HX-Reswap"] = "innerHTML"
    return response


def _label(request: SignedInRequest, column: str) -> str:
    known = known_columns(ledger.asked_for(request).kind)
    return str(known[column].name) if column in known else column


def _in_place(request: SignedInRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
