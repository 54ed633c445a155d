"""What nothing else answered: a page for people, a problem for programs."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from huoshui.web.api import core


def failed(request: HttpRequest) -> HttpResponse:
    """A failure outside every operation of the API (a middleware's, say), or of a page."""
    error = sys.exception() if request.path.startswith("/api/") else None
    return core.failed(request, error) if isinstance(error, Exception) else server_error(request)
