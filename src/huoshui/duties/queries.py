"""Reading duties and roles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from huoshui.duties.models import SYSTEM_USERNAME, Account, Delegation, Duty, DutyQuerySet, Unit, duties_held
from huoshui.duties.schema import Role
from huoshui.kernel import clock
from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.kernel.reading import lasting, read_until_changed
from huoshui.kernel.wording import bracketed
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, prefixes
from huoshui.places.queries import ancestors, counties, township_names


def system_account() -> Account:
    """The account under which the product itself acts; made at first use, unable to sign in."""
    account, _ = Account.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"title": "系统", "is_active": False, "password": "!"}
    )
    return account


def roles() -> dict[str, Role]:
    """Every role of the current packs, by code."""
    return all_current("roles")


def roles_with(permission: str) -> dict[str, Role]:
    """The roles that carry a permission."""
    return {code: role for code, role in roles().items() if permission in role.permissions}


def title_of(duty: Duty) -> str:
    """The title that a duty gives, with its place (read with it); of a role that is no longer declared, its code."""
    role = roles().get(duty.role)
    return role.titled_at(duty.place.short_name) if role else duty.role


def answerable(place: Place, *, role: str, pack: str = "") -> list[Account]:
    """Who holds a role for a place today, nearest place first (the village's own before the town's)."""
    duties = (
        Duty.objects.in_force(clock.today())
        .filter(role=role, place__path__in=prefixes(place.path))
        .select_related("account", "place")
    )
    if pack:
        duties = duties.filter(Q(pack="") | Q(pack=pack))
    ordered = sorted(duties, key=lambda duty: (-len(duty.place.path), duty.account.username))
    return list(dict.fromkeys(duty.account for duty in ordered))


def who_can(permission: str, place: Place, pack: str = "") -> list[Duty]:
    """Duties in force that give a permission at a place (for a pack), nearest place first."""
    return who_can_at(permission, [place], pack)[place.pk]


def who_can_at(permission: str, places: Iterable[Place], pack: str = "") -> dict[UUID, list[Duty]]:
    """The same of several places, each by its id, with the accounts' units."""
    paths = {place.pk: place.path for place in places}
    duties = holding(permission, None, pack).filter(
        place__path__in={prefix for path in paths.values() for prefix in prefixes(path)}
    )
    rows = sorted(
        duties.select_related("account__unit", "place"),
        key=lambda duty: (-len(duty.place.path), duty.role, duty.account.username),
    )
    return {pk: [duty for duty in rows if path.startswith(duty.place.path)] for pk, path in paths.items()}


def holding(permission: str, path: str | None, pack: str | None) -> DutyQuerySet:
    """Duties in force today, of active accounts, that give a permission at ``path`` for ``pack`` (None: any)."""
    found: DutyQuerySet = Duty.objects.in_force(clock.today()).filter(
        role__in=roles_with(permission), account__is_active=True
    )
    if path:
        found = found.filter(place__path__in=prefixes(path))
    if pack:
        found = found.filter(Q(pack="") | Q(pack=pack))
    return found


def responsible_people(place: Place) -> list[Duty]:
    """Duties in force at the place itself, for its page's head."""
    return _responsible(place.pk, clock.today())


@read_until_changed
def _responsible(place: UUID, day: dt.date) -> list[Duty]:
    return list(Duty.objects.in_force(day).filter(place_id=place).select_related("account").order_by("role"))


def own_places_of(accounts: Iterable[UUID]) -> dict[UUID, set[str]]:
    """The paths of the places that each account is one of the people of: of its duties' places and all above them.

    Whoever stands in for one of a place's people is one of them too.
    """
    paths: dict[UUID, set[str]] = defaultdict(set)
    asked, day = list(accounts), clock.today()
    own = Duty.objects.in_force(day).filter(account__in=asked).values_list("account_id", "place__path")
    stood_in = (
        Delegation.objects.in_force(day).filter(delegate__in=asked).values_list("delegate_id", "duty__place__path")
    )
    for account, path in (*own, *stood_in):
        paths[account].update(prefixes(path))
    return paths


def own_places(account: UUID) -> set[str]:
    """The same for one account."""
    held = duties_held(account, clock.today())
    return {prefix for duty in held for prefix in prefixes(duty.place.path)}


def open_to(actor: Account, accounts: Iterable[Account]) -> set[UUID]:
    """Which of some accounts the actor may open, asked of all at once."""
    return _open_to(actor, frozenset(account.pk for account in accounts), clock.today())


@read_until_changed
def _open_to(actor: Account, asked: frozenset[UUID], _day: dt.date) -> set[UUID]:
    return set(Account.objects.visible_to(actor).filter(pk__in=asked).values_list("pk", flat=True))


def unit_open_to(actor: Account, unit: UUID) -> bool:
    """Whether the actor may open a unit."""
    return _unit_open_to(actor, unit, clock.today())


@read_until_changed
def _unit_open_to(actor: Account, unit: UUID, _day: dt.date) -> bool:
    return bool(Unit.objects.visible_to(actor).filter(pk=unit).exists())


@read_until_changed
def unit_with_place(unit: UUID | None) -> Unit | None:
    """A unit by its id, with its place; None for none."""
    return Unit.objects.select_related("place").defer("place__outline").filter(pk=unit).first() if unit else None


@read_until_changed
def _titles() -> dict[str, str]:
    return dict(Account.objects.get_queryset().values_list("username", "title"))


def titles_of(usernames: Iterable[str]) -> dict[str, str]:
    """The titles of those accounts that exist, by username."""
    wanted = set(usernames)
    if lasting():
        titles = _titles()
        return {username: titles[username] for username in wanted if username in titles}
    return dict(Account.objects.get_queryset().filter(username__in=wanted).values_list("username", "title"))


@read_until_changed
def _every_account() -> dict[UUID, Account]:
    return Account.objects.get_queryset().in_bulk()


@read_until_changed
def _every_unit() -> dict[UUID, Unit]:
    return Unit.objects.get_queryset().in_bulk()


def accounts_with_ids(ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts with these ids, by id: kept by the process, where a page asks; else read. Nobody may change them."""
    return _picked(ids, _every_account, Account)


def units_with_ids(ids: Iterable[UUID]) -> dict[UUID, Unit]:
    """The units with these ids, by id; as ``accounts_with_ids``."""
    return _picked(ids, _every_unit, Unit)


def units_around(place: Place) -> list[Unit]:
    """The units of the county that a place lies in (or of the place and below, above counties), each with its place."""
    county = next((up for up in (*ancestors(place), place) if up.kind in counties()), place)
    found = Unit.objects.filter(path_condition("place__path", county.path)).select_related("place")
    return list(found.order_by("place__path", "name"))


def _picked(ids: Iterable[UUID], every: Callable[[], dict[UUID, Any]], model: type[Account | Unit]) -> dict[UUID, Any]:
    wanted = set(ids)
    if not wanted:
        return {}
    if not lasting():
        return model.objects.get_queryset().in_bulk(wanted)
    known = every()
    return {pk: known[pk] for pk in wanted if pk in known}


def titles_apart(accounts: Iterable[Account]) -> dict[UUID, str]:
    """The title by which each account is told apart from the others, by its id, in the order given.

    Where titles repeat, the first of these that differs stands in brackets: town, unit, username. Wants ``unit`` and
    its place read with the accounts.
    """
    shown = list(accounts)
    by_title: dict[str, list[Account]] = defaultdict(list)
    for account in shown:
        by_title[account.title].append(account)
    repeated = [account for same in by_title.values() if len(same) > 1 for account in same]
    towns = township_names(account.unit.place for account in repeated if account.unit)
    found = {account.pk: account.title for account in shown}
    for title, same in by_title.items():
        if len(same) > 1:
            units = [account.unit for account in same]
            marks = (
                [towns[unit.place_id] if unit else "" for unit in units],
                [unit.name if unit else "" for unit in units],
                [account.username for account in same],
            )
            telling = next(mark for mark in marks if all(mark) and len(set(mark)) == len(same))
            found |= {account.pk: title + bracketed(mark) for account, mark in zip(same, telling, strict=True)}
    return found


def visible_entries(account: Account) -> QuerySet[Entry]:
    """Journal entries within the places of the account's journal.view duties.

    What belongs to no place (packs, units) concerns the whole installation and shows to every such reader; but of an
    account (its sign-ins), only to those who may see the account. Raises access.not_found without that permission.
    """
    grants = account.grants("journal.view")
    if not grants:
        raise Refusal("access.not_found")
    people = Account.objects.visible_to(account).values("pk")
    condition = Q(place_path="") & (~Q(subject_kind=Account._meta.label_lower) | Q(subject_id__in=people))
    for grant in grants:
        condition |= path_condition("place_path", grant.path)
    return Entry.objects.filter(condition)
