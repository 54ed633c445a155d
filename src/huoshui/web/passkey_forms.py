"""The forms of passkeys: allauth's, in the words of our catalogue, on accounts that are not locked."""

from __future__ import annotations

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.core.exceptions import ValidationError

from huoshui.duties.passkeys import LONGEST_NAME, rename_passkey
from huoshui.duties.passwords import said
from huoshui.kernel.errors import Problem
from huoshui.web.account_forms import OwnWords
from huoshui.web.accounts import LOCKED, problem_of_sign_in

UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
"""What reading an answer that no browser sends may raise in fido2 and allauth."""


class AddPasskeyForm(OwnWords, webauthn.AddWebAuthnForm):
    """A new passkey: always one that is kept on the device and asks for PIN, face or finger."""

    name = forms.CharField(required=False, max_length=LONGEST_NAME)

    def clean_passwordless(self) -> bool:
        """Also where the browser said otherwise: a key that asks for nothing would be a mere thing to be stolen."""
        return True

    def clean(self) -> dict[str, Any]:
        """The key, if it belongs to the challenge that this session was given."""
        try:
            super().clean()
        except (*UNREADABLE, ValidationError):
            raise _not_proven() from None
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned


class RenamePasskeyForm(OwnWords, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(max_length=LONGEST_NAME)

    def save(self) -> Authenticator:
        """By the journalled action."""
        rename_passkey(by=context.request.user, passkey=self.instance, name=self.cleaned_data["name"])
        passkey: Authenticator = self.instance
        return passkey


class _Proven(OwnWords):
    """A passkey's signature. A wrong one locks nobody: it cannot be guessed, and anybody may name an account."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = said(Problem("passkey.wrong"))
        self.fields["credential"].error_messages.update(required=words, invalid=words)

    def clean_credential(self) -> Authenticator:
        """The key that signed, if the account that it belongs to is not locked."""
        if self.user and not AxesProxyHandler.is_allowed(context.request, {"username": self.user.username}):
            context.request.axes_locked_out = True
            raise ValidationError(said(problem_of_sign_in(LOCKED)))
        try:
            passkey: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (*UNREADABLE, ValidationError):
            raise _not_proven() from None
        return passkey


class PasskeyForm(_Proven, webauthn.LoginWebAuthnForm):
    """Signing in by a passkey alone, which also names the account."""


class PasskeySecondForm(_Proven, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step."""


class PasskeyAgainForm(_Proven, webauthn.ReauthenticateWebAuthnForm):
    """A passkey once more."""


def _not_proven() -> ValidationError:
    return ValidationError(said(Problem("passkey.wrong")))
