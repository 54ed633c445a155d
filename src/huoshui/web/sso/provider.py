"""The provider of single sign-on: allauth's OpenID Connect, strict.

Allauth asks for PKCE and keeps a state for each departure, in the session, for ten minutes and one use. It sends no
nonce, does not verify the signature of a token that it fetched itself, and stores what the provider tells of a person.
Here a nonce goes with each departure, every ID token is verified in full (OpenID Connect Core 1.0, section 3.1.3.7),
and of the person nothing is kept but the digest of issuer and subject.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huoshui.duties.identities import kept_of, key_of

logger = logging.getLogger(__name__)
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that only the provider can make; never "none", never one made with the client's own secret."""
LEEWAY = 60
"""Seconds that the clocks of the two servers may differ."""
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


class Answers(OpenIDConnectOAuth2Adapter):
    """What the provider answers, believed only when it is verified."""

    expected_nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself. Raises OAuth2Error when it is another issuer than the configured one."""
        found: dict[str, Any] = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.CONFIG.sso_issuer.rstrip("/"):
            raise OAuth2Error("the provider calls itself by another issuer than HUOSHUI_SSO_ISSUER")
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where the provider sends people back to."""
        return request.build_absolute_uri(reverse("sso_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """Whom the answer names. Raises OAuth2Error when anything of it does not hold."""
        claims = self._verified(kwargs["response"].get("id_token"))
        if settings.CONFIG.sso_match_email and "email" not in claims:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:  # section 5.3.2: else it tells of somebody else
                raise OAuth2Error("the userinfo is of another subject than the ID token")
            claims |= {name: told[name] for name in ("email", "email_verified") if name in told}
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login

    def _verified(self, id_token: str | None) -> dict[str, Any]:
        client = self.get_provider().app.client_id
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token or "",
                self._key_of(id_token or ""),
                algorithms=ALGORITHMS,
                audience=client,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error(f"the ID token does not hold: {error!r}") from error
        if not isinstance(claims["aud"], str) and len(claims["aud"]) > 1 and claims.get("azp") != client:
            raise OAuth2Error("the ID token was made for another client")
        if not hmac.compare_digest(str(claims["nonce"]).encode(), self.expected_nonce.encode()):
            raise OAuth2Error("the nonce is not that of this departure")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The provider's key that a token names; the only one where it names none."""
        name = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if name in (None, key.key_id)]
        if len(keys) != 1:
            raise OAuth2Error("the ID token is signed with none of the provider's keys")
        return keys[0]


class SingleSignOn(OpenIDConnectProvider):
    """Out to the provider, with a nonce beside allauth's state and PKCE."""

    oauth2_adapter_class = Answers

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """To the provider; the nonce is kept with the state, so that it too is used once."""
        nonce = secrets.token_urlsafe(24)
        answer: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params={"nonce": nonce}, nonce=nonce, **kwargs
        )
        return answer

    def get_default_scope(self) -> list[str]:
        """Who it is; the e-mail only where it is used."""
        return ["openid", "email"] if settings.CONFIG.sso_match_email else ["openid"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The digest of issuer and subject."""
        return key_of(str(data["sub"]))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Which provider it was, and enough of the subject to compare it."""
        return kept_of(str(data["sub"]))

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing is filled in by the provider."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """None: ``SingleSignOnAdapter`` decides about e-mails."""
        return []
