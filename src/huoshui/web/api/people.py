"""Units, accounts and duties over the API.

Passwords and second steps are set by people in a signed-in session: a token never opens the way into an account.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Schema

from huoshui.duties import actions
from huoshui.duties.models import Account, Duty, Unit
from huoshui.kernel import clock
from huoshui.kernel.choices import require_known
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("people")


class UnitOut(Schema):
    """An office or committee, and the code of the place that it is at."""

    id: UUID
    name: str
    place: str


class UnitIn(Schema):
    """A unit to open, at a place by its code."""

    name: str
    place: str


class UnitPage(PageOut):
    """A page of units."""

    items: list[UnitOut]


class AccountOut(Schema):
    """An account, by its username; ``unit`` is the id of its unit."""

    username: str
    title: str
    unit: UUID | None
    unit_name: str
    is_active: bool
    version: int


class AccountIn(Schema):
    """An account to open in a unit. Nobody can sign in with it before somebody gave it a password on its page."""

    username: str
    title: str
    unit: UUID


class AccountPage(PageOut):
    """A page of accounts."""

    items: list[AccountOut]


class AccountQuery(Paged):
    """Filters of accounts: the id of a unit."""

    unit: UUID | None = None


class SeenIn(Schema):
    """The version that was read."""

    seen_version: int


class UnlockedOut(Schema):
    """How many failed sign-ins were forgotten."""

    username: str
    forgotten: int


class DutyRow(Schema):
    """A duty."""

    id: UUID
    account: str
    title: str
    role: str
    place: str
    pack: str
    since: dt.date
    until: dt.date | None
    version: int


class DutyQuery(Paged):
    """Filters of duties."""

    role: str = ""


class DutyPage(PageOut):
    """A page of duties."""

    items: list[DutyRow]


class DutyIn(Schema):
    """A duty to give; ``pack`` "": every pack. ``since`` null: from today; ``until`` null: without end."""

    account: str
    role: str
    place: str
    pack: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class DutyEndIn(Schema):
    """When a duty ends (null: today), and to whom what rests on its holder goes: a username, or the unit alone."""

    until: dt.date | None = None
    successor: str = ""
    to_unit: bool = False
    seen_version: int


def unit_out(unit: Unit) -> dict[str, Any]:
    """A unit as JSON."""
    return UnitOut(id=unit.pk, name=unit.name, place=unit.place.code).model_dump(mode="json")


def account_out(account: Account) -> dict[str, Any]:
    """An account as JSON."""
    told = {name: getattr(account, name) for name in ("username", "title", "is_active", "version")}
    unit = account.unit
    return AccountOut(unit=unit.pk if unit else None, unit_name=unit.name if unit else "", **told).model_dump(
        mode="json"
    )


def duty_out(duty: Duty) -> dict[str, Any]:
    """A duty as JSON."""
    told = {name: getattr(duty, name) for name in ("role", "pack", "since", "until", "version")}
    account, place = duty.account, duty.place
    row = DutyRow(id=duty.pk, account=account.username, title=account.title, place=place.code, **told)
    return row.model_dump(mode="json")


def _account(request: SignedInRequest, username: str) -> Account:
    return Account.objects.get_visible(request.user, username=username)


@router.get("/units", response={200: UnitPage, **REFUSED})
def list_units(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Visible units, in the order of their places."""
    found = Unit.objects.visible_to(request.user).select_related("place").order_by("place__path", "name", "id")
    return page_of(found, query, unit_out)


@router.post("/units", response={200: UnitOut, **REFUSED_WRITE})
def open_unit(request: SignedInRequest, body: UnitIn) -> Any:
    """Open a unit at a place."""

    def write() -> dict[str, Any]:
        place = Place.objects.get_visible(request.user, code=body.place)
        return unit_out(actions.open_unit(by=request.user, place=place, name=body.name))

    return idempotent(request, "duties.open_unit", body, write)


@router.get("/accounts", response={200: AccountPage, **REFUSED})
def list_accounts(request: SignedInRequest, query: Query[AccountQuery]) -> Any:
    """Visible accounts, closed ones too, by username."""
    found = Account.objects.visible_to(request.user).select_related("unit").order_by("username")
    return page_of(found.filter(unit=query.unit) if query.unit else found, query, account_out)


@router.post("/accounts", response={200: AccountOut, **REFUSED_WRITE})
def open_account(request: SignedInRequest, body: AccountIn) -> Any:
    """Open an account, without a password."""

    def write() -> dict[str, Any]:
        unit = Unit.objects.get_visible(request.user, pk=body.unit)
        opened = actions.open_account(by=request.user, username=body.username, title=body.title, unit=unit)
        return account_out(opened)

    return idempotent(request, "duties.open_account", body, write)


@router.get("/accounts/{username}", response={200: AccountOut, **REFUSED})
def get_account(request: SignedInRequest, username: str) -> Any:
    """One visible account."""
    return account_out(_account(request, username))


@router.post("/accounts/{username}/deactivate", response={200: AccountOut, **REFUSED_WRITE})
def deactivate_account(request: SignedInRequest, username: str, body: SeenIn) -> Any:
    """Shut an account out; its duties stay."""
    account = _account(request, username)

    def write() -> dict[str, Any]:
        return account_out(actions.deactivate_account(by=request.user, account=account, seen_version=body.seen_version))

    return idempotent(request, "duties.deactivate_account", body, write)


@router.post("/accounts/{username}/reactivate", response={200: AccountOut, **REFUSED_WRITE})
def reactivate_account(request: SignedInRequest, username: str, body: SeenIn) -> Any:
    """Let an account in again."""
    account = _account(request, username)

    def write() -> dict[str, Any]:
        return account_out(actions.reactivate_account(by=request.user, account=account, seen_version=body.seen_version))

    return idempotent(request, "duties.reactivate_account", body, write)


@router.post("/accounts/{username}/unlock", response={200: UnlockedOut, **REFUSED_WRITE})
def unlock_account(request: SignedInRequest, username: str) -> Any:
    """Lift the lock after failed sign-ins."""
    account = _account(request, username)

    def write() -> dict[str, Any]:
        return {"username": username, "forgotten": actions.unlock_account(by=request.user, account=account)}

    return idempotent(request, "duties.unlock_account", None, write)


@router.get("/duties", response={200: DutyPage, **REFUSED})
def list_duties(request: SignedInRequest, query: Query[DutyQuery]) -> Any:
    """Visible duties in force today."""
    rows = Duty.objects.visible_to(request.user).in_force(clock.today()).select_related("account", "place")
    require_known(rows, "role", query.role, all_current("roles"))
    rows = rows.filter(role=query.role) if query.role else rows
    return page_of(rows.order_by("place__path", "role", "id"), query, duty_out)


@router.post("/duties", response={200: DutyRow, **REFUSED_WRITE})
def grant_duty(request: SignedInRequest, body: DutyIn) -> Any:
    """Give somebody a duty."""

    def write() -> dict[str, Any]:
        account = _account(request, body.account)
        place = Place.objects.get_visible(request.user, code=body.place)
        given = body.model_dump(exclude={"account", "place"})
        return duty_out(actions.grant_duty(by=request.user, account=account, place=place, **given))

    return idempotent(request, "duties.grant", body, write)


@router.post("/duties/{duty_id}/end", response={200: DutyRow, **REFUSED_WRITE})
def end_duty(request: SignedInRequest, duty_id: UUID, body: DutyEndIn) -> Any:
    """End a duty; what rests on its holder goes to the successor."""
    duty = Duty.objects.get_visible(request.user, pk=duty_id)

    def write() -> dict[str, Any]:
        successor = _account(request, body.successor) if body.successor else None
        given = body.model_dump(exclude={"successor"})
        ended = actions.end_duty(by=request.user, duty=duty, successor=successor, **given)
        return duty_out(ended)

    return idempotent(request, "duties.end", body, write)
