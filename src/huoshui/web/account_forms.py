"""The forms of signing in: allauth's, in the words of our catalogue, with one lock for passwords and codes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.forms import PasswordVerificationMixin
from allauth.core import context
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huoshui.duties.passwords import said
from huoshui.kernel.errors import Problem
from huoshui.web.accounts import LOCKED, problem_of_sign_in


class OwnWords:
    """Labels stand in the templates: no placeholder says them again in other words."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            label = self.labels().get(name, name)
            field.error_messages["required"] = said(Problem("value.required", name, params={"label": label}))

    @staticmethod
    def labels() -> dict[str, str]:
        """The words of the fields, as the templates label them."""
        return {
            "login": _("账号"),
            "password": _("密码"),
            "oldpassword": _("现在的密码"),
            "password1": _("新密码"),
            "password2": _("再输一次新密码"),
            "code": _("验证码"),
            "name": _("名称"),
        }


class LoginForm(OwnWords, account.LoginForm):
    """Account and password."""


class ReauthenticateForm(OwnWords, account.ReauthenticateForm):
    """The password once more."""


class ChangePasswordForm(OwnWords, account.ChangePasswordForm):
    """One's own new password."""

    def clean(self) -> dict[str, Any]:
        """Both new ones alike; in our words, so allauth's own comparison is passed over."""
        cleaned: dict[str, Any] = super(PasswordVerificationMixin, self).clean()
        new, again = cleaned.get("password1"), cleaned.get("password2")
        if new and again and new != again:
            self.add_error("password2", said(Problem("password.differs", "password2")))
        return cleaned


class _Counted:
    """Wrong codes count towards the same lock as wrong passwords: six digits must not be guessed one by one."""

    user: Any

    def clean_code(self) -> str:
        """The code, if it is right and the account is not locked; a locked one's page is axes' answer to the mark."""
        request, credentials = context.request, {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out = True
            raise ValidationError(said(problem_of_sign_in(LOCKED)))
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            user_login_failed.send(sender=__name__, credentials=credentials, request=request)
            raise
        return code


class CodeForm(_Counted, OwnWords, codes.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(_Counted, OwnWords, codes.ReauthenticateForm):
    """A code once more."""


class ActivateForm(OwnWords, totp.ActivateTOTPForm):
    """The first code of a new authenticator."""
