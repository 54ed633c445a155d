"""What the actions of matters share: the locked record, its columns for the journal, deadlines, notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from huoshui.duties import by_role
from huoshui.duties.models import Account
from huoshui.kernel import clock, journal
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import MatterMoved
from huoshui.matters import clocks, values
from huoshui.matters.concerned import concerned_unit, require_other, without_concerned
from huoshui.matters.models import Answered, Matter, Merge, Step
from huoshui.matters.schema import EDITING, OWNER, MatterKind
from huoshui.notices.actions import send
from huoshui.places.queries import namesakes_towns
from huoshui.vault.crypto import masked

COLUMNS = ("state", "clock", "due_on", "extension_until", "closed_on", "close_reason", "duplicate_of")
"""What the journal keeps of every move."""
MOVING_COLUMNS = (
    "state", "phase", "unit", "owner", "verifier", "closed_on", "close_reason", "duplicate_of", "extension_until",
    *clocks.DATE_COLUMNS,
)  # fmt: skip


def locked(matter: Matter, seen_version: int | None, given: dict[str, Any]) -> Matter:
    """The matter as it stands, locked. Raises record.stale, with both versions of what was given, when it moved on.

    ``extra``: ``mine`` what the editor gave, ``theirs`` the present values of the same fields, as texts.
    """
    fresh = Matter.objects.select_for_update(of=("self",)).select_related("place", "owner").get(pk=matter.pk)
    try:
        fresh.require_version(seen_version)
    except Refusal as refusal:
        kind = fresh.definition
        own = {"title": fresh.title, "detail": fresh.detail, OWNER: text_of(fresh.owner), "unit": text_of(fresh.unit)}
        present = values.shown_all(kind, values.read(fresh)) | own
        mine = _as_given(kind, given, present)
        refusal.extra |= {
            "mine": mine,
            "theirs": {code: present.get(code, "") for code in mine},
            "state": fresh.state_name,
        }
        raise
    return fresh


def lock_joined(matter: Matter, number: Any) -> None:
    """Lock what a merge into the matter with this number writes; number None: what splitting ``matter`` off writes.

    First the parts that go over (whoever moves or reopens a part locks it before its whole), then the two matters,
    each in order of id: two that act at once never wait for each other.
    """
    undone = Merge.objects.filter(double=matter, undone_on__isnull=True).first() if matter.duplicate_of_id else None
    if number:
        both = Q(pk=matter.pk) | Q(number=str(number).strip().upper())
        _lock_in_order(Q(parent=matter))
        _lock_in_order(both)
    elif undone is not None:
        _lock_in_order(Q(pk__in=undone.parts))
        _lock_in_order(Q(pk__in=[matter.pk, undone.matter_id]))


def _lock_in_order(wanted: Q) -> None:
    """Lock some matters, in order of id."""
    list(Matter.objects.select_for_update().filter(wanted).order_by("pk").values_list("pk"))


def _as_given(kind: MatterKind, given: dict[str, Any], present: dict[str, str]) -> dict[str, str]:
    """What the editor gave, as texts: of personal values only the mask, and none that leave what is kept."""
    personal = kind.personal_codes
    texts = {code: text_of(value) for code, value in given.items()}
    left = {code for code in personal & texts.keys() if given[code] is not None and not texts[code].strip()}
    left |= {code for code in personal & texts.keys() if texts[code] == present.get(code)}
    return {code: masked(text) if code in personal else text for code, text in texts.items() if code not in left}


def moved(by: Any, matter: Matter, transition: str) -> MatterMoved:
    """What sisters are told of a matter that went through a transition ("" for its opening)."""
    doubles = matter.absorbed if transition else []  # nothing is merged into one that is only being opened
    return MatterMoved(
        by=by,
        matter_id=matter.pk,
        transition=transition,
        number=matter.number,
        source_kind=matter.source_kind,
        source_id=matter.source_id,
        state=matter.state,
        state_name=matter.definition.state(matter.state).name.model_dump(),
        phase=matter.phase,
        due_on=matter.due_on,
        closed_on=matter.closed_on,
        close_reason=matter.close_reason,
        absorbed=tuple((double.source_kind, double.source_id) for double in doubles if double.source_id is not None),
    )


def columns_of(matter: Matter) -> dict[str, Any]:
    """The COLUMNS as the journal keeps them: another matter by its number, "" for none."""
    original = matter.duplicate_of
    return journal.snapshot(matter, *COLUMNS) | {"duplicate_of": original.number if original else ""}


def text_of(value: Any) -> str:
    """A given value as text, for a comparison side by side."""
    return value.title if isinstance(value, Account) else "" if value is None else str(value)  # a unit by its name


def check_own_deadlines(matter: Matter, before: dict[str, Any], given: dict[str, Any], today: dt.date) -> None:
    """Own deadlines lie within the clock's limit, and one that has passed is not moved away.

    Raises matter.deadline_beyond_limit, matter.deadline_in_past or matter.deadline_passed.
    """
    kind = matter.definition
    for limit in kind.clocks:
        code = limit.own_deadline_field
        day = given.get(code) if code else None
        if not code or not isinstance(day, dt.date) or day == before.get(code):
            continue
        run = matter.clocks.filter(clock=limit.code).first()
        if run is None:
            continue
        label = kind.field(code).name
        old = before.get(code)
        if day > run.limit_on:
            raise Refusal("matter.deadline_beyond_limit", field=code, label=label, day=day, limit=run.limit_on)
        if isinstance(old, dt.date) and old < today < run.limit_on and day > old:
            raise Refusal("matter.deadline_passed", field=code, label=label, day=old)
        if day < today <= run.limit_on:
            raise Refusal("matter.deadline_in_past", field=code, label=label, day=day)


def check_owner(matter: Matter, owner: Account) -> None:
    """The responsible person has a duty over the matter's place, one that its kind accepts.

    Raises matter.owner_without_duty, matter.owner_role or matter.owner_concerned.
    """
    require_other(owner.unit_id, concerned_unit(matter), owner.title)
    where: dict[str, Any] = {"person": owner.title, "place": matter.place.short_name}
    held = set(by_role.duties_over(matter.place, matter.pack).filter(account=owner).values_list("role", flat=True))
    if not held:
        raise Refusal("matter.owner_without_duty", field=OWNER, **where)
    kind = matter.definition
    if kind.owner_roles and not held & set(kind.owner_roles):
        raise Refusal("matter.owner_role", field=OWNER, roles=by_role.roles_named(kind.owner_roles), **where)


def keep_former(matter: Matter) -> None:
    """Keep who answered for a matter until now, before it is saved with another person or unit.

    Whoever answered for the work never verifies it (``permits``), even if they took no step.
    """
    stored = Matter.objects.only("owner", "unit", "state").get(pk=matter.pk)
    changed = (stored.owner_id, stored.unit_id) != (matter.owner_id, matter.unit_id)
    somebody = stored.owner_id is not None or stored.unit_id is not None
    if changed and somebody and matter.definition.worked_on_in(stored.state):
        Answered.objects.create(matter=matter, account=stored.owner, unit=stored.unit, until=clock.now())


def note_hand(by: Any, matter: Matter, changed: dict[str, Any]) -> None:
    """Keep that somebody changed fields of the work without a step, if any: they are barred from verifying it."""
    if changed:
        Step.objects.create(
            matter=matter,
            transition=EDITING,
            from_state=matter.state,
            to_state=matter.state,
            account=by,
            unit=by.unit,
            at=clock.now(),
            data=values.told(matter.definition, {c: v for c, v in changed.items() if v is not None}),
        )


def recipients(matter: Matter, whom: Iterable[str]) -> list[Account]:
    """The accounts behind roles and "owner", each once; of a role the holders nearest to the place."""
    found: dict[Any, Account] = {}
    for role in whom:
        if role == OWNER:
            if matter.owner is not None:
                found[matter.owner_id] = matter.owner
            continue
        duties = by_role.duties_over(matter.place, matter.pack).filter(role=role).select_related("account", "place")
        nearest = max((len(duty.place.path) for duty in duties), default=0)
        found |= {duty.account_id: duty.account for duty in duties if len(duty.place.path) == nearest}
    return without_concerned(matter, found.values())


def tell(by: Any, matter: Matter, whom: Iterable[str], code: str, **params: Any) -> int:
    """Send a notice about a matter to all of ``whom`` but the one who acts. Returns how many got it.

    A parameter that is a label is given as ``{"zh": …, "en": …}``; each reader gets their own language.
    """
    return tell_accounts(by, matter, recipients(matter, whom), code, **params)


def tell_accounts(by: Any, matter: Matter, whom: Iterable[Account], code: str, **params: Any) -> int:
    """The same to accounts that were chosen already; each gets it once.

    Where a kind of matter keeps personal values, its title may speak of a person: no word of it leaves the product.
    """
    accounts = [account for account in dict.fromkeys(whom) if account.pk != by.pk]
    place = matter.place
    town = namesakes_towns([place]).get(place.pk, "")
    facts = {"number": matter.number, "title": matter.title, "place": place.short_name, "town": town}
    return send(
        accounts=accounts,
        code=code,
        subject=matter,
        place=place,
        params=facts | params,
        own=[account for account in accounts if account.pk == matter.owner_id],
        restricted=bool(matter.definition.personal_codes),
        by=by,
    )
