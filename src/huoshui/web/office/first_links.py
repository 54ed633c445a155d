"""First-login links: issued for many at once on printed slips, withdrawn; and the page on which a password is set."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from huoshui.duties.first_links import issue_link, link_behind, use_link, withdraw_links
from huoshui.duties.models import Account, SignInLink
from huoshui.duties.people_file import read_people
from huoshui.kernel.access import denied, grants_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.trials import MOST_AT_ONCE
from huoshui.kernel.tried_files import TriedFile, tried_file
from huoshui.reports.slips import SlipFor, slips_pdf
from huoshui.reports.typesetting import PDF
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import PAGE_SIZE, paged
from huoshui.web.requests import SignedInRequest


def address_of(request: HttpRequest, code: str = "") -> str:
    """The whole address of a link, or of the page on which a code is typed."""
    from django.conf import settings

    path = reverse("first_password", args=[code]) if code else reverse("first_code")
    site: str = settings.CONFIG.site_url
    return f"{site}{path}" if site else request.build_absolute_uri(path)


def fresh_link(*, request: SignedInRequest, account: Account) -> dict[str, Any]:
    """A new link of one account, to be shown once."""
    row, code = issue_link(by=request.user, account=account)
    return {"code": code, "url": address_of(request, code), "until": row.expires_at}


@require_http_methods(["GET", "POST"])
@login_required
def first_links(request: SignedInRequest) -> HttpResponse:
    """Accounts that nobody has signed in with yet: slips for those chosen, or their links withdrawn.

    ``?q=`` finds some of them, ``?file=`` those of a file that the reader has just imported: only these are chosen
    already. Raises import.file_gone for another file.
    """
    user = request.user
    if not user.grants("account.manage"):
        raise denied("account.manage")
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        answer = form.attempt(_do, request=request, step=form.values.get("step", ""))
        if answer is not None:
            return answer
    text, sha256 = request.GET.get("q", "").strip(), request.GET.get("file", "")
    found = _found(waiting_accounts(user), text)
    if sha256:
        found = found.filter(username__in=_usernames(tried_file(user, sha256)))
    context = {
        "rows": paged(request, found, MOST_AT_ONCE if sha256 else PAGE_SIZE),
        "q": text,
        "narrowed": sha256,
    }
    return page(request, "office/people/first_links.html", context, form)


def _found(rows: Any, text: str) -> Any:
    """Those whose title, username, unit or place holds a text."""
    if not text:
        return rows
    named = Q(title__contains=text) | Q(username__icontains=text) | Q(unit__name__contains=text)
    return rows.filter(named | Q(unit__place__short_name__contains=text))


def _usernames(file: TriedFile) -> list[str]:
    return [line.texts["username"] for line in read_people(file.data, file.name).lines]


def waiting_accounts(user: Account) -> Any:
    """Accounts without a password in the units that the reader manages, each with the end of its open link."""
    managed = grants_condition(user.grants("account.manage"), Account.scope)
    links = SignInLink.objects.open().filter(account=OuterRef("pk")).values("expires_at")[:1]
    unset = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    found = Account.objects.get_queryset().filter(managed, unset, is_active=True)
    rows = found.select_related("unit__place").annotate(link_until=Subquery(links))
    return rows.order_by("unit__place__path", "unit__name", "username")


def _do(*, request: SignedInRequest, step: str) -> HttpResponse:
    chosen = request.POST.getlist("account")
    if not chosen:
        raise Refusal("value.required", field="account", label=_("人员"))
    if len(chosen) > MOST_AT_ONCE:
        raise Refusal("bulk.too_many", count=len(chosen), limit=MOST_AT_ONCE)
    accounts = list(waiting_accounts(request.user).filter(username__in=chosen))
    if step == "withdraw":
        with transaction.atomic():
            count = sum(withdraw_links(by=request.user, account=account) for account in accounts)
        messages.success(request, _("已收回 %(count)d 条链接。") % {"count": count})
        return redirect("first_links")
    with transaction.atomic():
        slips = [_slip(request, account) for account in accounts]
        data = slips_pdf(slips, address_of(request), request.user)
    return as_file(data, PDF, f"{_('首次登录条')}.pdf")


def _slip(request: SignedInRequest, account: Account) -> SlipFor:
    row, code = issue_link(by=request.user, account=account)
    return SlipFor(account, code, address_of(request, code), row.expires_at)


@never_cache
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Where the code of a slip is typed."""
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        if form.attempt(link_behind, code=str(form.values.get("code", ""))):
            return _private(redirect("first_password", form.values["code"].strip()))
    return _private(page(request, "account/first_code.html", {}, form))


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest, code: str) -> HttpResponse:
    """Set the first password with a link, and be signed in; opening the page uses nothing up."""
    form = FormState()
    link = form.attempt(link_behind, code=code)
    if link is None:
        return _private(page(request, "account/first_code.html", {"gone": True}, form))
    if request.method == "POST":
        form = FormState.typed(request)
        account = form.attempt(_set, code=code, values=form.values)
        if account:
            return _private(_enter(request, account))
    form.values = {}
    return _private(page(request, "account/first_password.html", {"account": link.account}, form))


def _set(*, code: str, values: dict[str, Any]) -> Account:
    password = values.get("password", "")
    if password != values.get("again", ""):
        raise Refusal("password.differs", field="again")
    account: Account = use_link(code=code, password=password)
    return account


def _enter(request: HttpRequest, account: Account) -> HttpResponse:
    """As with the password just set: a locked account stays shut, a second step is asked for, it is journalled."""
    signing_in = Login(user=account, redirect_url=reverse("today"))
    answer: HttpResponse = perform_password_login(request, {"username": account.username}, signing_in)
    if answer.status_code == HTTPStatus.FOUND:
        messages.success(request, _("密码已设好。下次用账号和这个密码登录。"))
    return answer


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: it is told to no other site and kept by no search engine."""
    # Not "no-referrer": browsers would then send the form with "Origin: null", which the CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
