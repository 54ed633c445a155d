"""The pot of a year, its allocations, and the claims that are approved out of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.matters.models import Matter, MatterPart
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.subsidies.schema import Scheme


def _account(**options: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class Pot(Scoped, Record):
    """What a place has for a scheme in a year 专项资金.

    The two sums are those of its allocations and of its approved claims; they stand here so that the database itself
    refuses an approval above the pot, whoever approves at the same moment.
    """

    scope: ClassVar[Scope] = Scope(permission="fund.view", path="place__path", pack="pack")

    pack = models.CharField(max_length=40)
    scheme = models.CharField(max_length=81)
    """Qualified code, such as hubs.hub_award."""
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="pots")
    year = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField(default=0)
    """Fen allocated."""
    approved = models.BigIntegerField(default=0)
    """Fen approved out of it."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "place", "year"], name="pot_once"),
            models.CheckConstraint(
                condition=Q(approved__gte=0) & Q(approved__lte=F("amount")), name="pot_not_exceeded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.place.short_name} {self.scheme_name}"

    @property
    def scheme_name(self) -> str:
        """Label of its scheme; the code of one that no pack declares any more."""
        known: Scheme | None = all_current("subsidies").get(self.scheme)
        return str(known.name) if known else self.scheme

    @property
    def left(self) -> int:
        """Fen that can still be approved."""
        return self.amount - self.approved


class Allocation(Scoped, Record):
    """One sum added to a pot, or taken back from it (negative), by a document."""

    scope: ClassVar[Scope] = Scope(permission="fund.view", path="pot__place__path", pack="pot__pack")

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    """Fen."""
    day = models.DateField()
    document = models.CharField(max_length=60)
    """Number of the document that allocates it 文号."""
    note = models.TextField(blank=True)
    by = _account()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_zero")
        ]

    def __str__(self) -> str:
        return f"{self.pot} {self.document}"


class Claim(MatterPart, Record):
    """An application for the subsidy of one matter, and what became of it."""

    class State(models.TextChoices):
        """Where it stands; of the last three, none counts any more."""

        APPLIED = "applied"
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        REVOKED = "revoked"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="claims")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="claims")
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="+")
    """The version whose scheme it is reckoned by."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    tier = models.PositiveSmallIntegerField()
    """Which tier was used, the first is 1."""
    measure = models.CharField(max_length=40)
    """The measure, as a numeral in the scheme's unit."""
    cost = models.BigIntegerField()
    """Accepted cost, fen."""
    entitled = models.BigIntegerField()
    """What the tiers give, fen."""
    applied = models.BigIntegerField()
    """Fen asked for."""
    applied_by = _account()
    applied_on = models.DateField()
    approved = models.BigIntegerField(default=0)
    """Fen approved; 0 while it is not."""
    decided_by = _account(null=True)
    """Who approved, declined, withdrew or revoked it last."""
    decided_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(state__in=["applied", "approved"]), name="claim_once"
            ),
            models.CheckConstraint(
                condition=Q(applied__gt=0) & Q(applied__lte=F("entitled")) & Q(approved__lte=F("applied")),
                name="claim_within_rules",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved__gt=0, decided_by__isnull=False) & ~Q(decided_by=F("applied_by"))
                | ~Q(state="approved") & Q(approved=0),
                name="claim_approved_by_another",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["pot", "state"], name="claim_pot")]

    def __str__(self) -> str:
        return f"{self.matter.number} {self.pot}"

    @property
    def rules(self) -> Scheme:
        """The scheme that it is reckoned by."""
        found: Scheme = self.pack_version.typed("subsidies")[self.pot.scheme.partition(".")[2]]
        return found
