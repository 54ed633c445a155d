"""What the tests of places share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from huoshui.duties.models import Duty
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.places.models import Place


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The block is refused with this code and writes no journal entry."""
    before = Entry.objects.count()
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    assert str(caught.value)
    assert Entry.objects.count() == before


def relieved(place: Place) -> Place:
    """The place, without anybody whose duty lies there: nothing stands in the way of closing it."""
    Duty.objects.filter(place=place).update(until=clock.today())
    return place


def last_entry() -> tuple[str, dict[str, Any]]:
    """Action and data of the newest journal entry."""
    entry = Entry.objects.order_by("-seq")[0]
    return entry.action, json.loads(entry.data)
