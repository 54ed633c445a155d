"""All addresses: office pages, accounts, API, health."""

from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from huoshui.web.accounts import not_offered
from huoshui.web.api import v1
from huoshui.web.api.core import unknown_address
from huoshui.web.health import healthz
from huoshui.web.security import security
from huoshui.web.sso import views as sso


def favicon(request: HttpRequest) -> HttpResponse:
    """The product's mark, for whoever asks for it without having read a page."""
    return redirect(static("huoshui/mark.svg"), permanent=True)


handler500 = "huoshui.web.failures.failed"

ACCOUNT_PAGES = r"(?:(?:login|logout|inactive|reauthenticate|password/change)/$|2fa/)"
"""Of allauth's pages those that we have; its links to the others find them, and nobody reads them."""

JOURNALLED = {
    "totp/activate/": totp.activate_totp,
    "webauthn/add/": webauthn.add_webauthn,
    "recovery-codes/generate/": codes.generate_recovery_codes,
}
"""Of allauth's pages those that add a way in: each in one transaction with its entry in the journal."""

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("language", set_language, name="set_language"),
    path("accounts/sso/start/", sso.start, name="sso_start"),
    path("accounts/sso/callback/", sso.callback, name="sso_callback"),
    path("accounts/sso/link/", sso.link, name="sso_link"),
    path("accounts/sso/unlink/", sso.unlink, name="sso_unlink"),
    path("accounts/2fa/", security, name="mfa_index"),
    *(path(f"accounts/2fa/{address}", transaction.atomic(view)) for address, view in JOURNALLED.items()),
    path("accounts/2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    re_path(rf"^accounts/(?!{ACCOUNT_PAGES})", not_offered),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", unknown_address),
    path("api/v1/", v1.api.urls),
    re_path(r"^api(?:/|$)", unknown_address),
    path("s/", include("huoshui.web.portal.urls")),
    path("", include("huoshui.web.office.urls")),
]
