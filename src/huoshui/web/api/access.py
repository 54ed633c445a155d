"""People over the API: accounts from a workbook, first-login links, standing in, who can do what where and why."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from huoshui.duties.delegating import delegate, end_delegation
from huoshui.duties.first_links import withdraw_links
from huoshui.duties.models import Account, Delegation, Duty
from huoshui.duties.overview import Source, what_may, who_may, why
from huoshui.duties.people_import import PeopleImport, import_people
from huoshui.duties.terms import hand_over
from huoshui.kernel.access import PERMISSIONS, require
from huoshui.kernel.choices import named, unknown
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.places.models import Place
from huoshui.web.api.core import REFUSED, REFUSED_WRITE, ReadableRouter
from huoshui.web.api.lists import Paged, PageOut, page_of
from huoshui.web.api.writes import asked, idempotent
from huoshui.web.requests import SignedInRequest

router = ReadableRouter("people")


class DelegationOut(Schema):
    """One duty of ``principal`` that ``delegate`` stands in for, from ``since`` until ``until`` (exclusive)."""

    id: UUID
    duty: UUID
    role: str
    place: str
    pack: str
    principal: str
    delegate: str
    since: dt.date
    until: dt.date
    reason: str
    ended_at: dt.datetime | None
    version: int


class DelegationPage(PageOut):
    """A page of delegations."""

    items: list[DelegationOut]


class DelegationIn(Schema):
    """``duties``: ids of duties of one person; ``to``: a username; ``until``: the first day on which it is over."""

    duties: list[UUID]
    to: str
    since: dt.date
    until: dt.date
    reason: str = ""


class EndDelegationIn(Schema):
    """The version that was read."""

    seen_version: int | None = None


class HandOverIn(Schema):
    """Who takes over (a username), or that it stays with the unit."""

    successor: str = ""
    to_unit: bool = False


class HandedOut(Schema):
    """The duty whose matters were handed over."""

    duty: UUID


class LinksWithdrawnOut(Schema):
    """How many links were withdrawn."""

    withdrawn: int


class SourceOut(Schema):
    """One duty by which somebody acts; ``behalf``: the username of whom they stand in for, "" for their own duty."""

    account: str
    duty: UUID
    title: str
    role: str
    place: str
    pack: str
    since: dt.date
    until: dt.date | None
    behalf: str
    granted_by: str
    granted_at: dt.datetime | None
    permissions: list[str]
    withheld: list[str]


class AccessOut(Schema):
    """By which duties somebody acts."""

    sources: list[SourceOut]


class VerdictOut(Schema):
    """Whether somebody may do something somewhere; the duties that give it, or what stands in the way, and who may."""

    allowed: bool
    sources: list[SourceOut]
    reasons: list[str]
    others: str


class WhereQuery(Schema):
    """A permission at a place (its code), for a pack or for any."""

    permission: str
    place: str
    pack: str = ""


class PeopleImportOut(Schema):
    """What a file would do, or did; ``plan`` names it."""

    accounts: int
    changed: int
    unchanged: int
    written: bool
    plan: str
    problems: list[dict[str, Any]] = Field(default_factory=list)


def delegation_out(row: Delegation) -> dict[str, Any]:
    """One delegation."""
    told = {name: getattr(row, name) for name in ("since", "until", "reason", "ended_at", "version")}
    duty = row.duty
    return DelegationOut(
        id=row.pk, duty=duty.pk, role=duty.role, place=duty.place.code, pack=duty.pack,
        principal=row.principal.username, delegate=row.delegate.username, **told,
    ).model_dump(mode="json")  # fmt: skip


def source_out(row: Source) -> dict[str, Any]:
    """One source."""
    duty, standing = row.duty, row.delegation
    return SourceOut(
        account=row.account.username, duty=duty.pk, title=row.title, role=duty.role, place=duty.place.code,
        pack=duty.pack, since=standing.since if standing else duty.since, until=row.until,
        behalf=standing.principal.username if standing else "", granted_by=row.granted_by, granted_at=row.granted_at,
        permissions=list(row.permissions), withheld=list(row.withheld),
    ).model_dump(mode="json")  # fmt: skip


def _delegations(request: SignedInRequest) -> Any:
    rows = Delegation.objects.visible_to(request.user)
    return rows.select_related("duty__place", "principal", "delegate").order_by("-until", "id")


def _account(request: SignedInRequest, username: str) -> Account:
    return Account.objects.get_visible(request.user, username=username)


@router.get("/delegations", response={200: DelegationPage, **REFUSED})
def list_delegations(request: SignedInRequest, query: Query[Paged]) -> Any:
    """Those that concern the reader, or duties within the reader's places; the latest to end first."""
    return page_of(_delegations(request), query, delegation_out)


@router.post("/delegations", response={200: list[DelegationOut], **REFUSED_WRITE})
def create_delegations(request: SignedInRequest, body: DelegationIn) -> Any:
    """Let somebody stand in for the holder of some duties: of one's own, or where one grants duties."""

    def write() -> dict[str, Any]:
        duties = list(Duty.objects.visible_to(request.user).filter(pk__in=body.duties))
        if len(duties) < len(set(body.duties)):
            raise unknown("duties", str(body.duties), [duty.pk for duty in duties])
        to = named(Account.objects.get_queryset(), "to", username=body.to)
        rows = delegate(by=request.user, duties=duties, to=to, since=body.since, until=body.until, reason=body.reason)
        return {"rows": [delegation_out(row) for row in rows]}

    return idempotent(request, "create_delegations", body, write)["rows"]


@router.post("/delegations/{delegation_id}/end", response={200: DelegationOut, **REFUSED_WRITE})
def finish_delegation(request: SignedInRequest, delegation_id: UUID, body: EndDelegationIn) -> Any:
    """End one now."""
    row = Delegation.objects.get_visible(request.user, pk=delegation_id)

    def write() -> dict[str, Any]:
        ended = end_delegation(by=request.user, delegation=row, seen_version=body.seen_version)
        return delegation_out(_delegations(request).get(pk=ended.pk))

    return idempotent(request, "finish_delegation", body, write)


@router.post("/duties/{duty_id}/hand-over", response={200: HandedOut, **REFUSED_WRITE})
def hand_over_ended(request: SignedInRequest, duty_id: UUID, body: HandOverIn) -> Any:
    """Hand over what still rests on the holder of a duty whose term has ended."""
    duty = Duty.objects.get_visible(request.user, pk=duty_id)

    def write() -> dict[str, Any]:
        seen = Account.objects.visible_to(request.user)
        successor = named(seen, "successor", username=body.successor) if body.successor else None
        hand_over(by=request.user, duty=duty, successor=successor, to_unit=body.to_unit)
        return {"duty": str(duty.pk)}

    return idempotent(request, "hand_over_ended", body, write)


@router.post("/accounts/import", response={200: PeopleImportOut, **REFUSED_WRITE})
def import_accounts(
    request: SignedInRequest,
    file: File[UploadedFile],
    dry_run: Form[bool] = True,
    open_units: Form[bool] = False,
    plan: Form[str] = "",
) -> Any:
    """Open accounts and give duties from a workbook: all rows or none; the same file again changes nothing.

    ``open_units``: missing units are registered too. ``plan``: that of a trial, to write exactly what it told.
    """
    data = file.read()
    how: dict[str, Any] = {"by": request.user, "data": data, "name": file.name or "", "open_units": open_units}
    if dry_run:
        return _import_out(import_people(**how, dry_run=True))

    def write() -> dict[str, Any]:
        report = import_people(**how, agreed=plan or None)
        if report.problems:
            raise Refusal.of(report.problems)
        return _import_out(report)

    sent = {"sha256": hashlib.sha256(data).hexdigest(), "plan": plan, "open_units": open_units}
    return once(**asked(request, "accounts.import", sent), write=write)


def _import_out(report: PeopleImport) -> dict[str, Any]:
    return {
        "accounts": len(report.opened),
        "changed": len(report.trial.possible),
        "unchanged": len(report.trial.unchanged),
        "written": report.written,
        "plan": report.plan,
        "problems": [problem.as_dict() for problem in report.problems],
    }


@router.post("/accounts/{username}/first-link/withdraw", response={200: LinksWithdrawnOut, **REFUSED_WRITE})
def withdraw_first_links(request: SignedInRequest, username: str) -> Any:
    """Make the open links of an account void."""
    account = _account(request, username)

    def write() -> dict[str, Any]:
        return {"withdrawn": withdraw_links(by=request.user, account=account)}

    return idempotent(request, "withdraw_first_links", None, write)


@router.get("/access", response={200: AccessOut, **REFUSED})
def who_has(request: SignedInRequest, query: Query[WhereQuery]) -> Any:
    """Everybody who has a permission at a place, and why. Needs duty.view there."""
    place = _where(request, query)
    require(request.user, "duty.view", path=place.path)
    return {"sources": [source_out(row) for row in who_may(query.permission, place, query.pack)]}


@router.get("/access/{username}", response={200: AccessOut, **REFUSED})
def access_of(request: SignedInRequest, username: str) -> Any:
    """By which duties an account acts today, and what each lets it do."""
    return {"sources": [source_out(row) for row in what_may(_account(request, username))]}


@router.get("/access/{username}/why", response={200: VerdictOut, **REFUSED})
def why_or_why_not(request: SignedInRequest, username: str, query: Query[WhereQuery]) -> Any:
    """Whether an account has a permission at a place, and why or why not."""
    account, place = _account(request, username), _where(request, query)
    found = why(account, query.permission, place, query.pack)
    sources = [source_out(row) for row in found.sources]
    return {"allowed": found.allowed, "sources": sources, "reasons": found.reasons, "others": found.others}


def _where(request: SignedInRequest, query: WhereQuery) -> Place:
    if query.permission not in PERMISSIONS:
        raise unknown("permission", query.permission, PERMISSIONS)
    place: Place = named(Place.objects.visible_to(request.user), "place", code=query.place)
    return place
