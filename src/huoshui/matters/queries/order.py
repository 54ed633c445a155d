"""The order of a ledger: by which columns it can be sorted, and one page of it found through an index.

Of 100,000 matters a page must come without sorting them all. A broad filter walks an index in the wanted order and
stops after the page; a narrow one sorts the few rows it leaves. Which is cheaper follows from how many rows match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, F, OrderBy, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _lazy

from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.wording import listed
from huoshui.matters.indexes import Beginning
from huoshui.matters.lights import MatterQuerySet
from huoshui.matters.models import Matter, MatterValue
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef

MOST_ROWS = 10_000
"""How far one leafs; whoever looks for more than that wants a filter, or the file."""
VALUE_COLUMNS = {"date": "day", "integer": "number", "decimal": "number", "money": "number", "yes_no": "number"}
"""The typed column that holds a field's values; any other type is text."""

Matching = Callable[[bool], MatterQuerySet]
"""The matters that a filter leaves; True: so written that the index of an order is walked."""


@dataclass(frozen=True)
class SortKey:
    """A column of a matter by which a ledger is sorted: its name, and the lookups, the last one unique."""

    name: Any
    lookups: tuple[str, ...]
    nullable: bool = False


SORT_KEYS: dict[str, SortKey] = {
    "number": SortKey(_lazy("编号"), ("year", "sequence", "id")),
    "due": SortKey(_lazy("到期日"), ("due_on", "id"), nullable=True),
    "opened": SortKey(_lazy("立项日期"), ("opened_on", "id")),
    "closed": SortKey(_lazy("销号日期"), ("closed_on", "id"), nullable=True),
    "supervised": SortKey(_lazy("督办日期"), ("supervised_on", "id"), nullable=True),
    "again": SortKey(_lazy("应复办日期"), ("again_on", "id"), nullable=True),
    "place": SortKey(_lazy("地点"), ("place__path", "id")),
    "severity": SortKey(_lazy("严重程度"), ("severity_rank", "id")),
    "state": SortKey(_lazy("状态"), ("state", "id")),
    "title": SortKey(_lazy("问题"), ("title", "id")),
    "source": SortKey(_lazy("来源"), ("source_label", "id")),
    "unit": SortKey(_lazy("责任单位"), ("unit__name", "unit_id", "id"), nullable=True),
    "owner": SortKey(_lazy("责任人"), ("owner__title", "owner_id", "id"), nullable=True),
    "verifier": SortKey(_lazy("核验人"), ("verifier__title", "verifier_id", "id"), nullable=True),
    "clock": SortKey(_lazy("所计期限"), ("clock", "id")),
    "close_reason": SortKey(_lazy("办结原因"), ("close_reason", "id")),
}
"""Sort keys of the ledger beside the fields of its kinds; "-" before one turns it round. What is not there is last."""
NAMED = ("unit", "owner", "verifier")
"""Keys whose order is that of the names of others."""
FEW_NAMES = 60
"""Up to so many are asked for one after another; of more, each has few enough for a database to walk by itself."""
SORT_OF_COLUMN = {
    "deadline": "due", "due_on": "due", "opened_on": "opened", "closed_on": "closed", "supervised_on": "supervised",
    "again_on": "again", "town": "place",
}  # fmt: skip
"""The sort key of a column, where it has another name than the column."""


def sortable_fields() -> dict[str, FieldDef]:
    """Fields of the current kinds by which a ledger can be sorted, by code: neither personal, nor persons or units."""
    fields = (field for kind in all_current("matters").values() for field in kind.fields)
    return {
        field.code: field
        for field in fields
        if not field.personal and not field.names_whom and field.code not in SORT_OF_COLUMN
    }


def sort_of_column(column: str) -> str:
    """The sort key of a column; "" for one by which nothing is sorted."""
    key = SORT_OF_COLUMN.get(column, column)
    return key if key in SORT_KEYS or key in sortable_fields() else ""


def sorted_by(matters: MatterQuerySet, sort: str) -> MatterQuerySet:
    """The matters in an order. Raises matter.sort for an unknown key."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key in SORT_KEYS:
        return matters.order_by(*_order(SORT_KEYS[key], down))
    field = _field(key)
    value = MatterValue.objects.filter(matter=OuterRef("pk"), code=key).values(shown=_value(field))[:1]
    return matters.alias(sorted_value=Subquery(value)).order_by(_directed("sorted_value", down), _plain("id", down))


def page_of_keys(matching: Matching, sort: str, start: int, count: int, total: int) -> list[UUID]:
    """Keys of ``count`` matters from ``start`` on, of the ``total`` that the filter leaves. Raises matter.sort.

    Walking an index reads about ``(start + count) * everywhere / total`` rows, sorting reads ``total``.
    """
    key, down = sort.removeprefix("-"), sort.startswith("-")
    walking = (start + count) * _everything() < total * total
    if key not in SORT_KEYS:
        return _by_value(matching(False), _field(key), down, start, count, walking)
    if walking and key in NAMED:
        return _by_name(matching(True), SORT_KEYS[key], down, start, count)
    found = matching(walking and "__" not in SORT_KEYS[key].lookups[0])
    return list(found.order_by(*_order(SORT_KEYS[key], down)).values_list("pk", flat=True)[start : start + count])


def _everything() -> int:
    """How many matters there are, about: what it decides is only how they are read."""
    return int(cache.get_or_set("matters-everything", Matter.objects.count, 60) or 0)


def _by_value(
    matters: MatterQuerySet, field: FieldDef, down: bool, start: int, count: int, walking: bool
) -> list[UUID]:
    """Those that have a value, through its index; then those that have none."""
    passing = Exists(matters.filter(pk=OuterRef("matter_id"))) if walking else Q(matter__in=matters.values("pk"))
    valued = MatterValue.objects.filter(passing, code=field.code)
    ordered = valued.order_by(*_turned([_value(field), F("matter_id")], down))
    keys = list(ordered.values_list("matter_id", flat=True)[start : start + count])
    lacking = count - len(keys)
    if not lacking:
        return keys
    before = max(start - valued.count(), 0)
    none = ~Exists(MatterValue.objects.filter(matter=OuterRef("pk"), code=field.code))
    rest = matters.filter(none).order_by(*_turned([F("id")], down)).values_list("pk", flat=True)
    return keys + list(rest[before : before + lacking])


def _by_name(matters: MatterQuerySet, key: SortKey, down: bool, start: int, count: int) -> list[UUID]:
    """Those that name somebody, name by name; then those that name nobody."""
    relation = key.lookups[1]
    named = matters.filter(**{f"{relation}__isnull": False}).order_by(*_order(key, down))
    every = Matter.objects.filter(**{f"{relation}__isnull": False}).order_by(relation).values_list(relation, flat=True)
    held_by = list(every.distinct()[: FEW_NAMES + 1])
    if len(held_by) > FEW_NAMES:
        keys = list(named.values_list("pk", flat=True)[start : start + count])
    else:
        # SQLite holds that so few would each have too many to walk over, and sorts all of them instead.
        keys = _one_by_one(matters, relation, _by_their_names(key, held_by, down), down, start, count)
    lacking = count - len(keys)
    if not lacking:
        return keys
    before = max(start - named.count(), 0)
    rest = matters.filter(**{f"{relation}__isnull": True}).order_by(_plain("id", down)).values_list("pk", flat=True)
    return keys + list(rest[before : before + lacking])


def _by_their_names(key: SortKey, keys: list[Any], down: bool) -> list[Any]:
    name, relation, _id = key.lookups
    related: Any = Matter._meta.get_field(relation.removesuffix("_id")).related_model
    order = (_plain(field, down) for field in (name.partition("__")[2], "id"))
    return list(related._base_manager.filter(pk__in=keys).order_by(*order).values_list("pk", flat=True))


def _one_by_one(
    matters: MatterQuerySet, relation: str, holders: list[Any], down: bool, start: int, count: int
) -> list[UUID]:
    """The page of those that the first holder has, then the second, and so on, in one statement.

    A database goes through the arms of a union one after another and stops as soon as it has enough; each walks an
    index. Django has no union of limited arms on SQLite, and would compile the same arm for every holder.
    """
    if not holders:
        return []
    stand_in = new_id()
    of_one = matters.filter(**{relation: stand_in}).order_by(_plain("id", down)).values_list("pk", flat=True)
    statement, params = of_one[: start + count].query.sql_with_params()
    field: Any = Matter._meta.pk
    stored = field.get_db_prep_value(stand_in, connection)
    arms = " UNION ALL ".join(
        f"SELECT * FROM ({statement}) AS held_{place}"  # noqa: S608 - Django's own statement
        for place in range(len(holders))
    )
    filled = [
        field.get_db_prep_value(holder, connection) if param == stored else param
        for holder in holders
        for param in params
    ]
    with connection.cursor() as cursor:
        page = f"SELECT * FROM ({arms}) AS held LIMIT %s OFFSET %s"  # noqa: S608 - the same
        cursor.execute(page, [*filled, count, start])
        return [field.to_python(pk) for (pk,) in cursor.fetchall()]


def _turned(expressions: list[Any], down: bool) -> list[OrderBy]:
    return [expression.desc() if down else expression.asc() for expression in expressions]


def _field(key: str) -> FieldDef:
    fields = sortable_fields()
    if key not in fields:
        names = [*(known.name for known in SORT_KEYS.values()), *(field.name for field in fields.values())]
        raise Refusal("matter.sort", field="sort", key=key, known=listed(dict.fromkeys(map(str, names))))
    return fields[key]


def _value(field: FieldDef) -> Any:
    column = VALUE_COLUMNS.get(field.type)
    return F(column) if column else Beginning("text")


def _order(key: SortKey, down: bool) -> list[OrderBy]:
    first, *rest = key.lookups
    head = _directed(first, down) if key.nullable else _plain(first, down)
    return [head, *(_plain(name, down) for name in rest)]


def _directed(name: str, down: bool) -> OrderBy:
    return F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)


def _plain(name: str, down: bool) -> OrderBy:
    return F(name).desc() if down else F(name).asc()
