"""One's own notices over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.notices.actions import mark_read
from huoshui.notices.models import Notice
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("notices")


class NoticeQuery(Paged):
    """Filters of notices."""

    unread: bool = False


class NoticeRow(Schema):
    """A notice to oneself."""

    id: UUID
    text: str
    created_at: dt.datetime
    read_at: dt.datetime | None


class NoticePage(PageOut):
    """A page of notices."""

    items: list[NoticeRow]


@router.get("/notices", response={200: NoticePage, **REFUSED})
def list_notices(request: SignedInRequest, query: Query[NoticeQuery]) -> Any:
    """One's own notices, newest first."""
    rows = Notice.objects.visible_to(request.user).order_by("-id")
    rows = rows.filter(read_at__isnull=True) if query.unread else rows
    return page_of(
        rows,
        query,
        lambda notice: {
            "id": notice.pk,
            "text": notice.text,
            "created_at": notice.created_at,
            "read_at": notice.read_at,
        },
    )


@router.post("/notices/read", response={200: dict[str, int], **REFUSED_WRITE})
def read_notices(request: SignedInRequest) -> Any:
    """Mark all of one's notices read."""
    return idempotent(request, "notices.mark_read", None, lambda: {"read": mark_read(by=request.user)})
