"""The journal over the API; the content of restricted entries is left out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ninja import Query, Schema

from huoshui.duties.queries import visible_entries
from huoshui.kernel.actions import ACTIONS
from huoshui.kernel.choices import unknown
from huoshui.kernel.models import Entry
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("journal")


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


class EntryQuery(Paged):
    """Filters of the journal."""

    action: str = ""


class EntryPage(PageOut):
    """A page of entries."""

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
def list_entries(request: SignedInRequest, query: Query[EntryQuery]) -> Any:
    """Entries within the reader's places, newest first; ``action``: an action's name or its beginning ("visits.")."""
    rows = visible_entries(request.user).order_by("-seq")
    if query.action:
        rows = rows.filter(action__startswith=query.action)
        if not any(name.startswith(query.action) for name in ACTIONS) and not rows.exists():
            raise unknown("action", query.action, sorted(ACTIONS))
    return page_of(rows, query, entry_row)
