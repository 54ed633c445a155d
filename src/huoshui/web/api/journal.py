"""The journal over the API; the content of restricted entries is left out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ninja import Router, Schema

from huoshui.duties.queries import visible_entries
from huoshui.kernel.models import Entry
from huoshui.web.api.core import REFUSED, page_of
from huoshui.web.requests import SignedInRequest

router = Router()


class EntryRow(Schema):
    """One entry."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject_kind: str
    subject: str
    restricted: bool
    data: dict[str, Any] | None


class EntryPage(Schema):
    """A page of entries."""

    total: int
    page: int
    pages: int
    items: list[EntryRow]


def entry_row(entry: Entry) -> dict[str, Any]:
    """The listed columns of an entry."""
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor_label,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject_label,
        "restricted": entry.restricted,
        "data": None if entry.restricted else json.loads(entry.data),
    }


@router.get("/journal", response={200: EntryPage, **REFUSED})
def list_entries(request: SignedInRequest, action: str = "", page: int = 1, size: int = 100) -> Any:
    """Entries within the reader's places, newest first; ``action`` is the beginning of an action's name."""
    rows = visible_entries(request.user).order_by("-seq")
    return page_of(rows.filter(action__startswith=action) if action else rows, page, size, entry_row)
