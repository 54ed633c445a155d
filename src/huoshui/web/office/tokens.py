"""API tokens: one's own, issued, shown once, given a new secret, revoked; and those of the accounts one manages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.duties.models import Account, ApiToken
from huoshui.duties.scopes import AREAS, READ, WITHOUT_WRITING, WRITE, scopes_in_words
from huoshui.duties.tokens import issue_token, longest_days, revoke_token, rotate_token
from huoshui.kernel import clock
from huoshui.kernel.access import denied
from huoshui.packs.schema import FieldDef, Text
from huoshui.packs.values import clean_values
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.requests import SignedInRequest

USUAL_DAYS = 90
SCOPE_FIELD = "scope-"
TOKEN_FIELDS = [
    FieldDef(code="name", name=Text(zh="用途", en="Purpose"), type="text", max_length=80, required=True),
    FieldDef(code="days", name=Text(zh="有效天数", en="Days valid"), type="integer", required=True),
]


@require_http_methods(["GET", "POST"])
@login_required
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once."""
    form, fresh = FormState({"days": min(USUAL_DAYS, longest_days())}), None
    if request.method == "POST":
        form = FormState.typed(request)
        fresh = form.attempt(_issue, request=request, values=form.values)
    return _own_page(request, form, fresh)


def _own_page(request: SignedInRequest, form: FormState, fresh: str | None) -> HttpResponse:
    context = {
        "rows": [_row(token) for token in ApiToken.objects.filter(account=request.user).order_by("-created_at", "id")],
        "fresh": fresh,
        "areas": [
            {
                "code": area,
                "name": name,
                "chosen": form.values.get(f"{SCOPE_FIELD}{area}", "") if form.refused else "",
                "ways": [READ] if area in WITHOUT_WRITING else [READ, WRITE],
            }
            for area, name in AREAS.items()
        ],
        "most_days": longest_days(),
        "tabs": tabs(request, "tokens"),
    }
    return page(request, "office/people/tokens.html", context, form)


def tabs(request: SignedInRequest, active: str) -> list[dict[str, Any]]:
    """The pages about programs that this person may open; none where there is only one's own tokens."""
    offered = [("tokens", _("我的令牌"), True)]
    offered.append(("all_tokens", _("所管账号的令牌"), bool(request.user.grants("account.manage"))))
    offered.append(("webhooks", _("事件推送"), bool(request.user.grants("webhook.manage"))))
    shown = [
        {"label": label, "url": reverse(name), "active": name == active, "count": None}
        for name, label, may in offered
        if may
    ]
    return shown if len(shown) > 1 else []


def _row(token: ApiToken) -> dict[str, Any]:
    ended = token.expires_on <= clock.today()
    state = _("已撤销") if token.revoked_at else _("已过期") if ended else _("有效")
    return {
        "token": token,
        "scopes": scopes_in_words(token.scopes),
        "state": state,
        "in_force": not (token.revoked_at or ended),
    }


def _issue(*, request: SignedInRequest, values: dict[str, Any]) -> str:
    given = clean_values(TOKEN_FIELDS, {field.code: values.get(field.code) for field in TOKEN_FIELDS})
    scopes = [f"{area}:{values[SCOPE_FIELD + area]}" for area in AREAS if values.get(SCOPE_FIELD + area)]
    user = request.user
    _row, token = issue_token(by=user, account=user, name=given["name"], days=given["days"], scopes=scopes)
    return token


@form_of("tokens")
@login_required
def rotate(request: SignedInRequest, token_id: str) -> HttpResponse:
    """A new secret for one of one's tokens, shown this once."""
    token = ApiToken.objects.get_visible(request.user, pk=token_id)
    form = FormState()
    rotated = form.attempt(rotate_token, by=request.user, token=token)
    return _own_page(request, form, rotated[1] if rotated else None)


@form_of("tokens")
@login_required
def revoke(request: SignedInRequest, token_id: str) -> HttpResponse:
    """End a token: one's own, or one of an account that one manages."""
    ended = revoke_token(by=request.user, token=ApiToken.objects.get_visible(request.user, pk=token_id))
    messages.success(request, _("令牌“{name}”已撤销。").format(name=ended.name))
    return redirect("tokens" if ended.account_id == request.user.pk else "all_tokens")


@require_http_methods(["GET"])
@login_required
def all_tokens(request: SignedInRequest) -> HttpResponse:
    """The tokens of every account that one manages: which program, whose, what it may do, when it last called."""
    user = request.user
    if not user.grants("account.manage"):
        raise denied("account.manage")
    found = ApiToken.objects.visible_to(user).select_related("account__unit")
    listed = paged(request, found.order_by("-created_at", "id"))
    accounts = {row.account_id for row in listed}
    context = {
        "page": listed,
        "rows": [_row(token) for token in listed],
        "open_people": set(Account.objects.visible_to(user).filter(pk__in=accounts).values_list("pk", flat=True)),
        "tabs": tabs(request, "all_tokens"),
    }
    return page(request, "office/people/all_tokens.html", context)
