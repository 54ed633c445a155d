"""Conflicts between figures: looked for, given to somebody, decided. What the sources say stays as it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.figures.reporting.doubts import Doubt, doubts
from huoshui.figures.reporting.models import Conflict, Observation
from huoshui.figures.reporting.words import DECISIONS
from huoshui.kernel import clock, journal
from huoshui.kernel.access import Actor, path_condition, require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.places.models import Place


@action("figures.look_for_conflicts")
def look_for_conflicts(*, by: Any, place: Place) -> int:
    """Hold the figures at a place and below it against each other; the number of questions that are open then.

    A question that comes up again is the same one. Decided, it is opened anew when a value changed since; one whose
    figures do not differ any more is gone. Raises access.denied without figure.view at the place.
    """
    require(by, "figure.view", path=place.path)
    found = {doubt.key: doubt for doubt in doubts(by, place)}
    rows = Conflict.objects.select_for_update(of=("self",)).filter(path_condition("place__path", place.path))
    known = {row.key: row for row in rows.select_related("place")}
    changed = 0
    for key, doubt in found.items():
        changed += _noted(by, doubt, known.get(key))
    for key, row in known.items():
        if key not in found and row.state != Conflict.State.GONE:
            _record(by, row, {"state": row.state}, {"state": Conflict.State.GONE})
            row.state = Conflict.State.GONE
            row.save_next_version("state")
            changed += 1
    if not changed:
        running_action().changed_nothing()
    return open_conflicts(by, place).count()


def _noted(by: Any, doubt: Doubt, row: Conflict | None) -> bool:
    """Write a question as it stands now; whether anything was new."""
    members = [one.member for one in doubt.said]
    if row is None:
        row = Conflict.objects.create(
            key=doubt.key, rule=doubt.rule, place=doubt.place, members=members, told=doubt.told
        )
        _record(by, row, {}, {"state": row.state, **_values(members)})
        return True
    if row.members == members and row.state != Conflict.State.GONE:
        return False
    before = {"state": row.state, **_values(row.members)}
    row.members, row.told, row.state = members, doubt.told, Conflict.State.OPEN
    row.save_next_version("members", "told", "state")
    _record(by, row, before, {"state": row.state, **_values(members)})
    return True


def _values(members: list[dict[str, Any]]) -> dict[str, list[str]]:
    return {"said": [f"{one['indicator']} {one['period']} {one['value']}" for one in members]}


def _record(by: Any, row: Conflict, before: dict[str, Any], after: dict[str, Any], note: str = "") -> None:
    journal.record(by=by, subject=row, place=row.place, before=before, after=after, note=note)


@action("figures.give_conflict")
def give_conflict(*, by: Any, conflict: Conflict, owner: Account, seen_version: int | None = None) -> Conflict:
    """Say who is to find out. Raises access.denied, access.not_found (an owner who does not see figures there),
    record.stale or conflict.decided."""
    conflict = _locked(by, conflict, seen_version)
    if not any(conflict.place.path.startswith(grant.path) for grant in owner.grants("figure.view")):
        raise Refusal("access.not_found")
    before = conflict.owner.username if conflict.owner else ""
    conflict.owner = owner
    conflict.save_next_version("owner")
    _record(by, conflict, {"owner": before}, {"owner": owner.username})
    return conflict


RECORDS = "record"
"""Says of a decision that what the register itself counts holds, against a source."""


@action("figures.decide_conflict")
def decide_conflict(
    *,
    by: Any,
    conflict: Conflict,
    decision: str,
    reason: str,
    holds: UUID | str | None = None,
    seen_version: int | None = None,
) -> Conflict:
    """Say what was found out, and why: the definitions differ, one value holds, or it stays in doubt.

    ``holds``: the observation that holds, where one does, or RECORDS. Raises access.denied, record.stale,
    conflict.decided, value.required (the reason), value.choice, or conflict.holds.
    """
    conflict = _locked(by, conflict, seen_version)
    if decision not in Conflict.Decision.values:
        raise Refusal(
            "value.choice", field="decision", label=_("结论"), value=decision, choices=listed(DECISIONS.values())
        )
    if not reason.strip():
        raise Refusal("value.required", field="reason", label=_("理由"))
    held = None
    if decision == Conflict.Decision.VALUE:
        held = _held(conflict, holds)
    conflict.state, conflict.decision, conflict.reason = Conflict.State.DECIDED, decision, reason.strip()[:2000]
    conflict.holds, conflict.decided_by, conflict.decided_on = held, by, clock.today()
    conflict.save_next_version("state", "decision", "reason", "holds", "decided_by", "decided_on")
    after = {"state": conflict.state, "decision": decision}
    if held is not None:
        after["holds"] = f"{held.indicator} {held.period}"
    elif decision == Conflict.Decision.VALUE:
        after["holds"] = RECORDS
    _record(by, conflict, {"state": Conflict.State.OPEN}, after, conflict.reason)
    return conflict


def _held(conflict: Conflict, holds: UUID | str | None) -> Observation | None:
    """The observation that holds; None where the register's own count does. Raises conflict.holds."""
    if holds == RECORDS and any(one["kind"] == RECORDS for one in conflict.members):
        return None
    among = [one["observation"] for one in conflict.members if one["observation"]]
    held = Observation.objects.filter(pk=holds, pk__in=among).first() if holds and holds != RECORDS else None
    if held is None:
        raise Refusal("conflict.holds", field="holds")
    return held


def holding(conflict: Conflict) -> dict[str, Any] | None:
    """Of what is compared, the one that holds by the decision; None where it says of none."""
    if conflict.state != Conflict.State.DECIDED or conflict.decision != Conflict.Decision.VALUE:
        return None
    if conflict.holds_id is None:
        return next((one for one in conflict.members if one["kind"] == RECORDS), None)
    return next((one for one in conflict.members if one["observation"] == str(conflict.holds_id)), None)


def is_about(conflict: Conflict, code: str, period: str) -> bool:
    """Whether a question is about a figure: an indicator in a period."""
    return any(one["indicator"] == code and one["period"] == period for one in conflict.members)


def _locked(by: Any, conflict: Conflict, seen_version: int | None) -> Conflict:
    require(by, "conflict.decide", path=conflict.place.path)
    conflict = Conflict.objects.select_for_update(of=("self",)).select_related("place").get(pk=conflict.pk)
    conflict.require_version(seen_version)
    if conflict.state != Conflict.State.OPEN:
        raise Refusal("conflict.decided", field="conflict")
    return conflict


def given_conflicts(actor: Actor) -> QuerySet[Conflict]:
    """The open questions that somebody is to find out about, as far as they see the figures."""
    rows = Conflict.objects.visible_to(actor).filter(state=Conflict.State.OPEN, owner=actor.pk)
    return rows.select_related("place").order_by("id")


def conflicts_below(actor: Actor, place: Place) -> QuerySet[Conflict]:
    """The questions at a place and below it that an actor sees, open and decided."""
    rows = Conflict.objects.visible_to(actor).filter(path_condition("place__path", place.path))
    return rows.select_related("place", "owner", "decided_by").order_by("place__path", "rule", "id")


def open_conflicts(actor: Actor, place: Place) -> QuerySet[Conflict]:
    """The open ones of ``conflicts_below``."""
    return conflicts_below(actor, place).filter(state=Conflict.State.OPEN)
