"""Keeping the index: what is marked is indexed anew; all of it, on demand or when a release tells other words.

Whoever writes the index holds the lock of its state. Marks are read before the records are and only those are taken
away after, so that whatever is written meanwhile stays marked.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from django.db import transaction
from django.utils import translation

from huoshui.places.models import prefixes
from huoshui.search import engine
from huoshui.search.models import ORDER_BITS, RUNNING_BITS, Indexed, IndexState, Touched
from huoshui.search.registry import Searchable, Told, in_order
from huoshui.search.tokens import MOST_TEXT, VERSION, Names, grams, mark, normal

BATCH = 1_000
AT_ONCE = 2_000
"""Records of one step of making all anew."""
PAUSE = 0.12
"""Seconds between two such steps: SQLite lets a writer that waits look again every tenth of a second."""
STINT = 20.0
"""Seconds after which the background is heard of again, and goes on."""
SETTLING = "settling"
"""In place of a kind: all records are indexed."""
LONGEST = 300
"""Characters of a title."""
SHOWN = ("kind", "record", "source", "title", "title_en", "second", "day", "path", "pack", "keys", "text")


@dataclass(frozen=True)
class Rebuilt:
    """How many records are indexed, and what it took."""

    records: int
    seconds: float


def keep_up() -> None:
    """Index what was written since; everything, where the index was made by another release, or never.

    Works no longer than about STINT seconds: what is left is done the next time, by another process if need be.
    """
    until = time.monotonic() + STINT
    state = IndexState.objects.first()
    if state is None or _maker() not in (state.made_by, state.making):
        _begin()
    while Touched.objects.exists() and time.monotonic() < until:
        _index_marked()
    while time.monotonic() < until and not _step():
        time.sleep(PAUSE)


def rebuild() -> Rebuilt:
    """Index every record anew, in steps, so that others may write between them; what is found meanwhile is not all."""
    began = time.perf_counter()
    _begin()
    while not _step():
        time.sleep(PAUSE)
    return Rebuilt(Indexed.objects.count(), time.perf_counter() - began)


@transaction.atomic
def _begin() -> None:
    state = _locked_state()
    engine.clear()
    Indexed.objects.all().delete()
    Touched.objects.all().delete()
    state.made_by, state.making, state.kind, state.after = "", _maker(), in_order()[0].kind, None
    state.save()


def _step() -> bool:
    """One step of making the index anew; whether there was nothing left to do."""
    with transaction.atomic():
        state = _locked_state()
        if not state.making:
            return True
        if state.kind == SETTLING:
            if engine.settle(begin=state.after is None):
                state.made_by, state.making, state.kind = state.making, "", ""
            state.after = UUID(int=0)
        else:
            _index_next(state)
        state.save()
        return not state.making


def _index_next(state: IndexState) -> None:
    """Index the next records of all, kind by kind until there are enough for a step."""
    kinds = in_order()
    left = AT_ONCE
    for at in range([one.kind for one in kinds].index(state.kind), len(kinds)):
        # The key tells the time, and the last are found first: the newest of a day, but what has no day in its order.
        rows = kinds[at].model.objects.order_by("pk" if kinds[at].dated else "-pk")
        if state.after is not None:
            rows = rows.filter(**{"pk__gt" if kinds[at].dated else "pk__lt": state.after})
        if some := list(rows.values_list("pk", flat=True)[:left]):
            _index(state, kinds[at], some)
        left -= len(some)
        if not left:
            state.kind, state.after = kinds[at].kind, some[-1]
            return
        state.after = None
    state.kind = SETTLING


def is_whole() -> bool:
    """Whether everything that is there has been indexed, but for what was written in the last moments."""
    return IndexState.objects.filter(made_by=_maker()).exists()


def words_of_row(row: Indexed) -> set[str]:
    """The tokens of an indexed row."""
    keys = row.keys.split("\n") if row.keys else []
    tokens = names_of(row).tokens(keys) | grams(normal(row.text))
    tokens.update(mark(path) for path in prefixes(row.path) if row.path)
    if row.path:
        tokens.add(mark(f"just {row.path}"))
    return tokens | ({mark(f"pack {row.pack}")} if row.pack else set())


def names_of(row: Indexed) -> Names:
    """Title and keys of a row, as they are compared."""
    return Names.of((row.title, row.title_en, *row.keys.split("\n")))


def number(kind: int, order: int, running: int) -> int:
    """The key of a row: within its kind, the higher the later its day or the higher its rank."""
    return ((kind << ORDER_BITS) + order << RUNNING_BITS) + running % (1 << RUNNING_BITS)


def _maker() -> str:
    told = f"{VERSION} {[(one.kind, one.number) for one in in_order()]}"
    return blake2b(told.encode(), digest_size=16).hexdigest()


def _locked_state() -> IndexState:
    IndexState.objects.get_or_create(pk=1)
    return IndexState.objects.select_for_update().get(pk=1)


@transaction.atomic
def _index_marked() -> None:
    state = _locked_state()
    marks = list(Touched.objects.order_by("pk").values_list("pk", "kind", "source")[:BATCH])
    touched: dict[str, set[UUID]] = defaultdict(set)
    for _key, kind, source in marks:
        touched[kind].add(source)
    for searchable in in_order():
        if searchable.kind in touched:
            _index(state, searchable, touched[searchable.kind])
    Touched.objects.filter(pk__in=[key for key, _kind, _source in marks]).delete()


def _index(state: IndexState, searchable: Searchable, sources: Collection[UUID]) -> None:
    """Put what is told of some sources now in place of what is indexed of them."""
    with translation.override("zh-hans"):
        told = {one.record: _row(searchable, one) for one in searchable.tell(sources)}
    before = {row.record: row for row in Indexed.objects.filter(kind=searchable.kind, source__in=list(sources))}
    gone = [row for record, row in before.items() if record not in told or _differ(row, told[record])]
    new = [row for record, row in told.items() if record not in before or _differ(before[record], row)]
    if gone:
        engine.remove((row.pk, words_of_row(row)) for row in gone)
        Indexed.objects.filter(pk__in=[row.pk for row in gone]).delete()
    # A record may have passed from one source to another, as a definition to the next version of its pack.
    passed = [row for part in _in_parts(new) for row in _held(searchable.kind, part)]
    if passed:
        engine.remove((row.pk, words_of_row(row)) for row in passed)
        Indexed.objects.filter(pk__in=[row.pk for row in passed]).delete()
    if new:
        _give_numbers(state, new)
        Indexed.objects.bulk_create(new)
        engine.add((row.pk, words_of_row(row)) for row in new)


def _held(kind: str, rows: Sequence[Indexed]) -> list[Indexed]:
    return list(Indexed.objects.filter(kind=kind, record__in=[row.record for row in rows]))


def _row(searchable: Searchable, told: Told) -> Indexed:
    order = told.day.toordinal() if told.day else told.rank
    texts = {name: getattr(told, name)[:LONGEST] for name in ("title", "title_en", "second")}
    fields = vars(told) | texts | {"keys": "\n".join(key for key in told.keys if key), "text": told.text[:MOST_TEXT]}
    del fields["rank"]
    return Indexed(id=number(searchable.number, order, 0), kind=searchable.kind, **fields)


def _differ(one: Indexed, other: Indexed) -> bool:
    moved = one.pk >> RUNNING_BITS != other.pk >> RUNNING_BITS
    return moved or any(getattr(one, name) != getattr(other, name) for name in SHOWN)


def _give_numbers(state: IndexState, rows: list[Indexed]) -> None:
    """Give each row a running number within its kind and order that no other row has."""
    for part in _in_parts(rows):
        for row in part:
            row.pk += state.written % (1 << RUNNING_BITS)
            state.written += 1
        # The running number begins again after sixteen million.
        while taken := set(Indexed.objects.filter(pk__in=[row.pk for row in part]).values_list("pk", flat=True)):
            for row in part:
                if row.pk in taken:
                    row.pk = (row.pk >> RUNNING_BITS << RUNNING_BITS) + state.written % (1 << RUNNING_BITS)
                    state.written += 1
    state.save(update_fields=["written"])


def _in_parts(rows: Sequence[Indexed]) -> Iterator[Sequence[Indexed]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
