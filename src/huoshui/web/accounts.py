"""Signing in: allauth without self-service sign-up, locked by django-axes, in the words of our catalogue."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
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

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Account, password: str) -> None:
        """One's own new password, by the same journalled action as everywhere."""
        set_password(by=user, account=user, password=password)
        user.refresh_from_db()

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, str]]:
        """The ways to show again who one is, named as our pages name them."""
        names = {"reauthenticate": _("改用密码"), "mfa_reauthenticate": _("改用验证码")}
        found: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [{**method, "description": names[method["id"]]} for method in found]


class TwoStepAdapter(DefaultMFAAdapter):
    """Two-step verification in our words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _words("code.wrong"),
        "cannot_generate_recovery_codes": _words("two_steps.off"),
    }


def not_offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """What allauth has and we have not: sign-up, e-mail, passwords by mail, codes by mail."""
    raise Http404


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """What a locked account is told."""
    return render(request, "refused.html", {"problems": [problem_of_sign_in(LOCKED)]}, status=429)
