"""Who may take a step of a matter, and who else can when somebody may not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from huoshui.duties.by_role import acts_by, duties_over, roles_named, titles_of
from huoshui.duties.models import Account, Duty, duties_held
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_once, remember
from huoshui.kernel.wording import listed
from huoshui.matters.concerned import concerned_unit, is_concerned, read_concerned
from huoshui.matters.evidence import photos_counted, photos_in, photos_of_each
from huoshui.matters.lineage import forebears
from huoshui.matters.models import CLOSED, Answered, Matter, Step, read_absorbed, steps_of
from huoshui.matters.schema import EDITING, OPENING, OWNER, MatterKind, Transition
from huoshui.media.models import Attachment
from huoshui.packs.queries import all_current
from huoshui.places.models import Place


@read_once
def _holders(place: Place, pack: str) -> list[Duty]:
    """The same with their accounts, as a page asks for them once for each step."""
    return list(duties_over(place, pack).select_related("account"))


def roles_over(actor: Any, place: Place, pack: str) -> set[str]:
    """Codes of the roles that an actor holds over a place for a pack today."""
    held: set[str] = actor.roles_over(place.path, pack)
    return held


def roles_in(matter: Matter, actor: Any) -> set[str]:
    """Roles that an actor holds over a matter's place; with "owner" where the actor answers for the matter.

    Whoever stands in for the responsible person, in a duty by which that one answers for it, acts as the owner.
    """
    return roles_by(matter, actor, actor.duties_over(matter.place.path, matter.pack))


def roles_by(matter: Matter, actor: Any, duties: Iterable[Duty]) -> set[str]:
    """The same by some of the actor's duties, of which those count that reach the matter."""
    if is_concerned(matter, actor):
        return set()
    over = [duty for duty in duties if duty.covers(matter.place.path, matter.pack)]
    own = matter.owner_id == actor.pk or any(_owns_for(matter, duty) for duty in over)
    return {duty.role for duty in over} | ({OWNER} if own else set())


def _owns_for(matter: Matter, duty: Duty) -> bool:
    """Whether a duty, held over the matter's place, is its responsible person's, for whom somebody stands in."""
    if duty.delegation is None or duty.delegation.principal_id != matter.owner_id:
        return False
    roles = matter.definition.owner_roles
    return not roles or duty.role in roles


def acts_as(matter: Matter, actor: Any, roles: Iterable[str]) -> bool:
    """Whether the actor holds one of some roles (or "owner") in a matter.

    Within an action that rests on another's duty alone, the journal names whom the actor stands in for.
    """
    wanted = set(roles)
    if is_concerned(matter, actor):
        return False
    if OWNER in wanted and matter.owner_id == actor.pk:
        return True
    duties = actor.duties_over(matter.place.path, matter.pack)
    return acts_by(actor, [d for d in duties if d.role in wanted or (OWNER in wanted and _owns_for(matter, d))])


def refusal_of(matter: Matter, step: Transition, actor: Any) -> Refusal | None:
    """Why the actor may not take this step, whatever the step is given; None when the actor may.

    matter.unit_concerned; or matter.role_needed, matter.own_work or matter.same_unit, each naming who can.
    """
    code = _what_bars(matter, step, actor)
    if not code:
        return None
    if code == "matter.unit_concerned":
        return Refusal(code, field="transition", unit=str(actor.unit or "—"))
    params: dict[str, Any] = {"unit": str(actor.unit or "—")} if code == "matter.same_unit" else {}
    who = who_may(matter, step, besides=actor) or "—"
    return Refusal(code, field="transition", step=str(step.name), who=who, **params)


def may_take(matter: Matter, step: Transition, actor: Any) -> bool:
    """Whether ``refusal_of`` is None, without asking who else could."""
    return not _what_bars(matter, step, actor)


def _what_bars(matter: Matter, step: Transition, actor: Any) -> str:
    """The code of the refusal; "" for none."""
    if is_concerned(matter, actor):
        return "matter.unit_concerned"
    if not acts_as(matter, actor, step.roles):
        return "matter.role_needed"
    hands, of_units = hands_in(matter, step), unit_hands_in(matter, step)
    if not hands and not of_units:
        return ""
    stands, path = standing_of(actor), matter.place.path
    if stands.had_a_hand(hands, path, matter.pack):
        return "matter.own_work"
    return "matter.same_unit" if stands.is_of_their_units(of_units, path, matter.pack) else ""


def touched_by(actor: Any, matters: Iterable[Matter]) -> set[Matter]:
    """Those of some matters that a bar may keep from the actor: in the rest nobody whom the actor counts as had a hand.

    One query, which spares ``read_ahead`` for what was only done by others.
    """
    asked = {matter.pk: matter for matter in matters}
    stands = standing_of(actor)
    if not asked or not stands.has_unit:
        return set(asked.values())
    accounts = stands.accounts | {row.delegate_id for row in stands.acted_for}
    own, of_matter = OuterRef("pk"), Q(account__in=accounts) | Q(unit__in=stands.units)
    photos = Attachment.objects.filter(subject_kind=Matter._meta.label_lower, subject_id=own, by__in=accounts)
    hand = (
        Q(owner__in=accounts)
        | Q(unit__in=stands.units)
        | Q(split_from__isnull=False)
        | Q(Exists(Step.objects.filter(of_matter, matter=own)))
        | Q(Exists(Answered.objects.filter(of_matter, matter=own)))
        | Q(Exists(photos))
        | Q(Exists(Matter.objects.filter(duplicate_of=own)))
    )
    return {asked[pk] for pk in Matter.objects.filter(hand, pk__in=asked).values_list("pk", flat=True)}


def read_ahead(matters: Sequence[Matter]) -> None:
    """Read at once what the bars of many matters rest on, for a page that asks ``may_take`` of each.

    It serves within ``kernel.reading.reading()``; the number of queries does not grow with the matters.
    """
    if not matters:
        return
    prefetch_related_objects(matters, "split_from")
    read_absorbed(matters)
    read_concerned(matters)
    steps: dict[Matter, list[Step]] = {matter: [] for matter in matters}
    of = {matter.pk: matter for matter in matters}
    for step in Step.objects.filter(matter__in=of).order_by("id"):
        steps[of[step.matter_id]].append(step)
    remember(steps_of, steps)
    remember(photos_counted, photos_of_each(matters))
    histories = {matter: {one.pk for one in (matter, *forebears(matter))} for matter in matters}
    answered = list(Answered.objects.filter(matter__in=set().union(*histories.values())))
    remember(_all_answered, {m: [row for row in answered if row.matter_id in pks] for m, pks in histories.items()})


def barred_accounts(matter: Matter, step: Transition) -> set[Any]:
    """The accounts of ``hands_in``."""
    return {hand.account for hand in hands_in(matter, step)}


def barred_units(matter: Matter, step: Transition) -> set[Any]:
    """The units of ``unit_hands_in``."""
    return {hand.unit for hand in unit_hands_in(matter, step)}


def _hand(taken: Step) -> Hand:
    return Hand(taken.account_id, taken.unit_id, clock.local_date(taken.at))


def hands_ever_in(matter: Matter, steps: Iterable[str]) -> set[Hand]:
    """Who ever took some steps (or open) of a matter, whatever was verified since."""
    named = set(steps)
    return {_hand(taken) for taken in steps_of(matter) if taken.transition in named and taken.account_id is not None}


def hands_in(matter: Matter, step: Transition) -> set[Hand]:
    """Who took a step named in ``not_by`` this time (``steps_this_time``), and so is barred from ``step``.

    From a verifying step all are barred who had a hand in the work: also the responsible person, who corrected
    its fields, who took the photos that show it done, and who answered for it before another did.
    """
    if not step.not_by:
        return set()
    past = steps_this_time(matter)
    barred = {_hand(taken) for taken in past if taken.transition in step.not_by}
    barred |= {_hand(taken) for taken in _worked_on_forebears(matter, step, step.not_by)}
    if step.verifies:
        since = _begun_at(matter, past)
        photos = (photo for slot in matter.definition.work_slots for photo in photos_in(matter, slot))
        barred |= {_hand(taken) for taken in past if taken.transition == EDITING}
        counting = (photo for photo in photos if photo.subject_id != matter.pk or photo.created_at >= since)
        barred |= {Hand(photo.by_id, day=clock.local_date(photo.created_at)) for photo in counting}
        barred |= {Hand(answering.owner_id) for answering in (matter, *forebears(matter))}
        barred |= {Hand(answered.account_id) for answered in _answered(matter, since)}
    return {hand for hand in barred if hand.account is not None}


def unit_hands_in(matter: Matter, step: Transition) -> set[Hand]:
    """Who took a step named in ``other_unit_than`` this time (``steps_this_time``): their units are barred.

    From a verifying step the responsible unit is barred as well, also one that was it while the matter was worked on.
    """
    if not step.other_unit_than:
        return set()
    taken = [past for past in steps_this_time(matter) if past.transition in step.other_unit_than]
    taken += _worked_on_forebears(matter, step, step.other_unit_than)
    barred = {_hand(past) for past in taken}
    if step.verifies:
        answered = _answered(matter, _begun_at(matter, steps_this_time(matter)))
        barred |= {Hand(row.owner_id, row.unit_id) for row in (matter, *forebears(matter))}
        barred |= {Hand(row.account_id, row.unit_id) for row in answered}
    return {hand for hand in barred if hand.unit is not None}


def _begun_at(matter: Matter, past: list[Step]) -> dt.datetime:
    """Since when a matter runs this time, by its steps of this time."""
    return past[0].at if past else matter.created_at


def _answered(matter: Matter, since: dt.datetime) -> list[Answered]:
    """Who answered for the work this time, or ever for a matter whose history counts for it, until another did."""
    return [row for row in _all_answered(matter) if row.matter_id != matter.pk or row.until > since]


@read_once
def _all_answered(matter: Matter) -> list[Answered]:
    return list(Answered.objects.filter(matter__in=[one.pk for one in (matter, *forebears(matter))]))


def _worked_on_forebears(matter: Matter, step: Transition, named: Iterable[str]) -> list[Step]:
    """The steps that bar from ``step`` in the matters whose history counts for this one too.

    In a matter of another kind whose steps have other names, whatever moved its work on bars.
    """
    doubles = {double.pk: double for double in forebears(matter)}
    if not doubles:
        return []
    steps = Step.objects.filter(matter__in=doubles)
    return [taken for taken in steps if _bars(matter, doubles[taken.matter_id], taken, step, set(named))]


def _bars(matter: Matter, double: Matter, taken: Step, step: Transition, named: set[str]) -> bool:
    if taken.transition == EDITING:
        return step.verifies
    if double.kind == matter.kind or taken.transition == OPENING:
        return taken.transition in named
    kind = double.definition
    known = kind.transition(taken.transition)
    return known is not None and not known.verifies and kind.state(known.to).phase != CLOSED


def steps_this_time(matter: Matter) -> list[Step]:
    """Steps since the matter was opened, or last reopened after its work had been verified.

    Work that nobody confirmed goes on when the matter is reopened (split off again, or ours after all), and so do the
    bars of those who did it: else closing and reopening would be a way round them.
    """
    kind, steps = matter.definition, steps_of(matter)
    closed = {state.code for state in kind.states if state.phase == CLOSED}
    begin, confirmed = 0, False
    for at, step in enumerate(steps):
        if confirmed and step.from_state in closed and step.to_state not in closed:
            begin = at
        if step.from_state != step.to_state:
            taken = kind.transition(step.transition)
            confirmed = taken is not None and taken.verifies and taken.close_reason == "resolved"
    return steps[begin:]


def who_may(matter: Matter, step: Transition, besides: Any = None) -> str:
    """Titles of roles, each with its place, whose holders may take a step; those whom a bar stops left out.

    Where the responsible person takes it, that title comes first. The titles of roles alone when nobody holds one for
    the place; "" when nobody answers for it either.
    """
    barred, units = barred_accounts(matter, step), barred_units(matter, step) | ({concerned_unit(matter)} - {None})
    barred = barred | ({besides.pk} if besides is not None else set())
    duties = [
        duty
        for duty in _holders(matter.place, matter.pack)
        if duty.role in step.roles and duty.account_id not in barred
        if not units or (duty.account.unit_id is not None and duty.account.unit_id not in units)
    ]
    answers = OWNER in step.roles and matter.owner is not None and matter.owner.pk not in barred
    owner = [matter.owner.title] if answers and matter.owner else []
    return listed([*owner, titles_of(duties)] if duties else owner) or roles_named(step.roles)


def people_for(matter: Matter) -> QuerySet[Account]:
    """Accounts that can be made responsible for a matter: those whose duty over its place its kind accepts, but for
    people of the unit that it is about."""
    found, concerned = people_at(matter.place, matter.pack, matter.definition), concerned_unit(matter)
    return found.exclude(unit=concerned) if concerned else found


def people_at(place: Place, pack: str, kind: MatterKind) -> QuerySet[Account]:
    """Accounts that can be made responsible for a matter of a kind (of a pack) at a place."""
    holders = answering_duties(place, pack, kind).values("account_id")
    found: QuerySet[Account] = Account.objects.get_queryset().filter(pk__in=holders, is_active=True)
    return found.select_related("unit").order_by("title", "username")


def answering_duties(place: Place, pack: str, kind: MatterKind) -> QuerySet[Duty]:
    """Duties in force today that let their holders answer for a matter of a kind at a place."""
    duties = duties_over(place, pack)
    return duties.filter(role__in=kind.owner_roles) if kind.owner_roles else duties


def field_of_column(kind: MatterKind, column: str) -> str:
    """The field that a column of the ledger changes; "" for a column that shows what follows from others.

    The deadline's column changes the responsible unit's own deadline, that of the person the owner.
    """
    if column == OWNER or (kind.owner_field and column == kind.owner_field):
        return OWNER
    if column == "deadline":
        return (kind.clocks[0].own_deadline_field or "") if kind.clocks else ""
    if column in ("title", "detail"):
        return column
    return column if column in kind.fields_by_code and column not in kind.personal_codes else ""


def editable_fields(matter: Matter, actor: Any) -> set[str]:
    """What the actor may correct in a matter's present state without a step; nothing once it has ended."""
    return _editable(matter, roles_in(matter, actor))


def _editable(matter: Matter, held: set[str]) -> set[str]:
    state = matter.definition.state(matter.state)
    return set(state.editable) if matter.phase != CLOSED and held & set(state.edited_by) else set()


def changeable_columns(matter: Matter, actor: Any, held: set[str], columns: Iterable[str]) -> set[str]:
    """Those of some columns that an actor holding these roles over the matter may change now, without a step."""
    kind = matter.definition
    fields = _editable(matter, held)
    office = allows(actor, "matter.assign", path=matter.place.path, pack=matter.pack)
    if matter.phase != CLOSED and (office or kind.owner_role in held):
        fields.add(OWNER)
    return {column for column in columns if field_of_column(kind, column) in fields} if fields else set()


def acts_on_matters(actor: Any) -> bool:
    """Whether some duty of the actor lets do anything to a matter of any current kind; if not, there is no choosing."""
    if actor.grants("matter.assign"):
        return True
    kinds = all_current("matters").values()
    acting = {role for kind in kinds for step in kind.transitions for role in step.roles}
    acting |= {role for kind in kinds for state in kind.states for role in state.edited_by}
    return any(duty.role in acting for duty in duties_held(actor.pk, clock.today()))


def open_slots(matter: Matter, actor: Any) -> set[str]:
    """Photo slots open to an actor: those of the steps that the actor may take now, and the opener's own."""
    kind = matter.definition
    if matter.phase == CLOSED:
        return set()
    if getattr(actor, "is_system", False):
        return {slot.code for slot in kind.slots}
    held = roles_in(matter, actor)
    steps = [step for step in kind.transitions_from(matter.state) if held & set(step.roles)]
    slots = {evidence.slot for step in steps for evidence in step.evidence}
    if matter.state == kind.initial and (matter.opened_by_id == actor.pk or held & set(kind.opened_by)):
        slots |= {slot.code for slot in kind.slots if slot.at_opening}
    return slots
