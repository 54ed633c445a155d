"""API tokens of the signed-in person: issued, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from huoshui.duties.models import ApiToken
from huoshui.duties.tokens import issue_token, revoke_token
from huoshui.kernel import clock
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

TOKEN_FIELDS = [
    FieldDef(code="name", name=Text(zh="用途", en="Purpose"), type="text", max_length=80, required=True),
    FieldDef(code="days", name=Text(zh="有效天数", en="Days valid"), type="integer", required=True),
    FieldDef(code="may_write", name=Text(zh="可以写入", en="May write"), type="yes_no"),
]


@require_http_methods(["GET", "POST"])
@login_required
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once."""
    form, fresh = FormState({"days": 90}), None
    if request.method == "POST":
        form = FormState.typed(request)
        fresh = form.attempt(_issue, request=request, values=form.values)
    user = request.user
    context = {
        "rows": ApiToken.objects.filter(account=user).order_by("-created_at"),
        "fresh": fresh,
        "fields": [field for field in TOKEN_FIELDS if field.type != "yes_no"],
        "today": clock.today(),
    }
    return page(request, "office/people/tokens.html", context, form)


def _issue(*, request: SignedInRequest, values: dict[str, Any]) -> str:
    given = clean_values(TOKEN_FIELDS, {field.code: values.get(field.code) for field in TOKEN_FIELDS})
    user = request.user
    _, token = issue_token(
        by=user, account=user, name=given["name"], days=given["days"], may_write=bool(given.get("may_write"))
    )
    return token


@form_of("tokens")
@login_required
def revoke(request: SignedInRequest, token_id: str) -> HttpResponse:
    """End one of one's tokens."""
    revoke_token(by=request.user, token=ApiToken.objects.get_visible(request.user, pk=token_id))
    return redirect("tokens")
