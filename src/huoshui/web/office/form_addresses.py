"""Addresses that take forms alone, and the page that each of them belongs to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponse]


def form_of(page: str, *names: str, then: str = "") -> Callable[[View], View]:
    """A view that takes forms (POST) alone; opened like a page, its address leads to the page of its form.

    The answer to a refused form stands at this address: reloading it, switching the language on it and signing in
    again all open it. ``page`` is named as in the URLs, ``names`` are the parts of the address that it takes, and
    ``then`` is a query or fragment in which {parts} stand.
    """

    def decorate(view: View) -> View:
        posted = require_POST(view)

        @wraps(view)
        def answered(request: HttpRequest, **parts: object) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return redirect(reverse(page, kwargs={name: parts[name] for name in names}) + then.format(**parts))
            return posted(request, **parts)

        return answered

    return decorate
