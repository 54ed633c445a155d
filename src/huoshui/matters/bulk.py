"""One thing done to many matters: what can be offered for those chosen, and each matter's own action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.trials import MOST_AT_ONCE, Told
from huoshui.matters import actions, permits, values
from huoshui.matters.models import Matter
from huoshui.matters.queries.filtering import LedgerFilter
from huoshui.matters.queries.ledger import ledger
from huoshui.matters.schema import OWNER, MatterKind, Transition
from huoshui.matters.telling import told
from huoshui.packs.schema import FieldDef

ASSIGN, EARLIER, EDIT, STEP = "assign", "earlier", "edit", "step"
DEADLINE = "deadline"
"""The column of the ledger behind which a kind's own deadline stands."""
TEXTS = ("title", "detail")
ONE_BY_ONE = ("duplicate", "split")
"""Endings that name other matters, for each its own."""


@dataclass(frozen=True)
class Wish:
    """What is to be done: ASSIGN, EARLIER, EDIT of the field ``what``, or the STEP ``what``.

    ``values`` are those of the step's or the edited fields; of ASSIGN ``owner`` (a username), of EARLIER ``deadline``.
    An empty one leaves what stands.
    """

    do: str
    what: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class MatterRow:
    """One matter under a wish, as it was seen in ``version`` (None: as it stands)."""

    by: Any
    number: str
    matter: Matter | None
    version: int | None
    wish: Wish

    @property
    def key(self) -> str:
        return self.number

    def told(self) -> Told:
        return told(self.matter) if self.matter else {}

    def act(self) -> None:
        """Raises access.not_found for a number that the actor does not see, bulk.*, and what the actions raise."""
        if self.matter is None:
            raise Refusal("access.not_found", field="number")
        wish, seen = self.wish, self.version
        if wish.do == ASSIGN:
            owner = _person(self.by, self.matter, str(wish.values.get(OWNER) or ""))
            actions.assign(by=self.by, matter=self.matter, owner=owner, seen_version=seen)
        elif wish.do == STEP:
            given = {code: value for code, value in wish.values.items() if value not in (None, "")}
            actions.advance(
                by=self.by, matter=self.matter, transition=wish.what, values=given, note=wish.note, seen_version=seen
            )
        else:
            self._edit(self.matter)

    def _edit(self, matter: Matter) -> None:
        asked = DEADLINE if self.wish.do == EARLIER else self.wish.what
        code = permits.field_of_column(matter.definition, DEADLINE) if self.wish.do == EARLIER else asked
        known = next((known for known in matter.definition.fields if known.code == code), None)
        value = self.wish.values.get(asked)
        if known is None:
            raise Refusal("bulk.no_field", field=asked, number=matter.number, kind=matter.kind_name)
        if value in (None, ""):
            raise Refusal("value.required", field=asked, label=known.name)
        if self.wish.do == EARLIER:
            _require_earlier(matter, known, value)
        actions.edit_fields(by=self.by, matter=matter, values={code: value}, seen_version=self.version)


def _require_earlier(matter: Matter, known: FieldDef, value: Any) -> None:
    """A deadline set for many at once never gives one of them more time than it has."""
    day = values.clean([known], {known.code: value}, partial=True)[known.code]
    if matter.due_on is not None and day > matter.due_on:
        raise Refusal("bulk.not_earlier", field=known.code, label=known.name, day=day, present=matter.due_on)


def _person(by: Any, matter: Matter, username: str) -> Account:
    """Whoever can answer for the matter, or whom the actor may see: of these the action says why not."""
    known = permits.people_for(matter) | Account.objects.visible_to(by).select_related("unit")
    person: Account | None = known.filter(username=username).first()
    if person is None:
        code = "matter.person_unknown" if username else "value.required"
        raise Refusal(code, field=OWNER, label=_("责任人"), value=username)
    return person


def rows_for(by: Any, seen: dict[str, int | None], wish: Wish) -> list[MatterRow]:
    """The matters with these numbers under a wish, each with the version that was seen, in the order of numbers.

    Raises bulk.none or bulk.too_many.
    """
    require_bounded(len(seen))
    found = {matter.number: matter for matter in _visible(by).filter(number__in=seen)}
    return [MatterRow(by, number, found.get(number), version, wish) for number, version in sorted(seen.items())]


def require_bounded(count: int) -> None:
    """Raise bulk.none or bulk.too_many."""
    if not count:
        raise Refusal("bulk.none")
    if count > MOST_AT_ONCE:
        raise Refusal("bulk.too_many", count=count, limit=MOST_AT_ONCE)


def matching(actor: Actor, filters: LedgerFilter) -> list[Matter]:
    """All matters that pass a filter. Raises bulk.none, bulk.too_many, and what ``ledger`` raises."""
    found = ledger(actor, filters, "number")
    require_bounded(found.count())
    return list(found)


def chosen(actor: Actor, numbers: Iterable[str]) -> list[Matter]:
    """The visible matters with these numbers. Raises bulk.none or bulk.too_many."""
    found = list(_visible(actor).filter(number__in=set(numbers)).order_by("number"))
    require_bounded(len(found))
    return found


def _visible(actor: Actor) -> QuerySet[Matter]:
    visible: QuerySet[Matter] = Matter.objects.visible_to(actor)
    return visible.select_related("place", "unit", "owner").defer("place__outline")


@dataclass
class Offer:
    """Something that can be done to some of the chosen matters, with what it asks for."""

    do: str
    what: str
    name: str
    fields: list[FieldDef] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    asks_note: bool = False
    note_required: bool = False
    count: int = 0
    """How many of the matters stand where it can be done, by a role that the actor holds; a trial says the rest."""

    @property
    def code(self) -> str:
        """How it is asked for."""
        return f"{self.do}:{self.what}" if self.what else self.do


def offers(actor: Any, matters: Sequence[Matter]) -> list[Offer]:
    """What the actor's roles let be done to any of the matters: steps first, those for most matters before others."""
    found: dict[str, Offer] = {}
    for matter in matters:
        held = permits.roles_in(matter, actor)
        for offer in _offers_of(matter, actor, held):
            found.setdefault(offer.code, offer).count += 1
    order = (STEP, ASSIGN, EARLIER, EDIT)
    return sorted(found.values(), key=lambda offer: (order.index(offer.do), -offer.count))


def _offers_of(matter: Matter, actor: Any, held: set[str]) -> Iterable[Offer]:
    kind = matter.definition
    for step in kind.transitions_from(matter.state):
        if held & set(step.roles) and step.close_reason not in ONE_BY_ONE:
            yield _step_offer(kind, step)
    if permits.changeable_columns(matter, actor, held, [OWNER]):
        yield Offer(ASSIGN, "", _("指定责任人"))
    state = kind.state(matter.state)
    own = permits.field_of_column(kind, DEADLINE)
    for code in state.editable if held & set(state.edited_by) else ():
        if code == own:
            definition = kind.field(code).model_copy(update={"code": DEADLINE})
            yield Offer(EARLIER, "", _("提前时限"), [definition], [DEADLINE])
        elif code not in (*TEXTS, kind.owner_field) and code not in kind.personal_codes:
            name = _("改“%(field)s”") % {"field": kind.field(code).name}
            yield Offer(EDIT, code, name, [kind.field(code)], [code])


def _step_offer(kind: MatterKind, step: Transition) -> Offer:
    codes = [code for code in step.editable_fields if code not in kind.personal_codes]
    return Offer(
        STEP,
        step.code,
        str(step.name),
        [kind.field(code) for code in codes],
        list(step.required_fields),
        asks_note=True,
        note_required=step.note_required,
    )


def people_for_all(matters: Sequence[Matter]) -> list[Account]:
    """Accounts that can answer for any of the matters: those of each place once."""
    places = {(matter.place_id, matter.kind, matter.pack_version_id): matter for matter in matters}
    found = {person.pk: person for matter in places.values() for person in permits.people_for(matter)}
    return sorted(found.values(), key=lambda person: (person.title, person.username))
