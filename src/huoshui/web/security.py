"""The page of how one signs in: password, passkeys, authenticator, single sign-on, recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from huoshui.duties import identities
from huoshui.web.accounts import passkeys_fit
from huoshui.web.office.forms import page
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def security(request: SignedInRequest) -> HttpResponse:
    """Every way into one's own account, what it is for, and the step that it offers."""
    rows = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    passkeys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
    totp, codes = (_first(rows, kind) for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES))
    context = {
        "has_password": request.user.has_usable_password(),
        "passkeys": passkeys,
        "passkeys_fit": passkeys_fit(request),
        "totp": totp,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sso_name": settings.CONFIG.sso_name if identities.is_on() else "",
        "identity": identities.identity_of(request.user) if identities.is_on() else None,
        "two_steps": bool(totp or passkeys),
    }
    return page(request, "account/security.html", context)


def _first(rows: list[Authenticator], kind: str) -> Any:
    return next((row for row in rows if row.type == kind), None)
