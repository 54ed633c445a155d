"""How often one address, or one account, may use a page; counted in the database, for all web processes together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from huoshui.kernel.errors import Refusal
from huoshui.kernel.limits import count_reading, count_use, seconds_left

View = Callable[..., HttpResponse]
MINUTE = 60


def limited(
    name: str, times: int, *, per: int = MINUTE, methods: tuple[str, ...] = ("GET", "POST"), reads: bool = False
) -> Callable[[View], View]:
    """A view that one address may use so many times in ``per`` seconds. Raises service.too_often beyond that.

    ``reads``: a page that is only read and guards nothing, for which the database is not written at every use.

    A whole office or village may share one address, so the limits are wide: a code of 50 bits is not found by them
    in any time. Of the address only a digest is kept, for as long as it counts.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, **parts: object) -> HttpResponse:
            count = count_reading if reads else count_use
            if request.method in methods and count(_key(name, _address(request)), per) > times:
                raise Refusal("service.too_often", seconds=seconds_left(per))
            return view(request, **parts)

        return counted

    return decorate


def _key(name: str, who: str) -> str:
    return f"{name}-{hashlib.sha256(who.encode()).hexdigest()[:32]}"


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@dataclass(frozen=True)
class SignInLimit:
    """How many forms a minute one address, or one account, may send to a page."""

    name: str
    times: int
    of_account: bool = False


AGAIN = SignInLimit("again", 10, of_account=True)
SIGN_IN_LIMITS = {
    "account_login": SignInLimit("login", 30),
    # A signature cannot be guessed, and a whole office shares one address: this only slows down a flood.
    "mfa_login_webauthn": SignInLimit("passkey", 300),
    "account_reauthenticate": AGAIN,
    "mfa_reauthenticate": AGAIN,
    "mfa_reauthenticate_webauthn": AGAIN,
    "account_change_password": SignInLimit("password", 5, of_account=True),
}
"""By the name of allauth's page. Wrong passwords and codes lock the account besides (django-axes)."""


class SignInLimitMiddleware:
    """Forms of the sign-in pages are counted here, as allauth would count those of its own process alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _parts: Any) -> HttpResponse | None:
        """Answer sign_in.too_often beyond the limit of the page."""
        match = request.resolver_match
        limit = SIGN_IN_LIMITS.get(match.url_name or "") if match and request.method == "POST" else None
        if limit is None:
            return None
        who = str(request.user.pk) if limit.of_account else _address(request)
        if count_use(_key(f"sign-in-{limit.name}", who), MINUTE) <= limit.times:
            return None
        refusal = Refusal("sign_in.too_often")
        return render(request, "429.html", {"refusal": refusal}, status=refusal.status)
