"""What waits for somebody today, for the first page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import In

from huoshui.duties.models import Duty, duties_held
from huoshui.duties.standing import standing_of
from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.kernel.batching import batches
from huoshui.kernel.reading import read_once, read_until_changed
from huoshui.matters.lights import URGENCY, MatterQuerySet, light_on
from huoshui.matters.lineage import in_history
from huoshui.matters.models import CLOSED, OPEN, SUBMITTED, Answered, Extension, Matter, Step
from huoshui.matters.schema import EDITING, OWNER, MatterKind, Transition
from huoshui.packs.queries import all_current
from huoshui.packs.schema import Text

NAMES = {
    "overdue": Text(zh="已逾期", en="Overdue"),
    "due": Text(zh="临近到期", en="Due soon"),
    "claim": Text(zh="待认领", en="To claim"),
    "rectify": Text(zh="待整改", en="To rectify"),
    "verify": Text(zh="待核验", en="To verify"),
    "approve": Text(zh="待批准", en="To approve"),
    "extend": Text(zh="待批延期", en="Extensions to decide"),
}
MOST_AGAIN = 100
"""A page tells how many matters are due again up to this many; then, that there are so many or more."""
NOTHING = Q(pk__in=[])
GROUPS = ("claim", "rectify", "verify", "approve", "extend")
"""The groups by what is to be done."""


@dataclass
class WaitingGroup:
    """A group of matters that wait for one actor, by deadline."""

    code: str
    """overdue, due, claim, rectify, verify, approve or extend."""
    name: str
    keys: list[UUID]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.keys)


def waiting_for(actor: Any) -> list[WaitingGroup]:
    """The matters whose obvious next step is the actor's: by what is to be done, and again those due and overdue.

    Only groups that hold something. Steps from which the actor is barred do not count.
    """
    waits = _waits(actor)
    by_group = {
        "overdue": [row.pk for row in waits if row.light == "red"],
        "due": [row.pk for row in waits if row.light == "blue"],
        **{group: [row.pk for row in waits if group in row.groups] for group in GROUPS},
    }
    return [WaitingGroup(code, str(NAMES[code]), keys) for code, keys in by_group.items() if keys]


def waiting_matters(actor: Any) -> list[UUID]:
    """The keys of the matters whose obvious next step is the actor's, the most urgent first."""
    rank: dict[str, int] = {light: at for at, light in enumerate(URGENCY)}
    return [row.pk for row in sorted(_waits(actor), key=lambda row: rank.get(row.light, len(URGENCY)))]


@dataclass(frozen=True, slots=True)
class _Wait:
    """One matter that waits for the actor."""

    pk: UUID
    light: str
    groups: frozenset[str]


@read_once
def _waits(actor: Any) -> list[_Wait]:
    """Every matter that waits for the actor, in groups, by deadline; those without one are last.

    The bars are long conditions, which cost more to write down than to look up: they are asked for those few matters
    in which the actor may have had a hand, after all that might wait was read once.
    """
    claims, today = _claims(actor), clock.today()
    if not claims:
        return []
    visible = Matter.objects.visible_to(actor).going()
    found = visible.filter(_wide(claims))
    # Whoever reaches nothing by being responsible is spared reading who is.
    owner = "owner_id" if any(claim.reach.owners for claim in claims) else Value(None, UUIDField())
    columns = ("pk", "kind", "state", "place__path", owner, "extension_until", _touched(actor, claims))
    rows = list(
        found.order_by(F("due_on").asc(nulls_last=True), "id").values_list(*columns, "due_on", "yellow_on", "blue_on")
    )
    # Many matters are alike in what it depends on.
    alike: dict[Any, list[_Claim]] = {}
    fitting: dict[UUID, list[_Claim]] = {}
    for pk, kind, state, path, held_by, extension, *_rest in rows:
        facts = (kind, state, path, held_by and held_by.int, extension is not None)
        if facts not in alike:
            alike[facts] = [claim for claim in claims if claim.may_hold(kind, state, path, held_by, facts[-1])]
        fitting[pk] = alike[facts]
    holding = _holding(visible, fitting, {row[0] for row in rows if row[6]})
    return [
        _Wait(row[0], light_on(*row[-3:], day=today), groups)
        for row in rows
        if (groups := frozenset(claim.group for claim in holding[row[0]]))
    ]


def _touched(actor: Any, claims: list[_Claim]) -> Case | Value:
    """As a column: whether a bar may keep a matter from the actor; where it is false none does (see ``_unbarred``)."""
    barring = [claim for claim in claims if claim.barred_by]
    if not barring:
        return Value(False)
    accounts, own = standing_of(actor).accounts, OuterRef("pk")
    named = {EDITING}.union(*(claim.barred_by for claim in barring))
    hand = (
        Q(owner__in=accounts)
        | Q(split_from__isnull=False)
        | Q(Exists(Step.objects.filter(matter=own, account__in=accounts, transition__in=sorted(named))))
        | Q(Exists(Answered.objects.filter(matter=own, account__in=accounts)))
        | Q(Exists(Matter.objects.filter(duplicate_of=own)))
    )
    return Case(When(hand, then=Value(True)), default=Value(False))


def _holding(
    visible: MatterQuerySet, fitting: dict[UUID, list[_Claim]], touched: set[UUID]
) -> dict[UUID, list[_Claim]]:
    """Of the claims that may hold of each matter, those that do."""
    doubtful: dict[_Claim, list[UUID]] = {}
    for pk, claims in fitting.items():
        for claim in claims:
            if not claim.states or (claim.barred_by and pk in touched):
                doubtful.setdefault(claim, []).append(pk)
    held = {
        claim: {pk for some in batches(keys) for pk in _keys(visible.filter(claim.condition(), pk__in=some))}
        for claim, keys in doubtful.items()
    }
    refused = {(claim, pk) for claim, keys in doubtful.items() for pk in set(keys) - held[claim]}
    return {pk: [claim for claim in claims if (claim, pk) not in refused] for pk, claims in fitting.items()}


def _keys(matters: MatterQuerySet) -> Iterable[UUID]:
    return matters.order_by().values_list("pk", flat=True)


def falling_due_again(actor: Any) -> MatterQuerySet:
    """The visible matters that have ended, and of which a step that the actor takes is or will be due again."""
    duties = duties_held(actor.pk, clock.today())
    mine: list[Q] = []
    for qualified, kind in all_current("matters").items():
        for step in kind.transitions:
            reach = _reach(actor, step.roles, qualified, duties, kind.owner_roles) if step.due_after_months else None
            if reach is not None:
                mine.append(Q(kind=qualified, state__in=step.from_states) & reach.condition())
    found: MatterQuerySet = Matter.objects.visible_to(actor).filter(_any(mine), again_on__isnull=False)
    return found


def due_again_now(actor: Any, path: str = "", kind: str = "") -> int:
    """How many ended matters that the actor sees have a step that is due again by today; counted up to MOST_AGAIN.

    ``path``: at a place and below it; ``kind``: of one kind, such as honours.liveable_village.
    """
    if not actor.grants("matter.view"):
        return 0
    due = {"again_on__lte": clock.today()} | ({"kind": kind} if kind else {})
    found = Matter.objects.visible_to(actor).filter(**due)
    # In an order that an index has: by places a database would first read every matter there is.
    return (found.under(path) if path else found).order_by("again_on", "id")[:MOST_AGAIN].count()


@dataclass(frozen=True)
class _Reach:
    """Where an actor acts: under some paths, and in what they, or those for whom they stand in, answer for."""

    paths: tuple[str, ...]
    owners: tuple[tuple[str, UUID], ...]
    """The path below which (""; everywhere), and who is responsible."""

    def condition(self) -> Q:
        found = [path_condition("place__path", path) for path in self.paths]
        found += [
            path_condition("place__path", path) & Q(owner_id=owner) if path else Q(owner_id=owner)
            for path, owner in self.owners
        ]
        return reduce(or_, found)

    def holds(self, path: str, owner: UUID | None) -> bool:
        """Whether it reaches a matter at the place with this path, for which that account answers."""
        return path.startswith(self.paths) or any(owner == one and path.startswith(under) for under, one in self.owners)


@dataclass(frozen=True, eq=False)
class _Claim:
    """Matters of one kind that wait for the actor: in some states, or with a request for more time to decide."""

    group: str
    kind: str
    states: tuple[str, ...]
    """Empty: in whatever state, where more time was asked for."""
    reach: _Reach
    narrower: Callable[[], Q]
    """What the database has to be asked besides; written down only where it is."""
    barred_by: tuple[str, ...] = ()
    """The steps whose takers are barred."""

    def condition(self) -> Q:
        """The whole condition."""
        return _wide([self]) & self.narrower()

    def may_hold(self, kind: str, state: str, path: str, owner: UUID | None, asks: bool) -> bool:
        """Whether the condition but for ``narrower`` holds of a matter."""
        in_state = state in self.states if self.states else asks
        return kind == self.kind and in_state and self.reach.holds(path, owner)


def _wide(claims: Iterable[_Claim]) -> Q:
    """That any of some claims may hold: their conditions but for ``narrower``, each reach written once.

    Kind and state stand as one word, by which no index is: of ORs over indexed columns PostgreSQL weighs every way to
    combine their indexes, which takes it twenty times as long as to look through what has not ended.
    """
    words: dict[_Reach, set[str]] = {}
    asking: dict[_Reach, set[str]] = {}
    for claim in claims:
        if claim.states:
            words.setdefault(claim.reach, set()).update(f"{claim.kind}/{state}" for state in claim.states)
        else:
            asking.setdefault(claim.reach, set()).add(claim.kind)
    word = Concat("kind", Value("/"), "state", output_field=CharField())
    return _any(
        (
            (Q(In(word, sorted(words[reach]))) if reach in words else NOTHING)
            | (Q(extension_until__isnull=False, kind__in=sorted(asking[reach])) if reach in asking else NOTHING)
        )
        & reach.condition()
        for reach in {**words, **asking}
    )


def _claims(actor: Any) -> list[_Claim]:
    """What the actor is to claim, to rectify, to verify, to approve; how far to extend."""
    return _claims_on(actor, clock.today())


@read_until_changed
def _claims_on(actor: Any, day: dt.date) -> list[_Claim]:
    duties = duties_held(actor.pk, day)
    claims: list[_Claim] = []
    for qualified, kind in all_current("matters").items():
        for step in kind.transitions:
            reach = _reach(actor, step.roles, qualified, duties, kind.owner_roles) if step.primary else None
            if reach is None:
                continue
            unbarred = partial(_unbarred, actor, step, kind)
            claims += [
                _Claim(group, qualified, tuple(states), reach, unbarred, tuple(step.not_by))
                for group, states in _steps_by_group(kind, step).items()
                if states
            ]
        claims += _extensions(actor, qualified, kind, duties)
    return claims


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, NOTHING)


def _steps_by_group(kind: MatterKind, step: Transition) -> dict[str, list[str]]:
    """The states from which a step is taken, by the group that its matters wait in."""
    if step.approves:
        return {"approve": list(step.from_states)}
    return {
        "claim": _states(kind, step, initial=True),
        "rectify": _states(kind, step, OPEN),
        "verify": _states(kind, step, SUBMITTED),
    }


def _extensions(actor: Any, qualified: str, kind: MatterKind, duties: list[Duty]) -> list[_Claim]:
    """Requests for more time that the actor may decide, as ``extensions.deciding_refusal`` says it for one."""
    asked = Extension.objects.filter(matter=OuterRef("pk"), outcome="")
    found: list[_Claim] = []
    for known in kind.clocks:
        rule = known.extension
        reach = _reach(actor, rule.decided_by, qualified, duties) if rule else None
        if rule is None or reach is None or (rule.other_unit and actor.unit_id is None):
            continue
        stands = standing_of(actor)
        barred = Q(asked_by__in=stands.accounts) | (Q(asked_unit__in=stands.units) if rule.other_unit else Q(pk__in=[]))
        own = Q(owner__in=stands.accounts) | (Q(unit__in=stands.units) if rule.other_unit else Q(pk__in=[]))
        waits = Q(Exists(asked.filter(clock=known.code))) & ~own & ~Q(Exists(asked.filter(barred)))
        found.append(_Claim("extend", qualified, (), reach, partial(Q, waits)))
    return found


def extensions_to_decide(actor: Any, matters: Iterable[Matter]) -> set[UUID]:
    """Of some matters, those whose request for more time the actor may decide."""
    asked = [matter.pk for matter in matters if matter.extension_until is not None]
    if not asked:
        return set()
    deciding = _any(claim.condition() for claim in _claims(actor) if claim.group == "extend")
    return set(Matter.objects.filter(deciding, pk__in=asked).values_list("pk", flat=True))


def _states(kind: MatterKind, step: Transition, phase: str = "", *, initial: bool = False) -> list[str]:
    """The states of a step that are the initial one, or that are of a phase and not the initial one."""
    phases = {state.code: state.phase for state in kind.states}
    if initial:
        return [code for code in step.from_states if code == kind.initial]
    return [code for code in step.from_states if code != kind.initial and phases[code] == phase]


def _reach(
    actor: Any, roles: Sequence[str], qualified: str, duties: list[Duty], owner_roles: Sequence[str] = ()
) -> _Reach | None:
    """Where the actor's duties, or being responsible, give them one of some roles; None: nowhere.

    ``owner_roles``: those by which one answers for a matter of the kind; empty: any. As in ``permits.roles_by``.
    """
    pack = qualified.partition(".")[0]
    paths = {duty.place.path for duty in duties if duty.role in roles and duty.pack in ("", pack)}
    owners: list[tuple[str, UUID]] = []
    if OWNER in roles:
        owners.append(("", actor.pk))
        owners += [
            (duty.place.path, duty.delegation.principal_id)
            for duty in duties
            if duty.delegation and duty.pack in ("", pack) and (not owner_roles or duty.role in owner_roles)
        ]
    return _Reach(tuple(sorted(paths)), tuple(owners)) if paths or owners else None


def _unbarred(actor: Any, step: Transition, kind: MatterKind) -> Q:
    """None of the bars by steps and by answering, of the matter itself and of those whose history counts for it.

    Near to what ``permits.hands_in`` says of one matter, for a condition over many, and like it of the matter itself
    only since it was last reopened after its work had been verified. What it leaves out only makes a matter wait for
    somebody whom the step then refuses: photos, units, what a deputy did for the actor, and the steps that bear other
    names in a double of another kind.
    """
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
    return ~barred


def _reopened(kind: MatterKind) -> QuerySet[Step]:
    """Steps of an outer row's matter that reopened it after it was verified (``permits.steps_this_time``)."""
    verified = {taken.to for taken in kind.transitions if taken.verifies and taken.close_reason == "resolved"}
    closed = [state.code for state in kind.states if state.phase == CLOSED]
    steps = Step.objects.filter(matter=OuterRef("matter"), from_state__in=sorted(verified))
    found: QuerySet[Step] = steps.exclude(to_state__in=closed)
    return found
