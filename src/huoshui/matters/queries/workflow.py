"""What can be done with a matter now, by whom, and what each step asks for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties import by_role
from huoshui.duties.models import Duty, duties_held
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.matters import clocks, permits, values
from huoshui.matters.columns import title_name
from huoshui.matters.evidence import counted, photos_in
from huoshui.matters.lights import is_overdue
from huoshui.matters.models import Matter, clock_runs_of
from huoshui.matters.required import RequiredState, required_by
from huoshui.matters.schema import MatterKind, Transition
from huoshui.packs.queries import all_current
from huoshui.packs.schema import FieldDef, Text
from huoshui.places.models import Place

DUPLICATE_FIELD = FieldDef(
    code="duplicate_of", name=Text(zh="原事项编号", en="Number of the original matter"), type="text", max_length=24
)
"""Asked for by a step that closes a matter as a duplicate."""


@dataclass(frozen=True)
class OwnLimit:
    """The last day that a clock allows, and the clock's name."""

    day: dt.date
    clock: Text


@dataclass(frozen=True)
class StepField:
    """A field of a step's form, with its present value (typed, and as shown)."""

    field: FieldDef
    required: bool
    value: Any = None
    shown: str = ""
    limit: OwnLimit | None = None
    """For a deadline that the responsible unit sets itself: how far it may go."""


@dataclass(frozen=True)
class EvidenceState:
    """Photos that a step asks for, and how many are there that count."""

    slot: str
    name: str
    minimum: int
    have: int
    earlier: int = 0
    """Photos that were handed in before the matter came back and no longer count."""

    @property
    def lacking(self) -> int:
        """How many are still needed."""
        return max(self.minimum - self.have, 0)


@dataclass(frozen=True)
class StepOption:
    """One step from the present state: whether this actor may take it, and if not, why, and who can."""

    transition: Transition
    allowed: bool
    refusal: Refusal | None
    who: str
    """Titles of roles whose holders may take it."""
    fields: tuple[StepField, ...] = ()
    evidence: tuple[EvidenceState, ...] = ()
    done: tuple[RequiredState, ...] = ()
    """What has to be done at the place before it, with what was found."""
    waits_until: dt.date | None = None
    """The last day of the notice that it waits for, where that has not passed."""


def available_transitions(matter: Matter, actor: Any) -> list[StepOption]:
    """Every step from the matter's state, the obvious one first; allowed or with the reason why not."""
    present = values.read(matter)
    found: list[StepOption] = []
    for step in matter.definition.transitions_from(matter.state):
        refusal = permits.refusal_of(matter, step, actor)
        found.append(
            StepOption(
                transition=step,
                allowed=refusal is None,
                refusal=refusal,
                who=permits.who_may(matter, step),
                fields=tuple(_step_fields(matter, step, present)) if refusal is None else (),
                evidence=tuple(_evidence(matter, step)) if refusal is None else (),
                done=tuple(required_by(matter, step)),
                waits_until=_waits_until(matter, step),
            )
        )
    return found


def _waits_until(matter: Matter, step: Transition) -> dt.date | None:
    until = clocks.waits_until(matter, step) if step.not_before_clock else None
    return until if until and until >= clock.today() else None


def _step_fields(matter: Matter, step: Transition, present: dict[str, Any]) -> list[StepField]:
    required = set(step.required_now(is_overdue(matter)))
    # Nobody in time is asked why it is late.
    left = set(step.requires_overdue) - {*step.fields, *required, *present}
    asked = [code for code in step.editable_fields if code not in left]
    found = [_form_field(matter, code, code in required, present) for code in asked]
    if step.close_reason == "duplicate":
        found.append(StepField(DUPLICATE_FIELD, required=True))
    return found


def _form_field(matter: Matter, code: str, required: bool, present: dict[str, Any]) -> StepField:
    kind = matter.definition
    value = present.get(code)
    shown = "" if value is None else values.shown(kind, code, value)
    return StepField(kind.field(code), required, value, shown, _own_limit(matter, code))


def _own_limit(matter: Matter, code: str) -> OwnLimit | None:
    clocks = {clock.code: clock for clock in matter.definition.clocks if clock.own_deadline_field == code}
    runs = [run for run in clock_runs_of(matter) if run.clock in clocks]
    run = min(runs, key=lambda run: run.limit_on, default=None)
    return OwnLimit(run.limit_on, clocks[run.clock].name) if run else None


def _evidence(matter: Matter, step: Transition) -> list[EvidenceState]:
    names = {slot.code: str(slot.name) for slot in matter.definition.slots}
    found = []
    for asked in step.evidence:
        have = counted(matter, asked)
        earlier = len(photos_in(matter, asked.slot)) - have if asked.fresh else 0
        found.append(EvidenceState(asked.slot, names[asked.slot], asked.minimum, have, earlier))
    return found


def edit_form(matter: Matter, actor: Any) -> list[StepField]:
    """The fields that this actor may correct now without a step; empty when there are none.

    Title and detail stand among them as fields of their own where the state leaves them open.
    """
    state = matter.definition.state(matter.state)
    if not permits.roles_in(matter, actor) & set(state.edited_by):
        return []
    present = values.read(matter)
    texts = {
        "title": (
            FieldDef(code="title", name=title_name(matter.definition), type="text", max_length=200),
            matter.title,
        ),
        "detail": (FieldDef(code="detail", name=Text(zh="详情", en="Details"), type="long_text"), matter.detail),
    }
    found = [
        StepField(texts[code][0], code == "title", texts[code][1], texts[code][1])
        for code in state.editable
        if code in texts
    ]
    required = {field.code for field in matter.definition.fields if field.required}
    return found + [
        _form_field(matter, code, code in required, present) for code in state.editable if code not in texts
    ]


def matter_values(matter: Matter) -> list[StepField]:
    """Every field of a matter that has a value, in the kind's order."""
    present = values.read(matter)
    return [
        _form_field(matter, field.code, field.required, present)
        for field in matter.definition.fields
        if field.code in present
    ]


def paths_to_open(actor: Any) -> list[str]:
    """The paths below which an actor may open some kind of matter by hand; none: nowhere."""
    duties = duties_held(actor.pk, clock.today())
    packs: dict[str, set[str]] = {}
    for qualified, kind in all_current("matters").items():
        packs.setdefault(qualified.partition(".")[0], set()).update(kind.opened_by)
    return [
        duty.place.path
        for duty in duties
        if any(duty.role in roles and duty.pack in ("", pack) for pack, roles in packs.items())
    ]


def who_opens(place: Place | None = None) -> str:
    """Titles of the roles whose holders may open matters, each with its place where one is asked about."""
    if place is None:
        return by_role.roles_named(
            dict.fromkeys(role for kind in all_current("matters").values() for role in kind.opened_by)
        )
    found = {
        duty.pk
        for qualified, kind in all_current("matters").items()
        for duty in by_role.duties_over(place, qualified.partition(".")[0]).filter(role__in=kind.opened_by)
        if not kind.place_kinds or place.kind in kind.place_kinds
    }
    return by_role.titles_of(Duty.objects.filter(pk__in=found).select_related("place"))


def kinds_openable_by(actor: Any, place: Place) -> dict[str, MatterKind]:
    """The kinds that an actor may open by hand at a place, by qualified code."""
    found: dict[str, MatterKind] = {}
    held: dict[str, set[str]] = {}
    for qualified, kind in all_current("matters").items():
        pack = qualified.partition(".")[0]
        if pack not in held:
            held[pack] = permits.roles_over(actor, place, pack)
        if held[pack] & set(kind.opened_by) and (not kind.place_kinds or place.kind in kind.place_kinds):
            found[qualified] = kind
    return found


def steps_by_role(role: str, pack: str = "") -> list[tuple[str, str]]:
    """What a role lets do with matters beyond its permissions: by kind (of a pack, "": of any), the names of steps."""
    found: list[tuple[str, str]] = []
    for qualified, kind in all_current("matters").items():
        if pack and qualified.partition(".")[0] != pack:
            continue
        names = [_("立项")] if role in kind.opened_by else []
        names += [str(step.name) for step in kind.transitions if role in step.roles]
        if names:
            found.append((str(kind.name), listed(dict.fromkeys(names))))
    return found


def workflow_graph(kind: MatterKind) -> dict[str, Any]:
    """The workflow for drawing: states with label and phase, one edge for each from-state of each transition."""
    return {
        "initial": kind.initial,
        "states": [{"code": s.code, "label": str(s.name), "kind": s.phase} for s in kind.states],
        "transitions": [
            {"code": step.code, "from": source, "to": step.to, "label": str(step.name), "roles": list(step.roles)}
            for step in kind.transitions
            for source in step.from_states
        ],
    }
