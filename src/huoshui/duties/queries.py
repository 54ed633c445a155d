"""Reading duties and roles."""

from __future__ import annotations

from django.db.models import Q

from huoshui.duties.models import SYSTEM_USERNAME, Account, Duty
from huoshui.duties.schema import Role
from huoshui.kernel import clock
from huoshui.packs.queries import all_current
from huoshui.places.models import Place, prefixes


def system_account() -> Account:
    """The account under which the product itself acts; made at first use, unable to sign in."""
    account, made = Account.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"title": "系统", "is_active": False, "password": "!"}
    )
    return account


def roles() -> dict[str, Role]:
    """Every role of the current packs, by code."""
    return all_current("roles")


def roles_with(permission: str) -> dict[str, Role]:
    """The roles that carry a permission."""
    return {code: role for code, role in roles().items() if permission in role.permissions}


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


def responsible_people(place: Place) -> list[Duty]:
    """Duties in force at the place itself, for its page's head."""
    return list(Duty.objects.in_force(clock.today()).filter(place=place).select_related("account").order_by("role"))
