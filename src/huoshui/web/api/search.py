"""One search over all, over the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Query, Schema

from huoshui.kernel.choices import named, unknown
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.search.finding import find, wanted
from huoshui.search.keeping import is_whole
from huoshui.search.registry import in_order
from huoshui.web.api.core import REFUSED, ReadableRouter
from huoshui.web.found import told
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("search")
MOST = 100


class SearchQuery(Schema):
    """What is looked for, and where."""

    q: str = Field(description="Words, each in full or in part, numbers, or pinyin initials; all have to be there.")
    kind: str = Field("", description="One kind of records alone, such as matters.")
    place: str = Field("", description="Code of a place: only what lies there and below.")
    since: dt.date | None = Field(None, description="First day; leaves out what has no day.")
    until: dt.date | None = Field(None, description="Last day.")
    size: int = Field(
        8, description=f"Hits of each kind, 1 to {MOST}.", json_schema_extra={"minimum": 1, "maximum": MOST}
    )
    after: str = Field("", description="With a kind: the ``beyond`` of its group, to go on there.")


class HitOut(Schema):
    """A record that was found. ``record`` names it as the operations of its kind do."""

    record: str
    title: str
    second: str
    place: str
    day: dt.date | None
    url: str


class GroupOut(Schema):
    """The best hits of a kind; ``beyond`` "": these are all."""

    kind: str
    name: str
    hits: list[HitOut]
    beyond: str


class FoundOut(Schema):
    """``whole``: false while the index is being made anew, when something may be missing."""

    whole: bool
    groups: list[GroupOut]


@router.get("/search", response={200: FoundOut, **REFUSED})
def search(request: SignedInRequest, query: Query[SearchQuery]) -> Any:
    """Visible records of all kinds that answer to the words, the best first within each kind."""
    kinds = {one.kind: str(one.label) for one in in_order()}
    if query.kind and query.kind not in kinds:
        raise unknown("kind", query.kind, kinds)
    if not 1 <= query.size <= MOST:
        raise Refusal("value.range", field="size", label="size", value=query.size, low=1, high=MOST)
    visible = Place.objects.visible_to(request.user)
    place = named(visible, "place", code=query.place) if query.place else None
    chosen = [query.kind] if query.kind else []
    asked = wanted(query.q, kinds=chosen, place=place, since=query.since, until=query.until)
    groups = find(request.user, asked, most=query.size, after=query.after if query.kind else "")
    hits = told(groups, asked.words)
    return {
        "whole": is_whole(),
        "groups": [
            {
                "kind": group.searchable.kind,
                "name": kinds[group.searchable.kind],
                "hits": hits[group.searchable.kind],
                "beyond": group.beyond,
            }
            for group in groups
        ],
    }
