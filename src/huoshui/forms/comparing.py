"""A filled form held against today: which of its cells would say something else now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huoshui.forms.answering import CHANGES_BY_ITSELF, Answer, answered
from huoshui.forms.models import Filling
from huoshui.kernel.periods import period


@dataclass(frozen=True)
class Change:
    """A cell that would be filled otherwise today; ``now`` None: it would be empty, or its record is listed no more."""

    answer: Answer
    then: str | None
    now: str | None


def answers_of(filling: Filling) -> list[Answer]:
    """The cells as they were kept."""
    return [Answer(**cell) for cell in filling.cells]


def changes_since(by: Any, filling: Filling) -> list[Change]:
    """What changed in the register since a form was filled, by the mapping of its version as it is now.

    Cells that were mapped otherwise since are left out. Raises access.denied, form.no_room or form.list_long.
    """
    now = answered(by, filling.form_version, filling.place, period(filling.period), filling.typed, strict=False)
    today = {answer.key: answer for answer in now.cells}
    known = {answer.key: answer for answer in answers_of(filling)}
    found = []
    for key, then in known.items():
        if then.kind == "formula" or then.source.get("fact") in CHANGES_BY_ITSELF:
            continue
        other = today.get(key)
        if other is None and then.kind == "record" and then.value is not None:
            found.append(Change(then, then.value, None))
        elif other is not None and other.name == then.name and other.value != then.value:
            found.append(Change(then, then.value, other.value))
    new = [answer for key, answer in today.items() if key not in known and answer.kind == "record" and answer.value]
    return found + [Change(answer, None, answer.value) for answer in new]
