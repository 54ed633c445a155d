"""Turns a refusal into an answer, and names the channel for the journal."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from huoshui.kernel.context import channel
from huoshui.kernel.errors import Refusal


class RefusalMiddleware:
    """Pages and fragments answer a refused action with the same words: what, where, why, what next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with channel("api" if request.path.startswith("/api/") else "web"):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        fragment = bool(getattr(request, "htmx", False))
        template = "partials/_refusal.html" if fragment else "refused.html"
        return render(request, template, {"refusal": error, "problems": error.problems}, status=error.status)
