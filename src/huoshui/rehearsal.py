"""A rehearsal: a kind of matter of a draft is played through, step by step, and nothing of it stays.

The draft is published, places are opened, an account is given each role, and the steps are taken by the very actions
that take them in earnest; then the transaction is rolled back. So what is played touches no figure, no ledger, no
journal and nobody's notices, and what it shows is what will happen. Each move is played again from the beginning.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huoshui.duties.accounts import open_account
from huoshui.duties.actions import grant_duty, open_unit
from huoshui.duties.models import Account, Unit
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.actions.timer import climb_ladder
from huoshui.matters.models import Matter
from huoshui.matters.permits import refusal_of
from huoshui.matters.schema import OPENING, OWNER, MatterKind, Transition
from huoshui.media.models import Attachment, Blob
from huoshui.notices.models import Notice
from huoshui.packs.drafting import publish_draft
from huoshui.packs.models import PackDraft
from huoshui.packs.queries import all_current, current_definition
from huoshui.packs.schema import FieldDef
from huoshui.places.actions import open_place
from huoshui.places.models import Place
from huoshui.places.schema import FREE_CODE, PlaceKind

WAIT = "wait"
"""Stands among steps for days that pass."""
COUNTY_AND_ABOVE = ("county", "city", "province")
NEED_ANOTHER = ("duplicate", "split")
"""Ends that take or make other matters; a rehearsal has one."""
MOST_MOVES = 40
MOST_DAYS = 400
CODES = ("SHIYONG", "SHIYONG-2", "999999999999", "999999999998", "999999999", "999999", "9999", "99")
"""Codes for the place, of which the first that fits the pattern of its kind and is free is taken."""


@dataclass(frozen=True)
class Move:
    """One move: a role takes a step (``open`` first of all), or days pass (step ``wait``, with ``days``)."""

    role: str
    step: str
    days: int = 0


@dataclass(frozen=True)
class Choice:
    """A step that could be next, and who of the roles may take it; of the others why not."""

    step: Transition
    roles: tuple[str, ...]
    barred: tuple[tuple[str, str], ...]
    """Roles of the step whose holder here may not take it, with the reason."""


@dataclass
class Played:
    """Where the matter stands after the moves."""

    kind: MatterKind
    openers: list[str]
    """Roles that may open one."""
    matter: Matter | None = None
    today: dt.date | None = None
    state: str = ""
    """Name of its state."""
    light: str = ""
    choices: list[Choice] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    """Whom notices went to, by title, with what they say."""
    stopped_at: int | None = None
    """The move that was refused, counted from 0, and why."""
    refusal: Refusal | None = None


@contextmanager
def _nothing_stays() -> Iterator[None]:
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def rehearse(*, by: Any, draft: PackDraft, kind: str, moves: Sequence[Move]) -> Played:
    """Play the moves with a kind of matter of a draft, by its code.

    Raises access.denied, access.not_found (no such kind), value.too_many above ``MOST_MOVES``, or what publishing the
    draft raises (PackRefused). A move that is refused ends the play; ``refusal`` says why.
    """
    require(by, "pack.load")
    if len(moves) > MOST_MOVES or sum(move.days for move in moves) > MOST_DAYS:
        raise Refusal("rehearsal.too_long", moves=MOST_MOVES, days=MOST_DAYS)
    with _nothing_stays():
        publish_draft(by=by, draft=draft, seen_version=draft.version)
        try:
            _version, definition = current_definition("matters", f"{draft.pack}.{kind}")
        except KeyError:
            raise Refusal("access.not_found") from None
        stage = _Stage(f"{draft.pack}.{kind}", definition)
        return stage.play(moves)


class _Stage:
    """The place and the people of one rehearsal."""

    def __init__(self, qualified: str, kind: MatterKind) -> None:
        self.qualified, self.kind = qualified, kind
        self.place = _open_place(kind)
        hired = ((role, _hire(role, self.place)) for role in _roles_of(kind))
        self.accounts = {role: account for role, account in hired if account is not None}
        self.began = clock.now()

    def play(self, moves: Sequence[Move]) -> Played:
        """Take the moves one after another, each on its day; stop at the first that is refused."""
        played = Played(self.kind, [role for role in self.kind.opened_by if role in self.accounts])
        days = 0
        for at, move in enumerate(moves):
            days += move.days
            with clock.set_to(self.began + dt.timedelta(days=days, minutes=at)):
                try:
                    with transaction.atomic():
                        played.matter = self._take(move, played.matter)
                except Refusal as refusal:
                    played.stopped_at, played.refusal = at, refusal
                    break
        with clock.set_to(self.began + dt.timedelta(days=days, minutes=len(moves))):
            self._look(played)
        return played

    def _take(self, move: Move, matter: Matter | None) -> Matter | None:
        if move.step == WAIT:
            if matter is not None and not matter.is_closed:
                climb_ladder(by=system_account(), matter=matter, today=clock.today())
                matter.refresh_from_db()
            return matter
        who = self._who(move.role, matter)
        if move.step == OPENING and matter is None:
            values = {one.code: self._value(one, who) for one in self.kind.fields if one.required and not one.personal}
            return open_matter(by=who, kind=self.qualified, place=self.place, title=_("试用事项"), values=values)
        step = next((one for one in self.kind.transitions if one.code == move.step), None)
        if matter is None or step is None:
            raise Refusal("access.not_found")
        for asked in step.evidence:
            if asked.minimum:
                _photographed(matter, asked.slot, asked.minimum, who)
        needed = [self.kind.field(code) for code in step.required_fields]
        values = {one.code: self._value(one, who, matter) for one in needed}
        return advance(by=who, matter=matter, transition=step.code, values=values, note=_("试用"))

    def _who(self, role: str, matter: Matter | None) -> Account:
        owner: Account | None = matter.owner if matter is not None and role == OWNER else None
        who = owner or self.accounts.get(role)
        if who is None:
            raise Refusal("access.not_found")
        return who

    def _value(self, one: FieldDef, who: Account, matter: Matter | None = None) -> Any:
        """Something that fits a field: what has to be filled in is filled in by the rehearsal."""
        if one.type == "account":
            fitting = [self.accounts[role] for role in self.kind.owner_roles if role in self.accounts]
            return (fitting[0] if fitting else who).username
        if one.type == "office":
            return str(self._unit_below().pk)
        if one.type == "date":
            due = matter.due_on if matter is not None else None
            return min(clock.today() + dt.timedelta(days=1), due or dt.date.max)
        if one.type == "choice":
            return one.choices[0].code
        least = one.minimum if one.minimum is not None else 1
        values: dict[str, Any] = {"yes_no": True, "integer": least, "decimal": str(least), "money": str(max(least, 1))}
        return values.get(one.type, _("试用"))

    def _unit_below(self) -> Unit:
        """A unit at a place within the one that is played at: a complaint about it is registered above it."""
        kinds: dict[str, PlaceKind] = all_current("place_kinds")
        below = next((code for code, kind in kinds.items() if self.place.kind in kind.parents), None)
        place = (_opened(kinds[below], self.place) if below else None) or self.place
        return open_unit(by=system_account(), place=place, name=_("试用：另一个单位"))

    def _look(self, played: Played) -> None:
        """What there is to see once the moves are made."""
        played.today = clock.today()
        titles = {account.pk: account.title for account in self.accounts.values()}
        matter = played.matter
        if matter is None:
            return
        notices = Notice.objects.filter(subject_id=matter.pk).select_related("account").order_by("created_at", "id")
        told = ((titles.get(notice.account_id, notice.account.title), notice.text) for notice in notices)
        played.told = list(dict.fromkeys(told))
        matter.refresh_from_db()
        played.state, played.light = str(matter.state_name), matter.light()
        played.choices = [self._choice(matter, step) for step in matter.definition.transitions_from(matter.state)]

    def _choice(self, matter: Matter, step: Transition) -> Choice:
        if step.close_reason in NEED_ANOTHER:
            return Choice(step, (), tuple((role, _("试用里只有一件事项，这一步办不了")) for role in step.roles))
        roles, barred = [], []
        for role in step.roles:
            who = matter.owner if role == OWNER else self.accounts.get(role)
            refusal = refusal_of(matter, step, who) if who is not None else None
            if who is not None and refusal is None:
                roles.append(role)
            else:
                nobody = _("这里没有人担任这个角色")
                barred.append((role, refusal.problems[0].message() if refusal else nobody))
        return Choice(step, tuple(dict.fromkeys(roles)), tuple(barred))


def _roles_of(kind: MatterKind) -> list[str]:
    """Every role that has a part in the workflow."""
    named = [*kind.opened_by, *([kind.owner_role] if kind.owner_role else []), *kind.owner_roles]
    named += [role for step in kind.transitions for role in (*step.roles, *step.notify)]
    named += [role for rung in kind.ladder for role in rung.notify]
    known = all_current("roles")
    return [role for role in dict.fromkeys(named) if role != OWNER and role in known]


def _open_place(kind: MatterKind) -> Place:
    """A place of a kind that the matter may be opened at."""
    kinds: dict[str, PlaceKind] = all_current("place_kinds")
    for code in kind.place_kinds or ("village", *kinds):
        place = _fresh(kinds, code, ())
        if place is not None:
            return place
    raise Refusal("rehearsal.no_place")


def _fresh(kinds: dict[str, PlaceKind], code: str, below: tuple[str, ...]) -> Place | None:
    """A new place of a kind, with new ones above it up to the county, so that nobody in earnest has a duty there."""
    kind = kinds.get(code)
    if kind is None or code in below:
        return None
    if kind.level in COUNTY_AND_ABOVE or not kind.parents:
        return Place.objects.filter(kind=code, closed_on__isnull=True).order_by("path").first()
    for parent in kind.parents:
        above = _fresh(kinds, parent, (*below, code))
        place = _opened(kind, above) if above is not None else None
        if place is not None:
            return place
    return None


def _opened(kind: PlaceKind, parent: Place) -> Place | None:
    """A place of a kind below another; None where none of our codes fits it."""
    number = next((one for one in CODES if _fits(kind, one)), "")
    if not number:
        return None
    return open_place(by=system_account(), kind=kind.code, code=number, name=_("试用地点"), parent=parent)


def _fits(kind: PlaceKind, code: str) -> bool:
    return bool(re.fullmatch(kind.code_pattern or FREE_CODE, code)) and not Place.objects.filter(code=code).exists()


def _hire(role: str, place: Place) -> Account | None:
    """An account in a unit of its own with a role for the place, or for the nearest above that it can be held for."""
    by, definition = system_account(), all_current("roles")[role]
    above: Place | None = place
    while above is not None and definition.place_kinds and above.kind not in definition.place_kinds:
        above = above.parent
    if above is None:
        return None
    unit = open_unit(by=by, place=place, name=_("试用：%(role)s") % {"role": definition.name})
    account = open_account(by=by, username=f"shiyong.{role}", title=str(definition.name), unit=unit)
    grant_duty(by=by, account=account, role=role, place=above)
    return account


def _photographed(matter: Matter, slot: str, count: int, who: Account) -> None:
    """Rows of photos, as many as a step asks for; no file is written, for nobody is going to look at it."""
    for _number in range(count):
        blob = Blob.objects.create(sha256=hashlib.sha256(new_id().bytes).hexdigest(), size=1)
        Attachment.objects.create(
            blob=blob,
            subject_kind=matter._meta.label_lower,
            subject_id=matter.pk,
            slot=slot,
            place=matter.place,
            by=who,
        )
