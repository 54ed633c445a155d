"""What every request passes: one reading, HEAD without a body, refusals as answers, the journal's channel, signing in
again, a first password.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huoshui.kernel.context import channel
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.reading import reading
from huoshui.web.api.core import no_room, wrong_method
from huoshui.web.office.lists import address_despite


class ReadingMiddleware:
    """What a request reads of packs and duties it reads once, see ``kernel.reading``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reading():
            return self.get_response(request)


class BodilessMiddleware:
    """HEAD has the headers of GET and no body. Waitress would send it, and the client take it for the next answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if request.method != "HEAD":
            return answer
        if isinstance(answer, StreamingHttpResponse):
            answer.streaming_content = []
        elif isinstance(answer, HttpResponse):
            answer.content = b""
        return answer


class RefusalMiddleware:
    """Pages and fragments answer a refused action with the same words: what, where, why, what next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        over_api = request.path.startswith("/api/")
        with channel("api" if over_api else "web"):
            answer = self.get_response(request)
        if over_api and isinstance(answer, HttpResponseNotAllowed):
            return wrong_method(request, sorted(answer["Allow"].split(", ")))
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = error if isinstance(error, Refusal) else no_room(request, error)
        if refusal is None:
            return None
        fragment = bool(getattr(request, "htmx", False))
        template = "partials/_refusal.html" if fragment else "refused.html"
        context = {"refusal": refusal, "problems": refusal.problems, "despite": address_despite(request, refusal)}
        return render(request, template, context, status=refusal.status)


UNSENT = "#unsent"
"""Ends the address of a page whose form was not sent: there the browser fills in what it kept (drafts.ts)."""


class SignInAgainMiddleware:
    """Whoever sent a form after the session ended comes back, signed in, to the page of the form.

    The address that a form is sent to often has no page of its own. A fragment is not led away to the sign-in page:
    it would stand in the middle of what is being written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        sign_in = reverse("account_login")
        sent_away = answer.status_code == 302 and answer.headers["Location"].startswith(f"{sign_in}?next=")
        if not sent_away:
            return answer
        if getattr(request, "htmx", False):
            problem = Problem("sign_in.ended")
            return render(request, "partials/_refusal.html", {"problems": [problem]}, status=problem.kind.status)
        if request.method != "POST":
            return answer
        page = urlsplit(request.headers.get("Referer", ""))
        if page.netloc != request.get_host():
            return redirect_to_login("/", sign_in)
        back = f"{page.path}?{page.query}" if page.query else page.path
        return redirect_to_login(back + UNSENT, sign_in)


class FirstPasswordMiddleware:
    """Somebody whose password was set by another, and who signed in with it, changes it before anything else.

    Whoever came by a passkey or single sign-on may never have been told that password.
    """

    ALLOWED = ("account_change_password", "account_logout", "account_reauthenticate", "set_language", "healthz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.must_change_password and not _came_without_password(request):
            allowed = {reverse(name) for name in self.ALLOWED}
            if request.path not in allowed and not request.path.startswith("/api/"):
                return redirect("account_change_password")
        return self.get_response(request)


def _came_without_password(request: HttpRequest) -> bool:
    shown = {record["method"] for record in get_authentication_records(request, request.user)}
    return bool(shown) and "password" not in shown
