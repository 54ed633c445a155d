"""A file made for one reader, as an answer: for pages and API alike."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def as_file(data: bytes, content_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    """The file under its name, to be kept by nobody on the way; ``inline``: shown by a browser that can."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
