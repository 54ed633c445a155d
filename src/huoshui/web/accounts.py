"""Signing in: allauth without self-service sign-up, locked by django-axes, in the words of our catalogue."""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from huoshui.duties.actions import set_password
from huoshui.duties.models import Account
from huoshui.duties.passwords import said
from huoshui.kernel.errors import Problem

LOCKED = "account.locked"
WRONG = "sign_in.wrong"


def problem_of_sign_in(code: str) -> Problem:
    """A refusal of signing in, with the limits of this installation."""
    config = settings.CONFIG
    return Problem(code, params={"attempts": config.lockout_attempts, "minutes": config.lockout_minutes})


# Said when it is shown, in the language of who reads it.
_words = lazy(lambda code: said(problem_of_sign_in(code)), str)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator, never by signing up."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _words("sign_in.inactive"),
        "username_password_mismatch": _words(WRONG),
        "invalid_login": _words(WRONG),
        "too_many_login_attempts": _words(LOCKED),
        "enter_current_password": _words("password.wrong"),
        "incorrect_password": _words("password.wrong"),
        "incorrect_code": _words("code.wrong"),
        "rate_limited": _words("sign_in.too_often"),
    }

    def pre_login(self, request: HttpRequest, user: Account, **given: Any) -> HttpResponse | None:
        """Whatever somebody shows who they are by, a deactivated or a locked account stays shut."""
        shut: HttpResponse | None = super().pre_login(request, user, **given)
        if shut is None and not AxesProxyHandler.is_allowed(request, {"username": user.username}):
            return locked_out(request)
        return shut

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Account, password: str) -> None:
        """One's own new password, by the same journalled action as everywhere."""
        set_password(by=user, account=user, password=password)
        user.refresh_from_db()

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, str]]:
        """The ways to show again who one is, named as our pages name them."""
        names = {
            "reauthenticate": _("改用密码"),
            "mfa_reauthenticate": _("改用验证码"),
            "mfa_reauthenticate:webauthn": _("改用通行密钥"),
        }
        found: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [{**method, "description": names[method["id"]]} for method in found]


class TwoStepAdapter(DefaultMFAAdapter):
    """Two-step verification and passkeys in our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _words("code.wrong"),
        "cannot_generate_recovery_codes": _words("two_steps.off"),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site that a passkey is for: its domain, under the product's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": _("活水")}

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """The name of a key that was given none."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("通行密钥 %(number)d") % {"number": count + 1}


def passkeys_fit(request: HttpRequest) -> bool:
    """Whether browsers keep passkeys for this address: HTTPS or this very machine, by a name and not by an IP address.

    Web Authentication Level 2, sections 5.1.2 (a relying party is a domain) and 5 (secure contexts alone).
    """
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def not_offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """What allauth has and we have not: sign-up, e-mail, passwords by mail, codes by mail."""
    raise Http404


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """What a locked account is told."""
    return render(request, "refused.html", {"problems": [problem_of_sign_in(LOCKED)]}, status=429)
