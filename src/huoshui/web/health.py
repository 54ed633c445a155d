"""GET /healthz: what an operator's monitor asks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from huoshui import __version__
from huoshui.kernel import health
from huoshui.kernel.journal import checkpoints, verify_heads
from huoshui.kernel.models import Entry, Seal
from huoshui.notices.queries import outbox_state
from huoshui.packs.queries import current_versions, unreadable


def healthz(request: HttpRequest) -> JsonResponse:
    """Version, database engine, packs, journal, background; 503 unless all that today's work needs is there.

    That is the database, every part of the background, the current version of every pack, a journal that is the one
    of its newest checkpoints, and folders that take the next ones. An older version of a pack that this release
    cannot read is told of, under "unreadable", with status 200; so are messages that could not be delivered, under
    "notices", by the code of the reason: the mail server or a robot is at fault, and the product does its work.
    """
    try:
        packs = {code: version.number for code, version in current_versions().items()}
        unread = unreadable()
        journal = _journal()
        notices = outbox_state()
    except DatabaseError:
        return JsonResponse({"status": "database unavailable", "version": __version__}, status=503)
    background = health.background()
    faults = {
        "background stopped": not all(background.values()),
        "journal broken": bool(journal["findings"]),
        "checkpoints unwritable": not all(journal["checkpoints"].values()),
        "packs unreadable": any(version.current for version, _problem in unread),
    }
    fault = next((name for name, found in faults.items() if found), "")
    answer = {
        "status": fault or ("packs unreadable" if unread else "ok"),
        "version": __version__,
        "database": connection.vendor,
        "packs": packs,
        "unreadable": [f"{problem.code}: {problem.message()}" for _version, problem in unread],
        "journal": journal,
        "notices": notices,
        "background": background,
    }
    return JsonResponse(answer, status=503 if fault else 200)


def _journal() -> dict[str, Any]:
    """How many entries are sealed, and the newest entry's number (never above it for longer than a moment).

    "findings": how it disagrees with its newest checkpoints, now or when the server started; "checkpoints": which of
    the folders take new ones. Anybody may ask, so that neither names a path.
    """
    last = Seal.objects.order_by("-position").first()
    newest = Entry.objects.order_by("-seq").values_list("seq", flat=True).first()
    closed = {folder for folder, _reason in checkpoints.unwritable()}
    names = ("data_dir", "checkpoint_dir")
    return {
        "sealed": last.position if last else 0,
        "last_sealed_seq": last.entry_seq if last else 0,
        "newest": newest or 0,
        "findings": sorted({finding.kind for finding in verify_heads()} | health.JOURNAL_AT_START),
        "checkpoints": {
            name: folder not in closed for name, folder in zip(names, settings.JOURNAL_CHECKPOINT_DIRS, strict=False)
        },
    }
