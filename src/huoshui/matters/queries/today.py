"""What waits for somebody today, for the first page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from huoshui.duties.models import Duty, duties_held
from huoshui.duties.standing import standing_of
from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.kernel.reading import read_once
from huoshui.matters.lights import MatterQuerySet, light_condition
from huoshui.matters.lineage import in_history
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Answered, Extension, Matter, Step
from huoshui.matters.queries.ledger import ledger
from huoshui.matters.schema import EDITING, OWNER, MatterKind, Transition
from huoshui.packs.queries import all_current
from huoshui.packs.schema import Text

SHOWN = 10
"""Rows of a group on the first page."""
NAMES = {
    "overdue": Text(zh="已逾期", en="Overdue"),
    "due": Text(zh="临近到期", en="Due soon"),
    "claim": Text(zh="待认领", en="To claim"),
    "rectify": Text(zh="待整改", en="To rectify"),
    "verify": Text(zh="待核验", en="To verify"),
    "approve": Text(zh="待批准", en="To approve"),
    "extend": Text(zh="待批延期", en="Extensions to decide"),
}


@dataclass
class WaitingGroup:
    """A group of matters that wait for one actor: how many, and the first of them by deadline."""

    code: str
    """overdue, due, claim, rectify, verify, approve or extend."""
    name: str
    count: int
    matters: MatterQuerySet

    @cached_property
    def rows(self) -> list[Matter]:
        """At most SHOWN, each with ``light_now``; read when they are shown."""
        return list(self.matters[:SHOWN])


def waiting_for(actor: Any) -> list[WaitingGroup]:
    """The matters whose obvious next step is the actor's: by what is to be done, and again those due and overdue.

    Only groups that hold something. Steps from which the actor is barred do not count.
    """
    today = clock.today()
    mine = _mine(actor)
    conditions = {
        "overdue": _any(mine) & light_condition("red", today),
        "due": _any(mine) & light_condition("blue", today),
        **mine,
    }
    asked = {code: Count("pk", filter=condition) for code, condition in conditions.items()}
    counts = Matter.objects.visible_to(actor).going().filter(_any(mine)).aggregate(**asked)
    by_deadline = ledger(actor, sort="due").going()
    return [
        WaitingGroup(code, str(NAMES[code]), counts[code], by_deadline.filter(condition))
        for code, condition in conditions.items()
        if counts[code]
    ]


def waiting_matters(actor: Any) -> MatterQuerySet:
    """The matters whose obvious next step is the actor's, as ``ledger`` gives them, the most urgent first."""
    return ledger(actor).going().filter(_any(_mine(actor))).most_urgent_first()


def lit_matters(actor: Any) -> MatterQuerySet:
    """What is late, behind or near due among all that the actor sees, the most urgent first."""
    today = clock.today()
    lit = light_condition("red", today) | light_condition("yellow", today) | light_condition("blue", today)
    return ledger(actor).going().filter(lit).most_urgent_first()


def came_back(matters: Iterable[Matter]) -> dict[UUID, str]:
    """Of those that are being worked on, which came back: the phase they came from (submitted or closed), by id."""
    going = {matter.pk: matter for matter in matters if matter.phase == OPEN}
    moves = Step.objects.filter(matter__in=going).exclude(from_state=F("to_state")).exclude(from_state="")
    last = dict(moves.order_by("id").values_list("matter_id", "from_state"))
    phases = {pk: going[pk].definition.state(state).phase for pk, state in last.items()}
    return {pk: phase for pk, phase in phases.items() if phase != OPEN}


@read_once
def _mine(actor: Any) -> dict[str, Q]:
    """Conditions by group: what the actor is to claim, to rectify, to verify, to approve; how far to extend."""
    duties = duties_held(actor.pk, clock.today())
    mine: dict[str, list[Q]] = {group: [] for group in ("claim", "rectify", "verify", "approve", "extend")}
    for qualified, kind in all_current("matters").items():
        for step in kind.transitions:
            reach = _reach(actor, step.roles, qualified, duties, kind.owner_roles) if step.primary else None
            if reach is None:
                continue
            for group, states in _steps_by_group(kind, step).items():
                if states:
                    mine[group].append(reach & ~_barred(actor, step, kind) & Q(kind=qualified, state__in=states))
        mine["extend"] += _extensions(actor, qualified, kind, duties)
    return {group: reduce(or_, conditions, Q(pk__in=[])) for group, conditions in mine.items()}


def _steps_by_group(kind: MatterKind, step: Transition) -> dict[str, list[str]]:
    """The states from which a step is taken, by the group that its matters wait in."""
    if step.approves:
        return {"approve": list(step.from_states)}
    return {
        "claim": _states(kind, step, initial=True),
        "rectify": _states(kind, step, OPEN),
        "verify": _states(kind, step, SUBMITTED),
    }


def _extensions(actor: Any, qualified: str, kind: MatterKind, duties: list[Duty]) -> list[Q]:
    """Requests for more time that the actor may decide, as ``extensions.deciding_refusal`` says it for one."""
    asked = Extension.objects.filter(matter=OuterRef("pk"), outcome="")
    found: list[Q] = []
    for known in kind.clocks:
        rule = known.extension
        reach = _reach(actor, rule.decided_by, qualified, duties) if rule else None
        if rule is None or reach is None or (rule.other_unit and actor.unit_id is None):
            continue
        stands = standing_of(actor)
        barred = Q(asked_by__in=stands.accounts) | (Q(asked_unit__in=stands.units) if rule.other_unit else Q(pk__in=[]))
        own = Q(owner__in=stands.accounts) | (Q(unit__in=stands.units) if rule.other_unit else Q(pk__in=[]))
        waits = Q(kind=qualified, extension_until__isnull=False) & Exists(asked.filter(clock=known.code))
        found.append(reach & waits & ~own & ~Q(Exists(asked.filter(barred))))
    return found


def extensions_to_decide(actor: Any, matters: Iterable[Matter]) -> set[UUID]:
    """Of some matters, those whose request for more time the actor may decide."""
    asked = [matter.pk for matter in matters if matter.extension_until is not None]
    if not asked:
        return set()
    return set(Matter.objects.filter(_mine(actor)["extend"], pk__in=asked).values_list("pk", flat=True))


def _any(conditions: dict[str, Q]) -> Q:
    return reduce(or_, conditions.values())


def _states(kind: MatterKind, step: Transition, phase: str = "", *, initial: bool = False) -> list[str]:
    """The states of a step that are the initial one, or that are of a phase and not the initial one."""
    phases = {state.code: state.phase for state in kind.states}
    if initial:
        return [code for code in step.from_states if code == kind.initial]
    return [code for code in step.from_states if code != kind.initial and phases[code] == phase]


def _reach(
    actor: Any, roles: Sequence[str], qualified: str, duties: list[Duty], owner_roles: Sequence[str] = ()
) -> Q | None:
    """Where the actor's duties, or being responsible, give them one of some roles; None: nowhere.

    ``owner_roles``: those by which one answers for a matter of the kind; empty: any. As in ``permits.roles_by``.
    """
    pack = qualified.partition(".")[0]
    paths = {duty.place.path for duty in duties if duty.role in roles and duty.pack in ("", pack)}
    found = [path_condition("place__path", path) for path in sorted(paths)]
    if OWNER in roles:
        found.append(Q(owner_id=actor.pk))
        found += [
            path_condition("place__path", duty.place.path) & Q(owner_id=duty.delegation.principal_id)
            for duty in duties
            if duty.delegation and duty.pack in ("", pack) and (not owner_roles or duty.role in owner_roles)
        ]
    return reduce(or_, found) if found else None


def _barred(actor: Any, step: Transition, kind: MatterKind) -> Q:
    """The bars by steps and by answering, of the matter itself and of those whose history counts for it.

    Near to what ``permits.hands_in`` says of one matter, for a condition over many, and like it of the matter itself
    only since it was last reopened after its work had been verified. What it leaves out only makes a matter wait for
    somebody whom the step then refuses: photos, units, what a deputy did for the actor, and the steps that bear other
    names in a double of another kind.
    """
    if not step.not_by:
        return Q(pk__in=[])
    named = [*step.not_by, EDITING] if step.verifies else step.not_by
    accounts = standing_of(actor).accounts
    taken = Step.objects.filter(account__in=accounts, transition__in=named)
    reopened = _reopened(kind)
    since = taken.filter(~Exists(reopened.filter(pk__gt=OuterRef("pk"))))
    barred = in_history(taken, "matter", since)
    if step.verifies:
        barred |= in_history(Matter.objects.filter(owner__in=accounts))
        answered = Answered.objects.filter(account__in=accounts)
        barred |= in_history(answered, "matter", answered.filter(~Exists(reopened.filter(at__gte=OuterRef("until")))))
    return barred


def _reopened(kind: MatterKind) -> QuerySet[Step]:
    """Steps of an outer row's matter that reopened it after it was verified (``permits.steps_this_time``)."""
    verified = {taken.to for taken in kind.transitions if taken.verifies and taken.close_reason == "resolved"}
    closed = [state.code for state in kind.states if state.phase == CLOSED]
    steps = Step.objects.filter(matter=OuterRef("matter"), from_state__in=sorted(verified))
    found: QuerySet[Step] = steps.exclude(to_state__in=closed)
    return found
