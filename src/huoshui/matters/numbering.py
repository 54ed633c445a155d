"""Numbers of matters: prefix, year and a running number without gaps."""

from __future__ import annotations

from django.db.models import F

from huoshui.matters.models import NumberCounter


def next_number(prefix: str, year: int) -> tuple[str, int]:
    """The next number ("ZG-2018-0001") and its running part.

    The counter stays locked until the transaction ends; one that is rolled back gives its number back.
    """
    sequence = next_in(prefix, year)
    return numbered(prefix, year, sequence), sequence


def numbered(prefix: str, year: int, sequence: int) -> str:
    """A number as it is written."""
    return f"{prefix}-{year}-{sequence:04d}"


def next_in(prefix: str, year: int, many: int = 1) -> int:
    """The last of the next ``many`` running numbers of a counter, locked until the transaction ends."""
    counter = NumberCounter.objects.filter(prefix=prefix, year=year)
    if not counter.update(last=F("last") + many):
        NumberCounter.objects.get_or_create(prefix=prefix, year=year)
        counter.update(last=F("last") + many)
    last: int = counter.values_list("last", flat=True).get()
    return last
