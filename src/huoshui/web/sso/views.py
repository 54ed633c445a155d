"""Single sign-on: the way out, the way back, and the link of one's own account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from huoshui.duties.identities import PROVIDER, is_on, unlink_identity
from huoshui.kernel.errors import Refusal
from huoshui.web.requests import SignedInRequest
from huoshui.web.sso.provider import Answers, logger

View = Callable[..., HttpResponse]


def _where_configured(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_POST
@never_cache
@_where_configured
def start(request: HttpRequest) -> HttpResponse:
    """Out to the provider, to sign in. Raises sso.unreachable or sso.invalid."""
    return _leave(request, AuthProcess.LOGIN, get_next_redirect_url(request))


@require_POST
@never_cache
@_where_configured
@login_required
@reauthentication_required
def link(request: SignedInRequest) -> HttpResponse:
    """Out to the provider, to link its identity to the signed-in account. Raises sso.unreachable or sso.invalid."""
    return _leave(request, AuthProcess.CONNECT)


@require_POST
@_where_configured
@login_required
@reauthentication_required
def unlink(request: SignedInRequest) -> HttpResponse:
    """End the link of one's own account. Raises sso.last_way."""
    unlink_identity(by=request.user, account=request.user)
    messages.success(request, _("已解除关联，不能再用%(name)s登录。") % {"name": settings.CONFIG.sso_name})
    return redirect("mfa_index")


class Callback(OAuth2CallbackView):
    """The way back. The nonce comes out of the state that this answer uses up."""

    adapter: Answers

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        if state:
            self.adapter.expected_nonce = state["nonce"]
        return state, answer


@require_GET
@never_cache
@_where_configured
def callback(request: HttpRequest) -> HttpResponse:
    """The provider's answer: in, or a refusal of the catalogue."""
    answer: HttpResponse = _told(lambda: Callback.adapter_view(Answers(request, PROVIDER))(request))
    return answer


def _leave(request: HttpRequest, process: str, next_url: str | None = None) -> HttpResponse:
    """A page that goes on to the provider.

    No plain redirect: this is the answer to a form, and our content security policy lets forms go nowhere else.
    """
    provider = get_adapter().get_provider(request, PROVIDER)
    away = _told(lambda: provider.redirect(request, process, next_url))
    return render(request, "account/leaving.html", {"name": provider.name, "address": away["Location"]})


def _told(step: Callable[[], HttpResponse]) -> HttpResponse:
    """A step in which the provider is asked; what fails of it is told in the words of the catalogue."""
    try:
        return step()
    except RequestException as error:
        logger.warning("single sign-on: %s", error)
        raise Refusal("sso.unreachable", name=settings.CONFIG.sso_name) from error
    except (OAuth2Error, KeyError, TypeError, ValueError) as error:
        logger.warning("single sign-on: %r", error)
        raise Refusal("sso.invalid", name=settings.CONFIG.sso_name) from error
