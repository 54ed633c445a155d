"""Who: accounts, the units they belong to, and duties, the one source of permissions."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest

from huoshui.kernel import clock
from huoshui.kernel.access import UNDELEGABLE, Actor, Grant, Scope, Scoped, ScopedQuerySet
from huoshui.kernel.models import Record
from huoshui.kernel.reading import read_until_changed
from huoshui.places.models import Place

SYSTEM_USERNAME = "system"


class Unit(Scoped, Record):
    """An office or committee that people belong to; a verifier must come from another unit than the rectifier."""

    scope: ClassVar[Scope] = Scope(permission="duty.view", path="place__path")

    name = models.CharField(max_length=120)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="units")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "name"], name="unit_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["name", "id"], name="unit_name")]

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(ScopedQuerySet["Account"]):
    """Accounts of the units that a duty covers; everybody sees themselves."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(pk=actor.pk)


class AccountManager(BaseUserManager["Account"]):
    """Manager that signs in by username; scoped reads through AccountQuerySet."""

    def get_queryset(self) -> AccountQuerySet:
        return AccountQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> AccountQuerySet:
        return self.get_queryset().visible_to(actor)

    def get_visible(self, actor: Actor, **lookup: Any) -> Account:
        return self.get_queryset().get_visible(actor, **lookup)


class Account(AbstractBaseUser, Scoped, Record):
    """Someone who signs in. Shown by ``title`` (a role title), not by a personal name."""

    scope: ClassVar[Scope] = Scope(permission="duty.view", path="unit__place__path")

    username = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="accounts")
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar = AccountManager()  # type: ignore[assignment]  # signs in by username too

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["title", "id"], name="account_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """How the journal names who acted."""
        return f"{self.title}（{self.username}）"

    @property
    def is_system(self) -> bool:
        """The product itself (timer, installation); nobody can sign in as it."""
        return self.username == SYSTEM_USERNAME

    def grants(self, permission: str) -> list[Grant]:
        """This account's grants of a permission today. Read once per request and kept on the instance."""
        if self.is_system:
            return [Grant(permission, "/", None, "system", self.pk)]
        day = clock.today()
        kept: tuple[dt.date, dict[str, list[Grant]]] | None = self.__dict__.get("_grants")
        if kept is None or kept[0] != day:
            kept = (day, self._read_grants(day))
            self.__dict__["_grants"] = kept
        return kept[1].get(permission, [])

    def _read_grants(self, day: dt.date) -> dict[str, list[Grant]]:
        by_permission: dict[str, list[Grant]] = {}
        for duty in duties_held(self.pk, day):
            behalf = duty.delegation.principal.label if duty.delegation else ""
            for permission in permissions_of(duty):
                grant = Grant(permission, duty.place.path, duty.pack or None, duty.role, duty.pk, behalf)
                by_permission.setdefault(permission, []).append(grant)
        return by_permission

    def duties_over(self, path: str, pack: str) -> list[Duty]:
        """The duties that this account holds over ``path`` for ``pack`` today, those of whom it stands in for too."""
        return [duty for duty in duties_held(self.pk, clock.today()) if duty.covers(path, pack)]

    def roles_over(self, path: str, pack: str) -> set[str]:
        """Codes of the roles that this account holds over ``path`` for ``pack`` today."""
        return {duty.role for duty in self.duties_over(path, pack)}


class DutyQuerySet(ScopedQuerySet["Duty"]):
    """Duties within the places that a duty covers; everybody sees their own."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(account_id=actor.pk)

    def in_force(self, day: dt.date) -> DutyQuerySet:
        """Duties that hold on a day."""
        return self.filter(Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day))

    def overlapping(self, since: dt.date, until: dt.date | None) -> DutyQuerySet:
        """Duties that hold on any day from ``since`` until ``until`` (exclusive; None: without end)."""
        lasting = self.filter(
            Q(until__isnull=True) | Q(until__gt=Greatest("since", models.Value(since, models.DateField())))
        )
        return lasting.filter(since__lt=until) if until else lasting


class Duty(Scoped, Record):
    """An account holds a role for a place and a pack ("" : every pack) from ``since`` until ``until`` (exclusive).

    A duty that ends on the day it begins was withdrawn before it held.
    """

    scope: ClassVar[Scope] = Scope(permission="duty.view", path="place__path", pack="pack")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="duties")
    role = models.CharField(max_length=40, db_index=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="duties")
    pack = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    end_seen_on = models.DateField(null=True)
    """When the timer saw that its term had ended, and asked for what rests on it."""

    objects: ClassVar = DutyQuerySet.as_manager()
    delegation: Delegation | None = None
    """Set by ``duties_held`` where the duty is another's, for whom somebody stands in."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "since"], name="duty_account"),
            models.Index(fields=["until"], name="duty_end_unseen", condition=Q(end_seen_on__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="duty_ends_not_before_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.role}"

    def covers(self, path: str, pack: str) -> bool:
        """Whether it reaches ``path`` for ``pack``; place read with it."""
        return path.startswith(self.place.path) and self.pack in ("", pack)


class DelegationQuerySet(ScopedQuerySet["Delegation"]):
    """Delegations within the places that a duty covers; both of whom it concerns see theirs."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(delegate_id=actor.pk) | Q(principal_id=actor.pk)

    def in_force(self, day: dt.date) -> DelegationQuerySet:
        """Those that hold on a day: within their term, within the duty's, and while the principal's account is open."""
        duty_runs = Q(duty__until__isnull=True) | Q(duty__until__gt=day)
        within = self.filter(duty_runs, since__lte=day, until__gt=day, duty__since__lte=day)
        return within.filter(ended_at__isnull=True, principal__is_active=True)

    def to_come(self, day: dt.date) -> DelegationQuerySet:
        """Those that have not ended on a day, with or without their duty: those that begin later too."""
        return self.filter(ended_at__isnull=True, until__gt=day).exclude(duty__until__lte=day)

    def overlapping(self, since: dt.date, until: dt.date) -> DelegationQuerySet:
        """Those that hold on any day from ``since`` until ``until`` (exclusive)."""
        return self.filter(ended_at__isnull=True, since__lt=until, until__gt=since)


class Delegation(Scoped, Record):
    """``delegate`` stands in for ``principal`` in one duty, from ``since`` until ``until`` (exclusive).

    It never gives more than the duty gives its holder on that day, and is not passed on: a delegation hangs on a duty,
    and the delegate has none. One that was ended early (``ended_at``) lets nothing be done from that moment on, but
    what was done until the end of that day still counts as the principal's.
    """

    scope: ClassVar[Scope] = Scope(permission="duty.view", path="duty__place__path", pack="duty__pack")

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="delegations")
    principal = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations_given")
    """The duty's holder, kept beside it: the bars ask for it on every step."""
    delegate = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations_taken")
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_told_on = models.DateField(null=True)
    """When both were told that it had ended."""

    objects: ClassVar = DelegationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["delegate", "until"], name="delegation_delegate"),
            models.Index(fields=["principal", "until"], name="delegation_principal"),
            models.Index(fields=["until"], name="delegation_end_untold", condition=Q(end_told_on__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="delegation_ends_not_before_start"),
            models.CheckConstraint(condition=~Q(principal=models.F("delegate")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} · {self.duty.role}"


@read_until_changed
def standing_in(day: dt.date) -> list[tuple[UUID, UUID]]:
    """Who may stand in for whom on a day, by their ids: of delegations that are not over, also of later ones."""
    running = Delegation.objects.filter(until__gt=day, ended_at__isnull=True)
    return list(running.values_list("delegate_id", "principal_id"))


@read_until_changed
def delegations_taken(account: UUID, day: dt.date) -> list[Delegation]:
    """The delegations by which an account stands in for others on a day."""
    # Asked at every action, and hardly anybody stands in for anybody.
    if account not in {delegate for delegate, _principal in standing_in(day)}:
        return []
    rows = Delegation.objects.in_force(day).filter(delegate_id=account)
    return list(rows.select_related("duty__place", "principal").order_by("until", "id"))


@read_until_changed
def duties_held(account: UUID, day: dt.date) -> list[Duty]:
    """The duties that an account acts by on a day, each with its place: its own, then those of whom it stands in for.

    The one source of what somebody may do: grants and the roles of steps are both read from here. A duty of another
    has ``delegation``; one whose role is not delegable (any more) is left out.
    """
    own = list(Duty.objects.in_force(day).filter(account_id=account).select_related("place"))
    return own + [_stood_in(row) for row in delegations_taken(account, day) if is_delegable(row.duty.role)]


def _stood_in(row: Delegation) -> Duty:
    row.duty.delegation = row
    return row.duty


def is_delegable(role: str) -> bool:
    """Whether a role of the current packs may be delegated during a leave."""
    from huoshui.duties.queries import roles

    definition = roles().get(role)
    return definition is not None and definition.delegable


def permissions_of(duty: Duty) -> list[str]:
    """What a duty lets whoever acts by it do; a deputy has none of the permissions that rest on the person."""
    from huoshui.duties.queries import roles

    role = roles().get(duty.role)
    given = role.permissions if role else []
    return [name for name in given if name not in UNDELEGABLE] if duty.delegation else given


class ApiTokenQuerySet(ScopedQuerySet["ApiToken"]):
    """Tokens of accounts that the reader manages, and one's own."""

    def visibility(self, actor: Actor) -> Q:
        return super().visibility(actor) | Q(account_id=actor.pk)


class ApiToken(Scoped, Record):
    """A key by which a program acts as an account, within that account's duties. Only its digest is kept."""

    scope: ClassVar[Scope] = Scope(permission="account.manage", path="account__unit__place__path")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    """What it may touch, of what its account may: see ``duties.scopes``."""
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)
    """When it was last given a new secret."""
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class SignInLinkQuerySet(ScopedQuerySet["SignInLink"]):
    """Links to accounts that the reader manages."""

    def open(self) -> SignInLinkQuerySet:
        """Those that can still be used."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=clock.now())


class SignInLink(Scoped, Record):
    """A link by which somebody sets the first password of their account, once. Only the digest of its code is kept."""

    scope: ClassVar[Scope] = Scope(permission="account.manage", path="account__unit__place__path")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar = SignInLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.account)
