"""Entries for the tests of the journal, written as every action writes them."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import journal
from huoshui.kernel.actions import ACTIONS, action
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from huoshui.places.models import Place


class Somebody:
    """Whoever acts."""

    def __init__(self, label: str = "乡党建办（town_office）") -> None:
        self.pk = new_id()
        self.label = label

    def grants(self, permission: str) -> list[Any]:
        return []


SOMEBODY = Somebody()
PLACE = Place(code="410871203201", short_name="寨卜昌村", path="/41/4108/410871/410871203/410871203201/")


@action("tests.note")
def note(*, by: Any = SOMEBODY, subject: Any = PLACE, place: Any = PLACE, after: Any = None, **more: Any) -> Entry:
    """An action that writes one entry and nothing else."""
    return journal.record(by=by, subject=subject, place=place, after=after or {"note": "x"}, **more)


del ACTIONS["tests.note"]  # it is no action of the product


def write_entries(count: int) -> list[int]:
    """Write entries that differ; their numbers, in order."""
    return [
        note(
            after={"problem": f"问题{n}", "points": n * 1000, "closed": n % 2 == 0}, place=PLACE if n % 3 else None
        ).seq
        for n in range(count)
    ]
