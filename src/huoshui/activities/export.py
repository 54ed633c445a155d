"""Activities as an Excel workbook, and the rows of a village's record book 记录本."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import values as typed_values
from huoshui.activities.models import Activity, ActivityQuerySet
from huoshui.activities.queries import ActivityFilter, activities, groups, kinds
from huoshui.activities.schema import ActivityKind
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, grants_condition, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.errors import Refusal
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.packs.schema import FieldDef
from huoshui.packs.values import shown_value
from huoshui.places.models import Place

HEADS = (
    ("day", 12), ("state", 8), ("kind", 18), ("title", 34), ("town", 12), ("place", 14), ("where", 20), ("unit", 16),
    ("minutes", 8), ("headcount", 8), ("outcome", 40),
)  # fmt: skip
"""Columns of the workbook with their widths in characters."""
FIELD_WIDTH = 16
MOST_IN_BOOK = 2_000
"""Activities of one record book: a village that has more asks for less than a year."""


def leaving(actor: Actor, wanted: ActivityFilter) -> ActivityQuerySet:
    """The list as far as the actor may take it out. Raises access.denied, and what ``activities`` raises."""
    require(actor, "activity.export", path=wanted.place or None)
    return activities(actor, wanted).filter(grants_condition(actor.grants("activity.export"), Activity.scope))


def activity_workbook(*, actor: Actor, wanted: ActivityFilter, area: Place | None = None) -> bytes:
    """The list as xlsx; of one kind with its fields too, but personal ones never. Raises as ``leaving``."""
    rows = leaving(actor, wanted).prefetch_related("values").select_related("place__parent")
    kind = kinds().get(wanted.kind)
    fields = [field for field in kind.fields if not field.personal] if kind else []
    names = [str(field.name) for field in fields] + [str(total.name) for total in (kind.totals if kind else [])]
    labels = {
        "day": _("日期"),
        "state": _("状态"),
        "kind": _("种类"),
        "title": _("名称"),
        "town": _("乡镇"),
        "place": _("地点"),
        "where": _("场所"),
        "unit": _("主办单位"),
        "minutes": _("时长（分钟）"),
        "headcount": _("参加人数"),
        "outcome": _("成效"),
    }
    heads = [(str(labels[code]), width) for code, width in HEADS]
    title = _("%(area)s活动清单（%(day)s）") % {"area": area.name if area else "", "day": clock.today().isoformat()}
    table = StreamedTable(
        _("活动"),
        f"{title} {demonstration_mark()}".strip(),
        heads + [(name, FIELD_WIDTH) for name in names],
    )
    for row in rows:
        table.row([*_cells(row), *_field_cells(row, fields), *_total_cells(row, kind)])
    return table.file()


def _cells(row: Activity) -> list[Any]:
    town = row.place.parent.short_name if row.place.parent else ""
    return [
        row.day, str(row.get_state_display()), row.kind_name, row.title, town, row.place.short_name, row.where,
        row.unit.name if row.unit else "", row.minutes, row.headcount, row.outcome or row.cancel_reason,
    ]  # fmt: skip


def _field_cells(row: Activity, fields: list[FieldDef]) -> list[str]:
    own = {code for code, known in row.definition.fields_by_code.items() if not known.personal}
    found = {value.code: value.value for value in row.values.all()}
    return [
        typed_values.shown(row.definition, field.code, found.get(field.code)) if field.code in own else ""
        for field in fields
    ]


def _total_cells(row: Activity, kind: ActivityKind | None) -> list[str]:
    """What is added up of one kind; of an older version of it, by what that says."""
    if kind is None:
        return []
    own = {total.code: total for total in row.definition.totals}
    found = {value.code: value.value for value in row.values.all()}
    sums = {code: typed_values.total_of(total, found) for code, total in own.items()}
    return [
        shown_value(row.definition.field(own[total.code].of[0]), sums[total.code]) if total.code in own else ""
        for total in kind.totals
    ]


@dataclass(frozen=True)
class BookGroup:
    """What a record book says under one heading: the activities that were held, by day."""

    name: str
    rows: list[Activity]


def record_book(actor: Actor, place: Place, year: int) -> list[BookGroup]:
    """What was held at a place and below it in a year, by the headings of the packs; empty ones are left out.

    Raises access.denied, or activity.book_too_long beyond MOST_IN_BOOK.
    """
    require(actor, "activity.export", path=place.path)
    wanted = ActivityFilter(place=place.path, state=Activity.State.HELD)
    found = leaving(actor, wanted).filter(day__year=year).order_by("day", "id").prefetch_related("values")
    if found.count() > MOST_IN_BOOK:
        raise Refusal("activity.book_too_long", field="place", count=found.count(), limit=MOST_IN_BOOK)
    by_group: dict[str, list[Activity]] = {code: [] for code in groups()}
    for row in found:
        by_group.setdefault(row.definition.group.code, []).append(row)
    names = groups()
    return [
        BookGroup(names.get(code) or str(rows[0].definition.group.name), rows)
        for code, rows in by_group.items()
        if rows
    ]
