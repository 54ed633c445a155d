"""Public notices 公示 that run today, over the API: the same as everybody reads on the public page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Query, Schema

from huoshui.matters.queries import Publicised, publicised
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("matters")


class FactOut(Schema):
    """A published field with its value."""

    name: str
    value: str


class PublicNoticeOut(Schema):
    """A notice; ``until`` is its last day."""

    number: str
    kind: str
    place: str
    place_name: str
    town: str
    holder: str = Field(description="The unit that it is about; empty: the place itself.")
    honour: str
    facts: list[FactOut]
    since: dt.date
    until: dt.date
    objections: str
    objected: bool = Field(
        description="Whether an objection is being looked into; the notice stays until it is settled."
    )


class PublicNoticePage(PageOut):
    """A page of notices."""

    items: list[PublicNoticeOut]


@router.get("/public-notices", response={200: PublicNoticePage, **REFUSED})
def list_public_notices(request: SignedInRequest, query: Query[Paged]) -> Any:
    """The notices that run today, those that end first in front; everybody may read them."""
    return page_of(publicised(), query, _notice_out)


def _notice_out(one: Publicised) -> dict[str, Any]:
    names = ("number", "kind", "town", "holder", "honour", "since", "until", "objections", "objected")
    facts = [{"name": name, "value": value} for name, value in one.facts]
    place = {"place": one.place.code, "place_name": one.place.name}
    return {name: getattr(one, name) for name in names} | place | {"facts": facts}
