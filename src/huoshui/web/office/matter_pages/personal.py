"""The personal data of a matter on its page: why they are held and until when, masks in forms, the one-time look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huoshui.kernel.access import allows
from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters.models import Matter
from huoshui.matters.queries import StepField, personal_values
from huoshui.packs.schema import FieldDef, Text
from huoshui.vault.actions import reveal
from huoshui.vault.queries import deleted_on
from huoshui.web.office.forms import FormState

CLEAR = "clear-"
"""Begins the name of the box that takes a kept value away; no field's code has a hyphen."""
LOOK = "personal-look"
"""Marks the form that asks for a value in full."""


@dataclass(frozen=True)
class Revealed:
    """One value in full, for the answer to the request that asked for it and for nothing else."""

    label: str
    value: str


@dataclass(frozen=True)
class PersonalPanel:
    """What the page says of a matter's personal data; ``fields``: those that the reader may look at in full."""

    purpose: str
    basis: str
    keep_days: int
    delete_on: dt.date | None
    kept: bool
    fields: list[FieldDef]
    problems: list[Problem]
    asked: bool = False
    """Whether the form was just sent, and refused."""
    revealed: Revealed | None = None


def panel_of(matter: Matter, actor: Any, form: FormState, revealed: Revealed | None = None) -> PersonalPanel | None:
    """The panel of a matter whose kind holds personal data; None of any other."""
    stated = matter.definition.personal
    if stated is None:
        return None
    kept = personal_values(matter)
    may_look = allows(actor, "personal.reveal", path=matter.place.path, pack=matter.pack)
    return PersonalPanel(
        purpose=str(stated.purpose),
        basis=str(stated.basis),
        keep_days=stated.keep_days,
        delete_on=deleted_on(matter),
        kept=bool(kept),
        fields=[field for field in matter.definition.fields if field.code in kept] if may_look else [],
        problems=form.problems if LOOK in form.values else [],
        asked=LOOK in form.values,
        revealed=revealed,
    )


def look(*, by: Any, matter: Matter, form: FormState) -> Revealed:
    """Look at one personal value, for the reason that was typed."""
    code = form.values.get("field", "")
    field = next((known for known in matter.definition.fields if known.code == code and known.personal), None)
    if field is None:
        raise Refusal("vault.erased", field="field")
    reason = form.values.get("reason", "")
    value = reveal(by=by, record=matter, place=matter.place, pack=matter.pack, code=code, reason=reason)
    return Revealed(str(field.name), value)


def as_input(asked: StepField) -> FieldDef:
    """A field as a form asks for it: with the last day of an own deadline; of a personal value that is kept the mask.

    Both are said in the hint.
    """
    found = asked.field.model_copy(update={"required": asked.required})
    more = _more_hint(asked)
    if more is None:
        return found
    hint = found.hint or Text(zh=" ", en=" ")
    said = Text(zh=f"{hint.zh}{more.zh}".strip(), en=f"{hint.en} {more.en}".strip())
    return found.model_copy(update={"hint": said})


def _more_hint(asked: StepField) -> Text | None:
    if asked.limit:
        day, name = asked.limit.day.isoformat(), asked.limit.clock
        return Text(zh=f"最晚 {day}（{name.zh}）。", en=f"At the latest {day} ({name.en}).")
    if asked.field.personal and asked.shown:
        return Text(zh=f"已存 {asked.shown}；留空则不改。", en=f"Stored: {asked.shown}. Leave empty to keep it.")
    return None


def typed_values(form: FormState, names: Iterable[str]) -> dict[str, Any]:
    """What was typed for these fields; None for a personal value that is to be taken away."""
    found: dict[str, Any] = {name: form.values[name] for name in names if name in form.values}
    cleared = [name for name in found if form.values.get(CLEAR + name) and not found[name].strip()]
    return found | dict.fromkeys(cleared)
