"""What keeps a pack from dropping a service: requests for it that have not ended."""

from __future__ import annotations

from django.db.models import Count

from huoshui.kernel.errors import Problem
from huoshui.packs.contract import Dropped
from huoshui.services.models import CLOSED, Request


def open_requests(pack: str, dropped: Dropped) -> list[Problem]:
    """pack.requests_open for each service that would be dropped while somebody waits for it."""
    items = {f"{pack}.{code}": code for code in sorted(dropped.get("services", ()))}
    waiting = Request.objects.filter(item__in=items).exclude(phase=CLOSED)
    counts = dict(waiting.values_list("item").annotate(Count("pk")).order_by("item"))
    return [
        Problem("pack.requests_open", f"services.{code}", params={"kind": code, "count": counts[item]})
        for item, code in items.items()
        if item in counts
    ]
