"""Counts of matters that are kept: of 100,000 a ledger need not count each to say how many there are.

Triggers keep them, so that they hold whichever code writes a matter, and as soon as its transaction does.
"""
# ruff: noqa: S608 (every part of the statements stands in this file)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from huoshui.kernel import triggers
from huoshui.kernel.access import ScopedQuerySet
from huoshui.matters.models import Matter, MatterCount

CODES = ("place_id", "pack", "kind", "severity", "state", "phase", "close_reason")
"""What a count tells apart, beside whether the work is verified."""
COUNTS, MATTERS = MatterCount._meta.db_table, Matter._meta.db_table
MANY = 2_000
"""Rows from which on those of the same codes are made one."""
_CHANGES = {"INSERT": (("NEW", 1),), "UPDATE": (("OLD", -1), ("NEW", 1)), "DELETE": (("OLD", -1),)}


def counted(rows: ScopedQuerySet[MatterCount], condition: Q) -> tuple[int, int]:
    """How many matters the rows stand for, and how many of them meet the condition."""
    found = rows.aggregate(every=Sum("matters"), those=Sum("matters", filter=condition))
    return int(found["every"] or 0), int(found["those"] or 0)


def put_triggers(**_signal: Any) -> None:
    """Write the triggers anew and count every matter."""
    if not _there():
        return  # somebody migrates back
    with transaction.atomic():
        triggers.put_up(_triggers())
        count_anew()


def take_triggers_down(**_signal: Any) -> None:
    """Count nothing until they are put up again."""
    if _there():
        triggers.take_down((one.name, one.table) for one in _triggers())


def _triggers() -> Iterator[triggers.Trigger]:
    for verb, changes in _CHANGES.items():
        statements = tuple(_insert(row, matters) for row, matters in changes)
        yield triggers.Trigger(f"{COUNTS}_{verb.lower()}", MATTERS, verb, statements, (*CODES, "verifier_id"))


def count_anew() -> None:
    """Count every matter."""
    codes = Matter.objects.order_by().values(*CODES, verified=Q(verifier__isnull=False))
    with transaction.atomic():
        MatterCount.objects.all().delete()
        rows = codes.annotate(matters=Count("pk"))
        MatterCount.objects.bulk_create((MatterCount(**row) for row in rows), batch_size=1_000)


def fold() -> int:
    """Make one of the rows of the same codes, where there are MANY. Returns how many rows there are fewer.

    What is added at the same time stays as it is: only the rows that were read are taken away.
    """
    if MatterCount.objects.count() < MANY:
        return 0
    with transaction.atomic():
        rows = MatterCount.objects.select_for_update().values_list("pk", *CODES, "verified", "matters")
        sums: Counter[tuple[Any, ...]] = Counter()
        read = []
        for key, *codes, matters in rows:
            read.append(key)
            sums[tuple(codes)] += matters
        sums = Counter({codes: matters for codes, matters in sums.items() if matters})
        if len(read) < 2 * len(sums):
            return 0
        for start in range(0, len(read), 1_000):
            MatterCount.objects.filter(pk__in=read[start : start + 1_000]).delete()
        named = (*CODES, "verified")
        one_each = [MatterCount(**dict(zip(named, codes, strict=True)), matters=sums[codes]) for codes in sums]
        MatterCount.objects.bulk_create(one_each, batch_size=1_000)
    return len(read) - len(one_each)


def _insert(row: str, matters: int) -> str:
    columns = ", ".join((*CODES, "verified", "matters"))
    values = ", ".join((*(f"{row}.{code}" for code in CODES), f"{row}.verifier_id IS NOT NULL", str(matters)))
    return f"INSERT INTO {COUNTS} ({columns}) VALUES ({values})"


def _there() -> bool:
    return {COUNTS, MATTERS} <= triggers.tables_there()
