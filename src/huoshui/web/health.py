"""GET /healthz: what an operator's monitor asks."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from huoshui import __version__
from huoshui.kernel import health
from huoshui.kernel.models import Entry, Seal
from huoshui.packs.queries import current_versions, unreadable


def healthz(request: HttpRequest) -> JsonResponse:
    """Version, database engine, packs, journal, background; 503 unless all that today's work needs is there.

    That is the database, every part of the background, and the current version of every pack. An older version
    that this release cannot read is told of, under "unreadable", with status 200.
    """
    try:
        packs = {code: version.number for code, version in current_versions().items()}
        unread = unreadable()
        journal = _journal()
    except DatabaseError:
        return JsonResponse({"status": "database unavailable", "version": __version__}, status=503)
    background = health.background()
    alive = all(background.values())
    working = alive and not any(version.current for version, _problem in unread)
    answer = {
        "status": "background stopped" if not alive else "packs unreadable" if unread else "ok",
        "version": __version__,
        "database": connection.vendor,
        "packs": packs,
        "unreadable": [f"{problem.code}: {problem.message()}" for _version, problem in unread],
        "journal": journal,
        "background": background,
    }
    return JsonResponse(answer, status=200 if working else 503)


def _journal() -> dict[str, Any]:
    """How many entries are sealed, and the newest entry's number (never above it for longer than a moment)."""
    last = Seal.objects.order_by("-position").first()
    newest = Entry.objects.order_by("-seq").values_list("seq", flat=True).first()
    return {
        "sealed": last.position if last else 0,
        "last_sealed_seq": last.entry_seq if last else 0,
        "newest": newest or 0,
    }
