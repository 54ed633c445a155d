"""GET /healthz: what an operator's monitor asks."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from huoshui import __version__
from huoshui.packs.queries import current_versions


def healthz(request: HttpRequest) -> JsonResponse:
    """Database engine, packs with versions, product version; 503 when the database does not answer."""
    try:
        packs = {code: version.number for code, version in current_versions().items()}
    except DatabaseError:
        return JsonResponse({"status": "database unavailable", "version": __version__}, status=503)
    return JsonResponse({"status": "ok", "version": __version__, "database": connection.vendor, "packs": packs})
