"""One function for every transition of every workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.events import publish
from huoshui.kernel.wording import listed
from huoshui.matters import clocks, family, honours, permits, personal, required, splitting
from huoshui.matters import values as typed_values
from huoshui.matters.actions.common import (
    COLUMNS,
    MOVING_COLUMNS,
    check_own_deadlines,
    check_owner,
    columns_of,
    keep_former,
    lock_joined,
    locked,
    moved,
    tell,
)
from huoshui.matters.actions.merging import absorb, release
from huoshui.matters.actions.splitting import split
from huoshui.matters.evidence import evidence_problems
from huoshui.matters.extensions import lapse
from huoshui.matters.lights import is_overdue
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Matter, Step
from huoshui.matters.schema import INTO, KEEP, OWNER, MatterKind, Transition
from huoshui.notices.actions import read_about

DUPLICATE_OF = "duplicate_of"
NOTE_LENGTH = 5000


@action("matters.advance")
def advance(
    *,
    by: Any,
    matter: Matter,
    transition: str,
    values: dict[str, Any] | None = None,
    note: str = "",
    seen_version: int | None = None,
) -> Matter:
    """Take a step of the matter's workflow, with the values of its fields and a note.

    A step that closes as duplicate takes the other matter's number as value ``duplicate_of``, and as ``keep`` the
    decisions on what the two do not agree about (``merging.Plan``); opening it again splits it off. One that splits
    takes as ``into`` what goes with each of the new ones (``splitting.plan``; ``rejoin`` undoes it). An empty personal
    value leaves what is kept, None takes it away. Raises record.stale (extra: mine, theirs),
    matter.transition_not_here, matter.role_needed, matter.own_work, matter.same_unit; all of matter.field_required,
    matter.evidence_required, matter.evidence_fresh, matter.done_* and matter.note_required at once;
    matter.notice_running, matter.notice_missing, matter.honour_*, matter.deadline_*,
    matter.owner_without_duty, matter.parts_open, matter.parent_ended, matter.duplicate, matter.merge_*, matter.split_*,
    matter.personal_masked, or the value.* errors.
    """
    given, note = dict(values or {}), note.strip()
    decisions, into = _decisions(given.pop(KEEP, None)), given.pop(INTO, None)
    lock_joined(matter, given.get(DUPLICATE_OF))
    matter = locked(matter, seen_version, given)
    kind = matter.definition
    step = step_here(matter, transition)
    _check_may(by, matter, step)
    original = _original(by, matter, step, given.pop(DUPLICATE_OF, None))
    division = splitting.plan(matter, into) if step.close_reason == "split" else None
    before, changed = _changes(matter, kind, step, given)
    renewed = _renewed_deadlines(kind, step)
    changed = {code: None for code in renewed if code in before} | changed
    _check_complete(matter, kind, step, before | changed, note)
    honours.check(matter, step, before | changed)
    was, double_of = columns_of(matter), matter.duplicate_of
    _move(by, matter, step, original)
    _write(matter, step, {code: value for code, value in before.items() if code not in renewed}, changed)
    _join_or_split(by, matter, original, double_of, decisions)
    honour = honours.settle(by, matter, step, before | changed, note)
    _record(by, matter, step, was | before, columns_of(matter) | before | changed, note, honour)
    if division is not None:
        split(by=by, matter=matter, plan=division)
    publish(moved(by, matter, step.code))
    _tell_parent(by, matter)
    return matter


def _decisions(given: Any) -> dict[str, Any]:
    """What was decided on the conflicts of a merge, by their codes. Raises value.type."""
    if given is not None and not isinstance(given, dict):
        expected = _('各项代码与取舍的对照，如 {"measures": "this"}')
        raise Refusal("value.type", field=KEEP, label=KEEP, value=str(given)[:60], expected=expected)
    return given or {}


def _join_or_split(
    by: Any, matter: Matter, original: Matter | None, double_of: Matter | None, decisions: dict[str, Any]
) -> None:
    """Merge a double into its original, or split it off from the one that it was merged into."""
    if original is not None:
        absorb(by=by, matter=original, double=matter, decisions=decisions)
    elif double_of is not None:
        merge = double_of.merges.filter(double=matter, undone_on__isnull=True).first()
        if merge is not None:  # none is kept of a double that was closed before merges were: it gave nothing
            release(by=by, merge=merge)


def _check_may(by: Any, matter: Matter, step: Transition) -> None:
    """Whoever acts may take the step; the whole ends after its parts, and none begins anew when it has ended."""
    refusal = permits.refusal_of(matter, step, by) or waiting_refusal(matter, step)
    if refusal:
        raise refusal
    ends = matter.definition.state(step.to).phase == CLOSED
    if ends and step.close_reason != "duplicate":  # the parts of a double go over
        family.require_parts_ended(matter, by)
    elif matter.phase == CLOSED:
        family.require_parent_running(matter)


def waiting_refusal(matter: Matter, step: Transition) -> Refusal | None:
    """Why a step that waits for a clock to run out cannot be taken today; None when it can.

    matter.notice_running with the day, or matter.notice_missing where the clock never ran.
    """
    if step.not_before_clock is None:
        return None
    until = clocks.waits_until(matter, step)
    words: dict[str, Any] = {"step": str(step.name)}
    words["clock"] = next(str(known.name) for known in matter.definition.clocks if known.code == step.not_before_clock)
    if until is None:
        return Refusal("matter.notice_missing", field="transition", **words)
    if clock.today() > until:
        return None
    first = until + dt.timedelta(days=1)
    return Refusal("matter.notice_running", field="transition", day=until, first=first, **words)


def _tell_parent(by: Any, matter: Matter) -> None:
    """Whoever answers for the whole hears when the last of its parts has ended."""
    parent = matter.parent
    if parent and matter.phase == CLOSED and parent.phase != CLOSED and not family.progress_of(parent).open:
        tell(by, parent, [OWNER], "matter.parts_ended")


def step_here(matter: Matter, transition: str) -> Transition:
    """The step, if it can be taken in the matter's state. Raises matter.transition_not_here."""
    kind = matter.definition
    step = kind.transition(transition)
    if step is None or matter.state not in step.from_states:
        possible = listed(known.name for known in kind.transitions_from(matter.state)) or "—"
        raise Refusal(
            "matter.transition_not_here",
            field="transition",
            step=str(step.name) if step else transition,
            state=matter.state_name,
            possible=possible,
        )
    return step


def _changes(
    matter: Matter, kind: MatterKind, step: Transition, given: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values before, and those of the given ones that differ."""
    fields = [kind.field(code) for code in step.editable_fields]
    before = typed_values.read(matter)
    cleaned = typed_values.clean(fields, personal.asked(kind, given, before), partial=True)
    cleaned = personal.keep(matter, cleaned)
    return before, {code: value for code, value in cleaned.items() if value != before.get(code)}


def _renewed_deadlines(kind: MatterKind, step: Transition) -> set[str]:
    """The own deadlines that fall with their old clock, because the step starts it anew."""
    return {
        clock.own_deadline_field for clock in kind.clocks if clock.own_deadline_field and step.code in clock.starts_on
    }


def _check_complete(matter: Matter, kind: MatterKind, step: Transition, after: dict[str, Any], note: str) -> None:
    problems = typed_values.missing(kind, step.required_now(is_overdue(matter)), after)
    problems += evidence_problems(matter, step)
    problems += required.problems(matter, step)
    if step.note_required and not note:
        problems.append(Problem("matter.note_required", "note", params={"step": str(step.name)}))
    if len(note) > NOTE_LENGTH:
        params = {"label": _("说明"), "length": len(note), "limit": NOTE_LENGTH}
        problems.append(Problem("value.too_long", "note", params=params))
    if problems:
        raise Refusal.of(problems)


def _original(by: Any, matter: Matter, step: Transition, number: Any) -> Matter | None:
    """The matter that a step closes this one as a double of; None for any other step."""
    if step.close_reason != "duplicate":
        if number is not None:
            raise Refusal("value.unknown", field=DUPLICATE_OF, label=_("原事项编号"))
        return None
    return original_of(by, matter, step, number)


def original_of(actor: Any, matter: Matter, step: Transition, number: Any) -> Matter:
    """The matter with this number that ``matter`` doubles, and is closed as such by ``step``.

    Raises matter.duplicate unless it is another, visible, and neither a double itself nor split. Raises
    matter.merge_ended where it has ended, unless the step itself is a verifier's word: nobody would verify any more
    what is found here, and a finding that came back must not go down with one that was done.
    """
    wanted = str(number or "").strip().upper()
    found: Matter | None = Matter.objects.visible_to(actor).exclude(pk=matter.pk).filter(number=wanted).first()
    if found is None or found.close_reason in ("duplicate", "split"):
        raise Refusal("matter.duplicate", field=DUPLICATE_OF, number=wanted or "—")
    if found.phase == CLOSED and not step.verifies:
        raise Refusal("matter.merge_ended", field=DUPLICATE_OF, number=found.number, state=found.state_name)
    return found


def _move(by: Any, matter: Matter, step: Transition, original: Matter | None) -> None:
    """Set state, phase, verifier and closing; nothing is saved."""
    was, matter.state = matter.phase, step.to
    matter.phase = matter.definition.state(step.to).phase
    returned = was == CLOSED or (was == SUBMITTED and matter.phase == OPEN)
    if step.verifies and step.names_verifier:
        matter.verifier = by
    elif returned and matter.phase != CLOSED:
        matter.verifier = None
    if matter.phase == CLOSED:
        matter.closed_on, matter.close_reason = clock.today(), step.close_reason or ""
    else:
        matter.closed_on, matter.close_reason = None, ""
    matter.duplicate_of = original


def _write(matter: Matter, step: Transition, before: dict[str, Any], changed: dict[str, Any]) -> None:
    """Store values, move the clocks, and save the matter's columns."""
    kind, today = matter.definition, clock.today()
    owner = changed.get(kind.owner_field) if kind.owner_field else None
    if owner is not None:
        check_owner(matter, owner)
        matter.unit = owner.unit
    typed_values.write(matter, changed)
    runs = clocks.move(matter, step.code, today)
    lapse(matter)
    check_own_deadlines(matter, before, changed, today)
    clocks.settle(matter, today, runs)
    if owner is not None:
        keep_former(matter)
    matter.save_next_version(*MOVING_COLUMNS)
    personal.schedule(matter)


def _record(
    by: Any, matter: Matter, step: Transition, before: dict[str, Any], after: dict[str, Any], note: str, honour: str
) -> None:
    """The step's row, its journal entry and its notices; ``honour``: what was awarded or withdrawn, in words."""
    kind = matter.definition
    given = {code: value for code, value in after.items() if value != before.get(code) and code not in COLUMNS}
    Step.objects.create(
        matter=matter,
        transition=step.code,
        from_state=before["state"],
        to_state=matter.state,
        account=by,
        unit=by.unit,
        at=clock.now(),
        note=note,
        data=typed_values.told(kind, given) | ({honours.HONOUR: honour} if honour else {}),
    )
    journal.record(
        by=by,
        subject=matter,
        place=matter.place,
        before={code: typed_values.plain(value) for code, value in before.items()},
        after={code: typed_values.plain(value) for code, value in after.items()} | {"step": step.code},
        note=note,
    )
    # Before the news of this step: what was told until now is done with.
    read_about(subject=matter, place=matter.place, account=None if matter.phase == CLOSED else by)
    state = kind.state(matter.state).name.model_dump()
    tell(by, matter, step.notify, "matter.moved", step=step.name.model_dump(), state=state, note=note)
