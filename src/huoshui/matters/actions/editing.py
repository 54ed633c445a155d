"""Correcting what is recorded about a matter, without a step."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties import by_role
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.matters import clocks, permits, personal
from huoshui.matters import values as typed_values
from huoshui.matters.actions.common import (
    MOVING_COLUMNS,
    check_own_deadlines,
    check_owner,
    keep_former,
    locked,
    note_hand,
)
from huoshui.matters.actions.opening import text_problems
from huoshui.matters.columns import title_name
from huoshui.matters.models import Matter
from huoshui.matters.schema import MatterKind, State

TEXTS = ("title", "detail")


@action("matters.edit")
def edit_fields(*, by: Any, matter: Matter, values: dict[str, Any], seen_version: int | None = None) -> Matter:
    """Correct fields (and title, detail) that the present state leaves open, by the roles that it names.

    An empty personal value leaves what is kept, None takes it away. Raises record.stale (extra: mine, theirs),
    matter.edit_role, matter.not_editable, matter.deadline_*, matter.owner_without_duty, matter.personal_masked, or
    the value.* errors.
    """
    matter = locked(matter, seen_version, values)
    kind = matter.definition
    state = kind.state(matter.state)
    _check_permitted(by, matter, state, values)
    texts = {code: str(values[code]).strip() for code in TEXTS if code in values}
    _check_texts(kind, texts)
    given = {code: value for code, value in values.items() if code not in TEXTS}
    before = typed_values.read(matter) | journal.snapshot(matter, *TEXTS)
    given = personal.asked(kind, given, before)
    cleaned = typed_values.clean([f for f in kind.fields if f.code in given], given, partial=True)
    cleaned = personal.keep(matter, cleaned)
    changed = {code: value for code, value in (texts | cleaned).items() if value != before.get(code)}
    if not changed:
        running_action().changed_nothing()
        return matter
    _store(matter, before, changed)
    note_hand(by, matter, {code: value for code, value in changed.items() if code in cleaned})
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before={code: typed_values.plain(before.get(code)) for code in changed},
        after={code: typed_values.plain(value) for code, value in changed.items()},
    )
    return matter


def _check_permitted(by: Any, matter: Matter, state: State, given: dict[str, Any]) -> None:
    if not permits.acts_as(matter, by, state.edited_by):
        who = by_role.roles_named(state.edited_by) or "—"
        raise Refusal("matter.edit_role", field="version", state=str(state.name), who=who)
    kind = matter.definition
    labels = {field.code: str(field.name) for field in kind.fields} | {
        "title": str(title_name(kind)),
        "detail": _("详情"),
    }
    problems = [
        Problem("matter.not_editable", code, params={"label": labels.get(code, code), "state": str(state.name)})
        for code in given
        if code not in state.editable
    ]
    if problems:
        raise Refusal.of(problems)


def _check_texts(kind: MatterKind, texts: dict[str, str]) -> None:
    problems = text_problems(kind, texts.get("title"), texts.get("detail"))
    if problems:
        raise Refusal.of(problems)


def _store(matter: Matter, before: dict[str, Any], changed: dict[str, Any]) -> None:
    kind, today = matter.definition, clock.today()
    owner = changed.get(kind.owner_field) if kind.owner_field else None
    if owner is not None:
        check_owner(matter, owner)
        matter.unit = owner.unit
    for code in TEXTS:
        if code in changed:
            setattr(matter, code, changed[code])
    typed_values.write(matter, {code: value for code, value in changed.items() if code not in TEXTS})
    check_own_deadlines(matter, before, changed, today)
    clocks.settle(matter, today)
    if owner is not None:
        keep_former(matter)
    matter.save_next_version(*MOVING_COLUMNS, *TEXTS)
