"""Reading pots and claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from huoshui.kernel.access import Actor
from huoshui.matters.models import Matter
from huoshui.matters.money.sums import sums_of_all
from huoshui.places.queries import township_names
from huoshui.subsidies.models import Claim, Pot


@dataclass(frozen=True)
class PotRow:
    """A pot with what was paid out of it, in fen."""

    pot: Pot
    paid: int


@dataclass(frozen=True)
class ClaimRow:
    """A claim with its village's town, and what was paid of it, in fen."""

    claim: Claim
    town: str
    paid: int


def pots(actor: Actor) -> QuerySet[Pot]:
    """Visible pots, the latest year first."""
    return Pot.objects.visible_to(actor).select_related("place").order_by("-year", "place__path", "scheme")


def with_paid(found: Iterable[Pot]) -> list[PotRow]:
    """The pots, each with what was paid out of it."""
    rows = list(found)
    paid = dict.fromkeys((pot.pk for pot in rows), 0)
    claims = list(Claim.objects.filter(pot__in=rows, state=Claim.State.APPROVED).select_related("pot", "pack_version"))
    for claim, fen in zip(claims, _paid(claims), strict=True):
        paid[claim.pot_id] += fen
    return [PotRow(pot, paid[pot.pk]) for pot in rows]


def claims_of(actor: Actor, pot: Pot) -> list[ClaimRow]:
    """The claims to a pot that the actor sees, by village and date."""
    return _rows(Claim.objects.visible_to(actor).filter(pot=pot).order_by("matter__place__path", "id"))


def claim_row(actor: Actor, claim: Claim) -> ClaimRow:
    """One claim that the actor sees, as it stands."""
    return _rows(Claim.objects.visible_to(actor).filter(pk=claim.pk))[0]


def _rows(claims: QuerySet[Claim]) -> list[ClaimRow]:
    related = ("matter__place", "matter__pack_version", "pack_version", "applied_by", "decided_by", "pot")
    found = list(claims.select_related(*related))
    towns = township_names(claim.matter.place for claim in found)
    return [ClaimRow(claim, towns[claim.matter.place_id], fen) for claim, fen in zip(found, _paid(found), strict=True)]


def standing_claim(matter: Matter) -> Claim | None:
    """The claim of a matter that counts, or None."""
    going = (Claim.State.APPLIED, Claim.State.APPROVED)
    found = Claim.objects.filter(matter=matter, state__in=going)
    return found.select_related("pot__place", "applied_by", "decided_by", "pack_version").first()


def _paid(claims: list[Claim]) -> list[int]:
    """What was paid of each claim: the sum of its matter's lines of the type that pays it; 0 for one that ended."""
    sums = sums_of_all(claim.matter_id for claim in claims)
    return [
        sums.get((claim.matter_id, claim.rules.paid), 0) if claim.state == Claim.State.APPROVED else 0
        for claim in claims
    ]
