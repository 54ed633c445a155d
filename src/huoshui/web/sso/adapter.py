"""What allauth asks us about single sign-on: which provider there is, whom its answer opens, what a failure says."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import RequestException

from huoshui.duties.identities import PROVIDER, account_by_email, link_identity
from huoshui.duties.models import Account
from huoshui.kernel.errors import Refusal
from huoshui.web.sso.provider import SingleSignOn, logger


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """One provider, from the settings; nobody gets an account by it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: ``pre_social_login`` has refused before."""
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SingleSignOn:
        """The provider of the settings; a row in the database makes none."""
        config = settings.CONFIG
        app = SocialApp(
            provider=PROVIDER,
            provider_id=PROVIDER,
            name=config.sso_name,
            client_id=config.sso_client_id,
            secret=config.sso_client_secret,
            settings={"server_url": config.sso_issuer.rstrip("/"), "oauth_pkce_enabled": True},
        )
        return SingleSignOn(request, app=app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """An answer has been verified: link it, or find whose account it opens. Raises sso.unknown or sso.taken."""
        subject = sociallogin.claims["sub"]
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(self._link(request, subject))
        if sociallogin.is_existing:
            return
        found = self._by_email(sociallogin.claims, subject)
        if found is None:
            raise Refusal("sso.unknown", name=settings.CONFIG.sso_name, subject=subject)
        sociallogin.user = found

    def _by_email(self, claims: dict[str, Any], subject: str) -> Account | None:
        """Only an address that the provider calls verified, in so many words, and only where the operator allows it."""
        email = claims.get("email")
        if not settings.CONFIG.sso_match_email or claims.get("email_verified") is not True or not email:
            return None
        return account_by_email(str(email), subject)

    def _link(self, request: HttpRequest, subject: str) -> Any:
        if not request.user.is_authenticated:
            raise Refusal("sso.stale", name=settings.CONFIG.sso_name)
        try:
            raise_if_reauthentication_required(request, app="huoshui.web.sso")
        except ReauthenticationRequired:
            raise Refusal("sso.slow", name=settings.CONFIG.sso_name) from None
        link_identity(by=request.user, account=request.user, subject=subject, shown=True)
        messages.success(request, _("已关联%(name)s，下次可以用它登录。") % {"name": settings.CONFIG.sso_name})
        return redirect("mfa_index")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: SingleSignOn,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Why nobody was signed in, in the words of the catalogue."""
        reason = _reason(error, exception, extra_context or {})
        logger.warning("single sign-on: %s %s", reason, exception or "")
        raise Refusal(reason, name=provider.name)


def _reason(error: str | None, exception: Exception | None, given: dict[str, Any]) -> str:
    if error == AuthError.CANCELLED:
        return "sso.cancelled"
    if isinstance(exception, RequestException):
        return "sso.unreachable"
    if exception is None and "state" not in given:
        return "sso.stale"
    return "sso.invalid"
