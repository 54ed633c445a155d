"""Opening and maintaining places."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from pypinyin import Style, lazy_pinyin

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.packs.queries import all_current
from huoshui.packs.values import clean_values
from huoshui.places.models import Place, PlaceAttribute, PlaceParent
from huoshui.places.queries import present_attributes
from huoshui.places.schema import PlaceKind

OFFICIAL_ENDINGS = re.compile("(村民委员会|居民委员会|社区居民委员会)$")


def short_name_of(name: str) -> str:
    """The name as spoken: 寨卜昌村村民委员会 -> 寨卜昌村, 韩愈路社区居民委员会 -> 韩愈路社区."""
    return OFFICIAL_ENDINGS.sub("", name) or name


def initials_of(name: str) -> str:
    """Pinyin initials, lower case: 寨卜昌村 -> zbcc. What is not Chinese stays."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:60]


@action("places.open")
def open_place(
    *,
    by: Any,
    kind: str,
    code: str,
    name: str,
    parent: Place | None,
    opened_on: dt.date | None = None,
    attributes: dict[str, Any] | None = None,
    latitude: int | None = None,
    longitude: int | None = None,
) -> Place:
    """Open a place under its parent (latitude, longitude: micro-degrees WGS-84).

    Raises access.denied, place.kind, place.parent, place.code, place.code_taken, or the value.* errors of
    attributes that do not fit the kind's schema.
    """
    require(by, "place.edit", path=parent.path if parent else None)
    place_kind = kind_or_refuse(kind)
    _check_position(place_kind, code, parent)
    values = clean_values(place_kind.attributes, attributes or {})
    short = short_name_of(name)
    place = Place.objects.create(
        kind=kind,
        code=code,
        name=name,
        short_name=short,
        initials=initials_of(short),
        parent=parent,
        path=f"{parent.path if parent else '/'}{code}/",
        opened_on=opened_on,
        latitude=latitude,
        longitude=longitude,
    )
    if parent:
        PlaceParent.objects.create(place=place, parent=parent, since=opened_on)
    for attribute, value in values.items():
        _set_attribute(place, attribute, value, since=opened_on)
    after = {"kind": kind, "code": code, "name": name, "attributes": values}
    journal.record(by=by, subject=place, place=place, after=after)
    return place


@action("places.amend")
def amend_attributes(
    *,
    by: Any,
    place: Place,
    attributes: dict[str, Any],
    since: dt.date | None = None,
    seen_version: int | None = None,
) -> Place:
    """Give a place's attributes new values from ``since`` (default today); the old ones keep their dates."""
    require(by, "place.edit", path=place.path)
    place = Place.objects.select_for_update().get(pk=place.pk)
    place.require_version(seen_version)
    values = clean_values(kind_or_refuse(place.kind).attributes, attributes, partial=True)
    before = {code: value for code, value in present_attributes(place).items() if code in values}
    changed = {code: value for code, value in values.items() if before.get(code) != value}
    if not changed:
        running_action().changed_nothing()
        return place
    for code, value in changed.items():
        _set_attribute(place, code, value, since=since or clock.today())
    place.save_next_version()
    journal.record(by=by, subject=place, place=place, before=before, after=values)
    return place


def kind_or_refuse(kind: str) -> PlaceKind:
    """The kind's definition. Raises place.kind when no current pack declares it."""
    kinds = all_current("place_kinds")
    if kind not in kinds:
        raise Refusal("place.kind", field="kind", kind=kind, known="、".join(sorted(kinds)))
    found: PlaceKind = kinds[kind]
    return found


def _check_position(kind: PlaceKind, code: str, parent: Place | None) -> None:
    if (parent.kind if parent else None) not in (kind.parents or [None]):
        raise Refusal(
            "place.parent", field="parent", kind=str(kind.name), parent=parent.short_name if parent else "—"
        )
    if not re.fullmatch(kind.code_pattern or r"[0-9A-Za-z-]{1,40}", code):
        raise Refusal("place.code", field="code", kind=str(kind.name), code=code)
    if Place.objects.filter(code=code).exists():
        raise Refusal("place.code_taken", field="code", code=code)


def _set_attribute(place: Place, code: str, value: Any, since: dt.date | None) -> None:
    PlaceAttribute.objects.filter(place=place, code=code, until__isnull=True).update(
        until=since or clock.today()
    )
    if value is None:
        return
    row = PlaceAttribute(place=place, code=code, since=since)
    if isinstance(value, dt.date):
        row.day = value
    elif isinstance(value, int):
        row.number = int(value)
    else:
        row.text = value
    row.save()
